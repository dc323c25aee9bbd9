import { SourceError, type SourcePlace } from "@dbd/numerics/errors";

/** One line of a block: its words with their places, comments left out. */
export interface NetLine {
  readonly text: string;
  readonly words: readonly { readonly text: string; readonly at: number }[];
  readonly place: SourcePlace;
}

export const wordPlace = ({ place, words }: NetLine, w: number): SourcePlace => ({
  ...place,
  column: (words[w]?.at ?? words.at(-1)!.at + words.at(-1)!.text.length) + 1,
});

/** Everything after the first `w` words. */
export const restOf = ({ text, words }: NetLine, w: number): string =>
  w < words.length ? text.slice(words[w].at) : "";

/** Blocks that give the network; those with the rules that it was made from are passed over. */
const wanted: ReadonlySet<string> = new Set(["parameters", "functions", "species", "reactions", "groups"]);

/** The word that a line's number is, where a block numbers its lines. */
function checkNumber(line: NetLine, expected: number): void {
  if (line.words[0].text === String(expected)) return;
  throw new SourceError(wordPlace(line, 0), `expected the number ${expected}, found "${line.words[0].text}"`);
}

/**
 * Cuts a .net file into the lines of its blocks, by block.
 * @throws {SourceError} For blocks that do not end, or twice.
 */
export function netBlocks(source: string, file: string | undefined): ReadonlyMap<string, readonly NetLine[]> {
  const blocks = new Map<string, NetLine[]>();
  let open: { name: string; place: SourcePlace } | undefined;
  for (const [i, raw] of source
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    const bad = raw.search(/[\0\uFFFD]/);
    const place: SourcePlace = { ...(file === undefined ? {} : { file }), line: i + 1, column: 1 };
    if (bad >= 0)
      throw new SourceError({ ...place, column: bad + 1 }, "the text is not UTF-8: it holds a character that is none", {
        hint: "Save the file as UTF-8",
      });
    const comment = raw.indexOf("#");
    const text = comment < 0 ? raw : raw.slice(0, comment);
    const words = Array.from(text.matchAll(/\S+/g), (match) => ({ text: match[0], at: match.index }));
    if (words.length === 0) continue;
    const [first, ...others] = words;
    const name = others.map((word) => word.text).join(" ");
    if (first.text === "begin") {
      if (name === "model") continue;
      if (open !== undefined) {
        const problem = `a block "${name}" begins inside the block "${open.name}" of line ${open.place.line}`;
        throw new SourceError(place, problem);
      }
      if (blocks.has(name)) throw new SourceError(place, `a second block "${name}"`);
      open = { name, place };
      blocks.set(name, []);
    } else if (first.text === "end") {
      if (name === "model") continue;
      if (open?.name !== name) throw new SourceError(place, `found the end of "${name}", which did not begin`);
      open = undefined;
    } else if (open !== undefined && wanted.has(open.name)) {
      const line: NetLine = { text, words, place: { ...place, column: first.at + 1 } };
      const lines = blocks.get(open.name)!;
      checkNumber(line, lines.length + 1);
      lines.push(line);
    }
  }
  if (open !== undefined)
    throw new SourceError(open.place, `the file ends inside the block "${open.name}"`, { hint: "It may be cut short" });
  if (!blocks.has("species"))
    throw new SourceError({ ...(file === undefined ? {} : { file }), line: 1, column: 1 }, 'found no block "species"', {
      hint: "A .net file is what BioNetGen's generate_network writes",
    });
  return blocks;
}
