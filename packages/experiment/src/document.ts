import { SourceError, type SourcePlace } from "@dbd/numerics/errors";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, parse as parseYaml } from "yaml";
import { type Fault, faultsOf } from "./issues.ts";
import { documentSchema, type ExperimentInput } from "./schema.ts";

/** Where the text came from, and what may be filled in. */
export interface ReadOptions {
  /** Name in messages. */
  readonly file?: string | undefined;
  /** Values of ${NAME} in the model's path. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Overrides, `path.to.key=value`, the value read as YAML. */
  readonly set?: readonly string[] | undefined;
}

/** A valid experiment document. */
export interface Experiment {
  readonly input: ExperimentInput;
  readonly file: string | undefined;
  /** Where a key of the document was written. */
  place(path: readonly PropertyKey[]): SourcePlace;
  /** An error at a key of the document: what was found and expected, and what to try. */
  refuse(path: readonly PropertyKey[], problem: string, hint: string, cause?: unknown): SourceError;
  /** The model: its own text, or the path of a file relative to the document, variables filled in. */
  model(): { readonly text: string } | { readonly path: string };
}

const pathText = (path: readonly PropertyKey[]): string =>
  path.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${String(key)}`)).join("");

/** The deepest node that exists on the path; the key's node when `atKey`. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[], atKey: boolean): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const parent = length > 0 ? document.getIn(path.slice(0, length - 1), true) : undefined;
    const holder = length === 1 ? document.contents : parent;
    if (isMap(holder)) {
      const pair = holder.items.find((item) => isScalar(item.key) && item.key.value === path[length - 1]);
      const wanted = atKey && length === path.length ? pair?.key : pair?.value;
      if (isNode(wanted) && wanted.range) return wanted.range[0];
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return pair.key.range[0];
      continue;
    }
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}

/** Where an override was written, by the path that it sets. */
interface Setting {
  readonly path: readonly PropertyKey[];
  readonly place: SourcePlace;
}

function applySettings(document: Document.Parsed, settings: readonly string[]): Setting[] {
  return settings.map((setting) => {
    const at = setting.indexOf("=");
    const file = `--set ${setting}`;
    if (at < 1)
      throw new SourceError({ file, line: 1, column: 1 }, `found "${setting}"; expected path=value`, {
        hint: "For example --set dynamics.function=hermite",
      });
    const path = setting
      .slice(0, at)
      .split(".")
      .map((key) => (/^\d+$/.test(key) ? Number(key) : key));
    const place = { file, line: 1, column: at + 2 };
    try {
      document.setIn(path, document.createNode(parseYaml(setting.slice(at + 1)) as unknown));
    } catch {
      throw new SourceError(place, `found "${setting.slice(at + 1)}"; expected a YAML value for a key that exists`);
    }
    return { path, place };
  });
}

/**
 * Reads and checks an experiment document (YAML 1.2; JSON is YAML too).
 * @throws SourceError with `file:line:column  path: found …; expected …; what to try`.
 */
export function readExperiment(text: string, options: ReadOptions = {}): Experiment {
  const { file, env = {}, set = [] } = options;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, path = ""): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    return { ...(file === undefined ? {} : { file }), line: Math.max(1, line), column: Math.max(1, col), path };
  };
  const [syntax] = document.errors;
  if (syntax !== undefined) throw new SourceError(at(syntax.pos[0]), `found text that is not YAML: ${syntax.message}`);
  if (!isMap(document.contents))
    throw new SourceError(at(0), "found no keys; expected an experiment document", {
      hint: "It starts with `model: …`; see `dbd demo --list` for complete ones",
    });
  const settings = applySettings(document, set);
  const place = (path: readonly PropertyKey[], atKey = false): SourcePlace => {
    const setting = settings.findLast((s) => s.path.every((key, i) => key === path[i]));
    if (setting !== undefined) return { ...setting.place, path: pathText(path) };
    return at(offsetOf(document, path, atKey) ?? 0, pathText(path));
  };
  const value = document.toJS() as unknown;
  const checked = documentSchema.safeParse(value);
  if (!checked.success) throw faultError(faultsOf(checked.error.issues, value), place);
  const input = checked.data;
  const refuse: Experiment["refuse"] = (path, problem, hint, cause) =>
    new SourceError(place(path), problem, { hint, ...(cause === undefined ? {} : { cause }) });
  return { input, file, place, refuse, model: () => modelOf(input.model, env, place(["model"])) };
}

/** The first fault as an error, in the order of the text; the number of others is mentioned. */
function faultError(
  faults: readonly Fault[],
  place: (path: readonly PropertyKey[], atKey: boolean) => SourcePlace,
): Error {
  const placed = faults.map((fault) => ({ fault, place: place(fault.path, fault.atKey) }));
  placed.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  const [first, ...rest] = placed;
  const others = rest.map(
    ({ place: p, fault }) => `${p.file ?? "input"}:${p.line}:${p.column}  ${p.path}: ${fault.problem}`,
  );
  return new SourceError(first.place, [first.fault.problem, ...others].join("\n"));
}

function modelOf(
  model: string,
  env: Readonly<Record<string, string | undefined>>,
  place: SourcePlace,
): { text: string } | { path: string } {
  if (model.includes("\n") || model.includes("->")) return { text: model };
  const path = model.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = env[name];
    if (value !== undefined && value !== "") return value;
    throw new SourceError(place, `found \${${name}}, which is not set; expected the environment variable ${name}`, {
      hint: `Set ${name} to the folder that holds the data, or name another model`,
    });
  });
  return { path };
}
