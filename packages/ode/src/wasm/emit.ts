import { type Code, call, f64, get, i32, load, op, sequence, set, store } from "@dbd/numerics/wasm/code";
import { type ExportedFunction, type Instance, instantiate } from "@dbd/numerics/wasm/engine";
import { type FunctionSpec, moduleBytes } from "@dbd/numerics/wasm/module";
import { controlTable } from "./controlFunctions.ts";
import { dormandPrinceCode, dormandPrinceVectors } from "./dormandPrinceCode.ts";
import { counted, expFunction, logFunction, powFunction } from "./elementary.ts";
import { fieldFunctions, type Functions, importedNames, keepIn, statements } from "./fieldCode.ts";
import { apply, type Graph, type GraphOp, type Node } from "./graph.ts";
import { denseFactor, denseSolve } from "./denseLu.ts";
import { Lanes, Locals } from "./lanes.ts";
import { rodasCode, rodasVectors, type StiffCode } from "./rodasCode.ts";
import { type Elimination, elimination, factorCode, type Matrix, solveCode } from "./sparseLu.ts";
import { advanceFunction, header, type MethodCode, normCode } from "./stepControl.ts";

/** A vector field as a graph, autonomous, with fixed coefficients. */
export interface EmittedSystem {
  readonly graph: Graph;
  /** dy/dt, shape [P]. */
  readonly slopes: readonly Node[];
  /** Entries of ∂F/∂y that are not zero everywhere; asked for by stiff methods only. */
  readonly jacobian: () => readonly { readonly row: number; readonly column: number; readonly node: Node }[];
  /** Coefficients, shape [Q]; built in as numbers. */
  readonly u: Float64Array;
}

/** A running module. Addresses are bytes in its memory. */
export interface Emitted {
  readonly instance: Instance;
  readonly advance: ExportedFunction;
  /** (y, out) → out = F(y). */
  readonly evaluate: (y: number, out: number) => void;
  /** Square of the norm of y, of the slope or of the first scratch vector, in units of the tolerance at y. */
  readonly sizeSquared: (vector: number) => number;
  readonly lanes: Lanes;
  readonly vectors: {
    readonly y: number;
    readonly atol: number;
    /** The first of two that are free between steps. */
    readonly scratch: number;
    /** F(y). */
    readonly slope: number;
  };
  /** Where recording times and rows may begin. */
  readonly free: number;
  /** Memory as numbers and as words; made anew when memory grows. */
  views: { readonly numbers: Float64Array; readonly words: Int32Array };
}

export type EmittedMethod = "dormandPrince54" | "rodas4";

/** Systems with more states or nodes than this use memory and loops. */
const smallStates = 8;
const smallNodes = 120;
/** Multiplications of a factorisation that is written out; beyond, it is full and in loops. */
const largestWork = 40_000;
/** States with full factors. */
const largestDense = 500;
/** Statements of one function of a long sequence. */
const sectionLength = 1500;

const power: ExportedFunction = (x, y) => x ** y;
const imports = Object.fromEntries(
  importedNames.map((name): [string, ExportedFunction] => [
    name,
    name === "pow" ? power : (x) => apply(name as GraphOp, x, 0, 0),
  ]),
);

/** Functions of the module in the making. */
class Module {
  readonly specs: FunctionSpec[] = [];

  add(spec: FunctionSpec): number {
    return importedNames.length + this.specs.push(spec) - 1;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const signature = (name: string): { name: string; params: "f64"[]; results: "f64"[] } => ({
      name,
      params: name === "pow" ? ["f64", "f64"] : ["f64"],
      results: ["f64"],
    });
    return moduleBytes({ pages: 1, imports: importedNames.map(signature), functions: this.specs });
  }
}

const align = (address: number): number => 32 * Math.ceil(address / 32);

/** Calls long lists of statements in sections without locals. */
function sections(module: Module, list: readonly Code[], params: FunctionSpec["params"] = []): number[] {
  const made: number[] = [];
  for (let i = 0; i < list.length; i += sectionLength)
    made.push(module.add({ params, body: list.slice(i, i + sectionLength).flat() }));
  return made;
}

const planOf = ({ slopes, jacobian }: Pick<EmittedSystem, "slopes" | "jacobian">): Elimination | undefined =>
  elimination(
    slopes.length,
    jacobian().map(({ row, column }) => [row, column]),
    largestWork,
  );

/** Whether `rodas4` will factor on the pattern of the Jacobian: then a step costs little more than its evaluations. */
export const factorsSparsely = (system: Pick<EmittedSystem, "slopes" | "jacobian">): boolean =>
  planOf(system) !== undefined;

/** The Jacobian and its factors: in locals of the stepper for small systems, else in memory from `at` on. */
function stiffCode(
  system: EmittedSystem,
  [lanes, locals, module, functions]: readonly [Lanes, Locals, Module, Functions],
  evaluate: StiffCode["evaluate"],
  at: number,
): { readonly code: StiffCode; readonly free: number } {
  const entries = system.jacobian();
  const plan = planOf(system);
  if (plan === undefined) return denseCode(system, [lanes, module, functions], evaluate, at);
  const roots = entries.map(({ node }) => node);
  const places = new Map(entries.map(({ row, column }, e) => [row * lanes.size + column, e]));
  const placeOf = (entry: number): number | undefined => {
    const [row, column] = plan.entries[entry];
    return places.get(row * lanes.size + column);
  };
  if (lanes.small) {
    const values = entries.map(() => locals.local());
    const factors = plan.entries.map(() => locals.local());
    const shift = locals.local();
    const good = locals.local("i32");
    const matrix: Matrix = { get: (e) => get(factors[e]), set: (e, value) => set(factors[e], value) };
    const jacobianAt = (entry: number): Code | undefined => {
      const e = placeOf(entry);
      return e === undefined ? undefined : get(values[e]);
    };
    const code: StiffCode = {
      evaluate,
      jacobian: (from) =>
        sequence(
          ...statements(system.graph, roots, system.u, functions, {
            state: (i) => get(lanes.element(from, i)),
            take: (k, value) => set(values[k], value),
            keep: keepIn(locals),
          }),
        ),
      factor: (value) =>
        sequence(
          set(shift, value),
          set(good, i32(1)),
          ...factorCode(plan, matrix, jacobianAt, get(shift), (c) => set(good, op("i32.and", get(good), c))),
          get(good),
        ),
      solve: (vector) =>
        sequence(
          ...solveCode(plan, matrix, {
            get: (i) => get(lanes.element(vector, i)),
            set: (i, value) => set(lanes.element(vector, i), value),
          }),
        ),
    };
    return { code, free: at };
  }
  const factorsAt = at + 16;
  const jacobianBase = align(factorsAt + 8 * plan.entries.length);
  const scratch = align(jacobianBase + 8 * entries.length);
  const zero = i32(0);
  const matrix: Matrix = {
    get: (e) => load("f64.load", zero, factorsAt + 8 * e),
    set: (e, value) => store("f64.store", zero, value, factorsAt + 8 * e),
  };
  const jacobianAt = (entry: number): Code | undefined => {
    const e = placeOf(entry);
    return e === undefined ? undefined : load("f64.load", zero, jacobianBase + 8 * e);
  };
  const good = load("i32.load", zero, at + 8);
  const { parts, bytes } = fieldFunctions(system.graph, roots, system.u, functions, scratch);
  const jacobianParts = parts.map((spec) => module.add(spec));
  const shift = load("f64.load", zero, at);
  const factorParts = sections(
    module,
    factorCode(plan, matrix, jacobianAt, shift, (c) => store("i32.store", zero, op("i32.and", good, c), at + 8)),
  );
  const solveParts = sections(
    module,
    solveCode(plan, matrix, {
      get: (i) => load("f64.load", get(0), 8 * i),
      set: (i, value) => store("f64.store", get(0), value, 8 * i),
    }),
    ["i32"],
  );
  const code: StiffCode = {
    evaluate,
    jacobian: (from) =>
      sequence(...jacobianParts.map((part) => call(part, i32(lanes.address(from)), i32(jacobianBase)))),
    factor: (value) =>
      sequence(
        store("f64.store", zero, value, at),
        store("i32.store", zero, i32(1), at + 8),
        ...factorParts.map((part) => call(part)),
        good,
      ),
    solve: (vector) => sequence(...solveParts.map((part) => call(part, i32(lanes.address(vector))))),
  };
  return { code, free: align(scratch + bytes) };
}

/** The same with full factors and row swaps, for patterns that fill in. */
function denseCode(
  system: EmittedSystem,
  [lanes, module, functions]: readonly [Lanes, Module, Functions],
  evaluate: StiffCode["evaluate"],
  at: number,
): { readonly code: StiffCode; readonly free: number } {
  const { size } = lanes;
  const entries = system.jacobian();
  const stride = 16 * Math.ceil((size + 1) / 2);
  const pivots = at + 16;
  const base = align(pivots + 4 * size);
  const jacobianBase = align(base + size * stride);
  const scratch = align(jacobianBase + 8 * entries.length);
  const zero = i32(0);
  const roots = entries.map(({ node }) => node);
  const { parts, bytes } = fieldFunctions(system.graph, roots, system.u, functions, scratch);
  const jacobianParts = parts.map((spec) => module.add(spec));
  const place = (row: number, column: number): number => base + row * stride + 8 * column;
  const matrix = { size, base, stride, pivots };
  const clear = counted(0, 16, size * stride, store("v128.store", get(0), op("f64x2.splat", f64(0)), base));
  const fill = [
    ...entries.map(({ row, column }, e) =>
      store("f64.store", zero, op("f64.neg", load("f64.load", zero, jacobianBase + 8 * e)), place(row, column)),
    ),
    ...Array.from({ length: size }, (_, i) =>
      store(
        "f64.store",
        zero,
        op("f64.add", load("f64.load", zero, place(i, i)), load("f64.load", zero, at)),
        place(i, i),
      ),
    ),
  ];
  const clearPart = module.add({ locals: ["i32"], body: clear });
  const fillParts = sections(module, fill);
  const factor = module.add(denseFactor(matrix));
  const solve = module.add(denseSolve(matrix));
  const code: StiffCode = {
    evaluate,
    jacobian: (from) =>
      sequence(...jacobianParts.map((part) => call(part, i32(lanes.address(from)), i32(jacobianBase)))),
    factor: (value) =>
      sequence(
        store("f64.store", zero, value, at),
        call(clearPart),
        ...fillParts.map((part) => call(part)),
        call(factor),
      ),
    solve: (vector) => call(solve, i32(lanes.address(vector))),
  };
  return { code, free: align(scratch + bytes) };
}

/** `sizeN() → f64`, for the first step. */
function sizeFunction(size: number, vector: number, { y, atol }: { y: number; atol: number }): FunctionSpec {
  const locals = new Locals(0);
  const lanes = new Lanes(size, false, header.bytes, 0, locals);
  const body = normCode(lanes, locals, { set: [], value: (v) => v.get(vector) }, [y, y, atol]);
  return { name: `size${vector}`, results: ["f64"], locals: locals.types, body };
}

/**
 * Writes and starts a module for a system: right-hand side, Jacobian and stepper.
 * @returns undefined where the engine or the page's policy does not allow it, or the system is refused by it.
 */
export function emit(system: EmittedSystem, method: EmittedMethod): Emitted | undefined {
  const { graph, slopes, u } = system;
  const module = new Module();
  const logIndex = module.add(logFunction);
  const exp = module.add(expFunction);
  const imported = new Map(importedNames.map((name, i) => [name, i]));
  const pow = module.add(powFunction(logIndex, exp, imported.get("pow")!));
  const functions: Functions = { log: logIndex, exp, pow, imported };
  const locals = new Locals(1);
  const small = slopes.length <= smallStates && graph.reachable(slopes).length <= smallNodes;
  const vectors = method === "rodas4" ? rodasVectors : dormandPrinceVectors;
  const lanes = new Lanes(slopes.length, small, header.bytes, vectors.count, locals);
  const scratch = align(header.bytes + vectors.count * lanes.stride);
  const field = fieldFunctions(graph, slopes, u, functions, scratch);
  const parts = field.parts.map((spec) => module.add(spec));
  const evaluate = (from: number, to: number): Code => {
    if (!small) return sequence(...parts.map((part) => call(part, i32(lanes.address(from)), i32(lanes.address(to)))));
    return sequence(
      ...statements(graph, slopes, u, functions, {
        state: (i) => get(lanes.element(from, i)),
        take: (k, value) => set(lanes.element(to, k), value),
        keep: keepIn(locals),
      }),
    );
  };
  let free = align(scratch + field.bytes);
  let code: MethodCode;
  if (method === "rodas4") {
    if (slopes.length > largestDense && !factorsSparsely(system)) return undefined;
    const stiff = stiffCode(system, [lanes, locals, module, functions], evaluate, free);
    code = rodasCode(lanes, locals, stiff.code);
    free = stiff.free;
  } else code = dormandPrinceCode(lanes, locals, evaluate);
  const table = free;
  free = align(free + 8 * controlTable.length);
  const advance = advanceFunction(lanes, locals, code, table);
  module.add(advance);
  module.add({
    name: "evaluate",
    params: ["i32", "i32"],
    body: sequence(...parts.map((part) => call(part, get(0), get(1)))),
  });
  const measured = [vectors.y, vectors.slope, vectors.scratch];
  for (const vector of measured) module.add(sizeFunction(slopes.length, vector, vectors));
  const instance = instantiate(module.bytes(), Math.ceil(free / 65536), imports);
  if (instance === undefined) return undefined;
  const { exports } = instance;
  new Float64Array(instance.memory.buffer).set(controlTable, table / 8);
  return {
    instance,
    advance: exports["advance"],
    evaluate: (y, out) => void exports["evaluate"](y, out),
    sizeSquared: (vector) => exports[`size${vector}`](),
    lanes,
    vectors,
    free,
    views: viewsOf(instance),
  };
}

export const viewsOf = ({ memory: { buffer } }: Instance): Emitted["views"] => ({
  numbers: new Float64Array(buffer),
  words: new Int32Array(buffer),
});
