import { type Code, call, f64, get, i32, load, op, sequence, set, store } from "@dbd/numerics/wasm/code";
import type { FunctionSpec } from "@dbd/numerics/wasm/module";
import type { Operator } from "@dbd/numerics/wasm/opcodes";
import { Locals } from "./lanes.ts";
import { type Graph, type GraphOp, importedOps, type Node } from "./graph.ts";

/** Indices of the functions that expressions call. */
export interface Functions {
  readonly log: number;
  readonly exp: number;
  readonly pow: number;
  /** By the name of the operation. */
  readonly imported: ReadonlyMap<string, number>;
}

/** Code of a part is nested up to this many nodes; then it is kept. */
const largestPart = 24;
/** Nodes of a function; engines compile long functions slowly, or not at all. */
const largestSection = 1500;

const plain: ReadonlyMap<GraphOp, Operator> = new Map([
  ["add", "f64.add"],
  ["sub", "f64.sub"],
  ["mul", "f64.mul"],
  ["div", "f64.div"],
  ["min", "f64.min"],
  ["max", "f64.max"],
  ["neg", "f64.neg"],
  ["abs", "f64.abs"],
  ["sqrt", "f64.sqrt"],
  ["floor", "f64.floor"],
]);
const comparisons: ReadonlyMap<GraphOp, Operator> = new Map([
  ["lt", "f64.lt"],
  ["le", "f64.le"],
  ["eq", "f64.eq"],
]);

function operation(graph: Graph, node: Node, args: readonly Code[], functions: Functions): Code {
  const kind = graph.ops[node];
  const known = plain.get(kind);
  if (known !== undefined) return op(known, ...args);
  const comparison = comparisons.get(kind);
  if (comparison !== undefined) return op("f64.convert_i32_u", op(comparison, ...args));
  switch (kind) {
    case "not":
      return op("f64.convert_i32_u", op("f64.eq", args[0], f64(0)));
    case "ceil":
      return op("f64.neg", op("f64.floor", op("f64.neg", args[0])));
    case "select":
      return sequence(args[2], args[1], op("f64.eq", args[0], f64(0)), op("select"));
    case "log":
      return call(functions.log, args[0]);
    case "exp":
      return call(functions.exp, args[0]);
    case "pow":
      return call(functions.pow, args[0], args[1]);
    default:
      return call(functions.imported.get(kind)!, args[0]);
  }
}

/** Where values come from and go to. */
export interface Places {
  readonly state: (index: number) => Code;
  /** Takes the value of root k. */
  readonly take: (k: number, value: Code) => Code;
  /** Keeps a value for later. */
  readonly keep: (value: Code) => { readonly set: Code; readonly get: Code };
}

/** Statements that compute `roots`, each short; `coefficients` are built in as numbers. */
export function statements(
  graph: Graph,
  roots: readonly Node[],
  u: Float64Array,
  functions: Functions,
  places: Places,
): Code[] {
  const nodes = graph.reachable(roots);
  const uses = new Map<Node, number>();
  for (const node of nodes) for (const a of graph.argumentsOf(node)) uses.set(a, (uses.get(a) ?? 0) + 1);
  const wanted = new Map<Node, number[]>();
  roots.forEach((root, k) => wanted.set(root, [...(wanted.get(root) ?? []), k]));
  const code = new Map<Node, Code>();
  const size = new Map<Node, number>();
  const out: Code[] = [];
  for (const node of nodes) {
    const kind = graph.ops[node];
    const args = graph.argumentsOf(node);
    let part: Code;
    if (kind === "constant") part = f64(graph.value[node]);
    else if (kind === "coefficient") part = f64(u[graph.a[node]]);
    else if (kind === "state") part = places.state(graph.a[node]);
    else
      part = operation(
        graph,
        node,
        args.map((a) => code.get(a)!),
        functions,
      );
    const weight = args.reduce((sum, a) => sum + size.get(a)!, 1);
    const readers = (uses.get(node) ?? 0) + (wanted.get(node)?.length ?? 0);
    const constant = kind === "constant" || kind === "coefficient" || kind === "state";
    if (!constant && (readers > 1 || weight > largestPart)) {
      const kept = places.keep(part);
      out.push(kept.set);
      code.set(node, kept.get);
      size.set(node, 1);
    } else {
      code.set(node, part);
      size.set(node, weight);
    }
    for (const k of wanted.get(node) ?? []) out.push(places.take(k, code.get(node)!));
  }
  return out;
}

/** Keeps values in locals of a function. */
export const keepIn =
  (locals: Locals) =>
  (value: Code): { set: Code; get: Code } => {
    const local = locals.local();
    return { set: set(local, value), get: get(local) };
  };

/** Nodes of a root that is computed side by side with the next one: shared parts are computed again. */
const largestPair = 12;
const paired: ReadonlyMap<GraphOp, Operator> = new Map([
  ["add", "f64x2.add"],
  ["sub", "f64x2.sub"],
  ["mul", "f64x2.mul"],
  ["div", "f64x2.div"],
  ["abs", "f64x2.abs"],
]);

const pairOf = (a: number, b: number): Code => [0xfd, 0x0c, ...new Uint8Array(Float64Array.of(a, b).buffer)];

/** Two roots at once, when they are alike but for states that stand beside each other: neighbours in a chain or a grid. */
function pairCode(
  graph: Graph,
  [left, right]: readonly Node[],
  u: Float64Array,
  numbers: (a: number, b: number) => Code,
): Code | undefined {
  let size = 0;
  const visit = (a: Node, b: Node): Code | undefined => {
    const kind = graph.ops[a];
    if (++size > largestPair || graph.ops[b] !== kind) return undefined;
    if (kind === "state") return graph.a[b] === graph.a[a] + 1 ? load("v128.load", get(0), 8 * graph.a[a]) : undefined;
    if (kind === "constant") return numbers(graph.value[a], graph.value[b]);
    if (kind === "coefficient") return numbers(u[graph.a[a]], u[graph.a[b]]);
    if (kind === "neg") {
      const inner = visit(graph.a[a], graph.a[b]);
      return inner && op("v128.xor", inner, numbers(-0, -0));
    }
    const name = paired.get(kind);
    if (name === undefined) return undefined;
    const others = graph.argumentsOf(b);
    const args = graph.argumentsOf(a).map((argument, i) => visit(argument, others[i]));
    return args.every((code) => code !== undefined) ? op(name, ...args) : undefined;
  };
  return visit(left, right);
}

/**
 * Functions (y, out) that write the roots to out + 8k: one with locals for a small graph, else sections that keep shared
 * values in memory from `scratch` on.
 * @returns The functions to call in turn, and the bytes of scratch they need.
 */
export function fieldFunctions(
  graph: Graph,
  roots: readonly Node[],
  u: Float64Array,
  functions: Functions,
  scratch: number,
): { readonly parts: readonly FunctionSpec[]; readonly bytes: number } {
  const state = (i: number): Code => load("f64.load", get(0), 8 * i);
  const single = graph.reachable(roots).length <= largestSection;
  const locals = new Locals(2);
  const known = new Map<string, Code>();
  const prologue: Code[] = [];
  // in a local, so that engines do not build the constant at each use
  const numbers = (a: number, b: number): Code => {
    if (!single) return pairOf(a, b);
    const key = String(pairOf(a, b));
    const found = known.get(key);
    if (found !== undefined) return found;
    const local = locals.local("v128");
    prologue.push(set(local, pairOf(a, b)));
    known.set(key, get(local));
    return get(local);
  };
  const pairs: Code[] = [];
  const places: number[] = []; // of the roots that are computed alone
  for (let k = 0; k < roots.length; k++) {
    const both = k + 1 < roots.length ? pairCode(graph, [roots[k], roots[k + 1]], u, numbers) : undefined;
    if (both === undefined) places.push(k);
    else pairs.push(store("v128.store", get(1), both, 8 * k++));
  }
  const alone = places.map((k) => roots[k]);
  const take = (k: number, value: Code): Code => store("f64.store", get(1), value, 8 * places[k]);
  if (single) {
    const body = [...pairs, ...statements(graph, alone, u, functions, { state, take, keep: keepIn(locals) })];
    return { parts: [{ params: ["i32", "i32"], locals: locals.types, body: [...prologue, ...body].flat() }], bytes: 0 };
  }
  let bytes = 0;
  const keep = (value: Code): { set: Code; get: Code } => {
    const at = scratch + bytes;
    bytes += 8;
    return { set: store("f64.store", i32(0), value, at), get: load("f64.load", i32(0), at) };
  };
  const list = [...pairs, ...statements(graph, alone, u, functions, { state, take, keep })];
  const parts: FunctionSpec[] = [];
  for (let i = 0; i < list.length; i += largestSection)
    parts.push({ params: ["i32", "i32"], body: list.slice(i, i + largestSection).flat() });
  return { parts, bytes };
}

/** The functions that are imported, in the order of their indices; the last one is the power. */
export const importedNames: readonly string[] = [...importedOps, "pow"];
