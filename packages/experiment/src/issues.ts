import { didYouMean } from "@dbd/numerics/errors";
import type { z } from "zod";

/** One fault of a document: where, in keys and indices, and what is wrong in one sentence. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  /** The key itself is wrong, not its value: the last entry of `path`. */
  readonly atKey: boolean;
  readonly problem: string;
}

type Issue = z.core.$ZodIssue;

/** A line to copy, per place in the document (indices left out). */
const EXAMPLES: Readonly<Record<string, string>> = {
  model: "model: decay.dbd",
  initial: "initial: [{ poisson: 10 }]",
  heldOut: "heldOut: [{ poisson: 14 }]",
  times: "times: { start: 0, end: 1, steps: 20 }",
  awake: "awake: exact",
  family: "family: { species: A, order: 2, base: counting }",
  "family.base": "base: counting, base: poisson or base: { binomial: 50 }",
  chart: "chart: identity",
  dynamics: "dynamics: { function: hat, nodes: [16, 8] }",
  "dynamics.nodes": "nodes: 30, or nodes: [16, 8]",
  "dynamics.box": "box: [[0.1, 3]]",
  optimizer: "optimizer: { method: gauss-newton, iterations: 40, roughness: 1e-5 }",
  seed: "seed: 1",
};

function exampleFor(path: readonly PropertyKey[]): string {
  const keys = path.filter((key) => typeof key !== "number").map(String);
  for (let length = keys.length; length > 0; length--) {
    const example = EXAMPLES[keys.slice(0, length).join(".")];
    if (example !== undefined) return `; for example \`${example}\``;
  }
  return "";
}

/** The value as a reader of the document would name it. */
function found(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "an empty value";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "number" && !Number.isFinite(value)) return String(value); // JSON has no word for it
  if (typeof value === "object") return `keys ${Object.keys(value).join(", ") || "(none)"}`;
  return JSON.stringify(value);
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  let value = document;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return value;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  object: "keys with values",
  record: "keys with values",
  array: "a list",
  tuple: "a list",
  boolean: "true or false",
};

/** What was wanted, for one issue that is no union. */
function expected(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return KINDS[issue.expected] ?? issue.expected;
    case "invalid_value":
      return issue.values.length === 1
        ? `"${String(issue.values[0])}"`
        : `one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
    case "too_big": {
      const limit = issue.code === "too_small" ? issue.minimum : issue.maximum;
      const side = issue.code === "too_small" ? "at least" : "at most";
      if (issue.origin === "array") return issue.exact === true ? `${limit} entries` : `${side} ${limit} entries`;
      if (issue.origin === "string") return "some text";
      const word = issue.code === "too_small" ? "above" : "below";
      return `a number ${issue.inclusive === false ? word : side} ${limit}`;
    }
    case "custom":
      return issue.message.replace(/^expected /, "");
    default:
      return issue.message;
  }
}

/** The alternatives of a union, the ones a value of this kind cannot be left out. */
function alternatives(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const branches = issue.errors.map((branch) => branch.flatMap(alternatives));
  const rootless = branches.filter((branch) => !branch.some((i) => i.path.length === 0 && isRoot(i)));
  const pool = rootless.length > 0 ? rootless : branches;
  if (rootless.length === 0) return branches.flat().map((i) => ({ ...i, path: [...issue.path, ...i.path] }));
  const best = pool.reduce((a, b) => (b.length < a.length ? b : a));
  return best.map((i) => ({ ...i, path: [...issue.path, ...i.path] }));
}

const isRoot = (issue: Issue): boolean => issue.code === "invalid_type" || issue.code === "invalid_value";

/** Turns what zod found into sentences: found; expected; what to try. */
export function faultsOf(issues: readonly Issue[], document: unknown): readonly Fault[] {
  const faults = issues.flatMap((issue): Fault[] => {
    const parts = alternatives(issue);
    const unknown = parts.find((part) => part.code === "unrecognized_keys");
    if (unknown !== undefined) return unknownKeys(unknown);
    const [first] = parts;
    const sameplace = parts.filter((part) => part.path.join() === first.path.join());
    const wanted = [...new Set(sameplace.map(expected))].join(" or ");
    const value = valueAt(document, first.path);
    const words = sameplace.flatMap((part) => (part.code === "invalid_value" ? part.values.map(String) : []));
    const near = typeof value === "string" ? didYouMean(value, words) : undefined;
    const hint = near === undefined ? exampleFor(first.path) : `. Did you mean "${near}"?`;
    return [{ path: first.path, atKey: false, problem: `found ${found(value)}; expected ${wanted}${hint}` }];
  });
  // A fault inside a value explains the fault of the whole.
  return faults.filter(
    (a) => !faults.some((b) => b.path.length > a.path.length && a.path.every((key, i) => key === b.path[i])),
  );
}

function unknownKeys(issue: Issue): Fault[] {
  if (issue.code !== "unrecognized_keys") return [];
  const known = JSON.parse(issue.message) as string[];
  return issue.keys.map((key) => {
    const near = didYouMean(key, known);
    const hint = near === undefined ? "" : `. Did you mean "${near}"?`;
    return {
      path: [...issue.path, key],
      atKey: true,
      problem: `found unknown key "${key}"; expected one of ${known.join(", ")}${hint}`,
    };
  });
}
