import { SourceError, type SourcePlace } from "@dbd/numerics/errors";

/** One statement with the place of its first character; line breaks inside it are blanks. */
export interface Statement {
  readonly text: string;
  readonly place: SourcePlace;
}

/** Blanks in place of comments, so that places stay. Quoted texts are kept. */
function withoutComments(source: string, file: string | undefined): string {
  const shape = /"[^"\n]*"|\/\/[^\n]*|#[^\n]*|\/\*[^]*?\*\/|\/\*/g;
  return source.replaceAll(shape, (found, at: number) => {
    if (found.startsWith('"')) return found;
    if (found === "/*") {
      const before = source.slice(0, at).split("\n");
      const place = { ...(file === undefined ? {} : { file }), line: before.length, column: before.at(-1)!.length + 1 };
      throw new SourceError(place, "the file ends inside a comment");
    }
    return found.replaceAll(/[^\n]/g, " ");
  });
}

/** Cuts a text at line ends and `;`. A reaction keeps its law: what comes after the first `;` behind an arrow. */
export function statementsOf(source: string, file: string | undefined): readonly Statement[] {
  const bad = source.search(/[\0\uFFFD]/);
  const text = withoutComments(source.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n"), file);
  if (bad >= 0) {
    const before = source.slice(0, bad).split("\n");
    const place = { ...(file === undefined ? {} : { file }), line: before.length, column: before.at(-1)!.length + 1 };
    throw new SourceError(place, "the text is not UTF-8: it holds a character that is none", {
      hint: "Save the file as UTF-8",
    });
  }
  const statements: Statement[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    for (let at = 0; at <= line.length; ) {
      const end = endOf(line, at);
      const piece = line.slice(at, end);
      const lead = piece.length - piece.trimStart().length;
      const place = { ...(file === undefined ? {} : { file }), line: i + 1, column: at + lead + 1 };
      if (piece.trim() !== "") statements.push({ text: piece.trim(), place });
      at = end + 1;
    }
  }
  return statements;
}

const arrow = /->|=>/;

/** Where the statement that begins at `at` ends. */
function endOf(line: string, at: number): number {
  const first = line.indexOf(";", at);
  if (first < 0) return line.length;
  const head = line.slice(at, first);
  if (!arrow.test(head) || /^\s*(at\b|\w+\s*:\s*at\b)/.test(head)) return first;
  const second = line.indexOf(";", first + 1);
  return second < 0 ? line.length : second;
}
