import { expect, test, vi } from "vitest";
import {
  block,
  branch,
  branchIf,
  branchTable,
  call,
  type Code,
  f64,
  get,
  i32,
  i64,
  ifElse,
  load,
  loop,
  op,
  sequence,
  set,
  shuffle,
  store,
  tee,
} from "./code.ts";
import { type ExportedFunction, type Instance, instantiate } from "./engine.ts";
import { type FunctionSpec, moduleBytes, type ModuleSpec } from "./module.ts";
import { accesses, opcodes, type Operator, type ValueType } from "./opcodes.ts";

function start(spec: ModuleSpec, functions: Readonly<Record<string, ExportedFunction>> = {}): Instance {
  const instance = instantiate(moduleBytes({ pages: 1, ...spec }), 1, functions);
  if (instance === undefined) throw new Error("not a module, or no engine");
  return instance;
}

/** A function of doubles. */
function compiled(params: number, body: Code, locals: readonly ValueType[] = []): ExportedFunction {
  const spec: FunctionSpec = {
    name: "f",
    params: Array<ValueType>(params).fill("f64"),
    results: ["f64"],
    locals,
    body,
  };
  return start({ functions: [spec] }).exports["f"];
}

const compiledInt = (params: number, body: Code, locals: readonly ValueType[] = []): ExportedFunction =>
  start({
    functions: [{ name: "f", params: Array<ValueType>(params).fill("i32"), results: ["i32"], locals, body }],
  }).exports["f"];

test("arithmetic on doubles is that of the language", () => {
  const f = compiled(2, op("f64.div", op("f64.add", get(0), f64(0.1)), op("f64.sqrt", get(1))));
  expect(f(1.7, 3)).toBe((1.7 + 0.1) / Math.sqrt(3));
  expect(f(1, 0)).toBe(Infinity);
});

test("integers wrap, shift and rotate", () => {
  expect(compiledInt(2, op("i32.mul", get(0), get(1)))(123456789, 987654321)).toBe(Math.imul(123456789, 987654321));
  expect(compiledInt(1, op("i32.rotl", get(0), i32(7)))(-2)).toBe((-2 << 7) | (-2 >>> 25));
  expect(compiledInt(1, op("i32.shr_u", get(0), i32(28)))(-1)).toBe(15);
});

test("64-bit integers reach the exponent of a double", () => {
  const raised = op("i64.add", op("i64.reinterpret_f64", get(0)), i64(3n << 52n));
  expect(compiled(1, op("f64.reinterpret_i64", raised))(0.7)).toBe(0.7 * 8);
});

test("a loop with a conditional branch sums to its limit", () => {
  const [n, sum, k] = [0, 1, 2];
  const step = sequence(
    set(sum, op("i32.add", get(sum), tee(k, op("i32.add", get(k), i32(1))))),
    branchIf(0, op("i32.lt_s", get(k), get(n))),
  );
  const f = compiledInt(1, sequence(loop(step), get(sum)), ["i32", "i32"]);
  expect(f(100)).toBe(5050);
});

test("a branch table picks its block, the last one beyond it", () => {
  // Falling out of the k-th block: set a result there and leave the outermost.
  const body = block(
    sequence(
      block(
        sequence(
          block(sequence(block(branchTable(get(0), [0, 1], 2)), set(1, i32(10)), branch(2))),
          set(1, i32(11)),
          branch(1),
        ),
      ),
      set(1, i32(12)),
    ),
  );
  const f = compiledInt(1, sequence(body, get(1)), ["i32"]);
  expect([f(0), f(1), f(2), f(99)]).toEqual([10, 11, 12, 12]);
});

test("both arms of a condition give its value", () => {
  const f = compiledInt(1, ifElse(op("i32.eqz", get(0)), i32(5), i32(-5), "i32"));
  expect([f(0), f(1)]).toEqual([5, -5]);
});

test("functions call each other and imported ones, memory is shared", () => {
  const double: FunctionSpec = { params: ["f64"], results: ["f64"], body: op("f64.add", get(0), get(0)) };
  const main: FunctionSpec = {
    name: "main",
    params: ["i32"],
    locals: ["f64", "f64", "i32"],
    body: store("f64.store", get(0), call(0, call(1, load("f64.load", get(0)))), 8),
  };
  const imports = [{ name: "half", params: ["f64"], results: ["f64"] }] as const;
  const { exports, memory } = start({ imports, functions: [double, main] }, { half: (x) => x / 2 + 1 });
  const numbers = new Float64Array(memory.buffer);
  numbers[2] = 7;
  exports["main"](16);
  expect(numbers[3]).toBe(8);
});

test("vectors compare, shuffle and convert lane by lane", () => {
  const at = (offset: number): Code => load("v128.load", i32(0), offset);
  const words = [4, 5, 6, 7, 0, 1, 2, 3, 16, 17, 18, 19, 20, 21, 22, 23];
  const body = sequence(
    store("v128.store", i32(0), op("f64x2.add", at(0), op("v128.and", op("f64x2.ge", at(0), at(16)), at(32))), 48),
    store("v128.store", i32(0), op("f64x2.convert_low_i32x4_s", shuffle(at(64), at(64), words)), 80),
    op("i64x2.bitmask", op("f64x2.lt", at(0), at(16))),
  );
  const { exports, memory } = start({ functions: [{ name: "f", results: ["i32"], body }] });
  const numbers = new Float64Array(memory.buffer);
  numbers.set([1, 5, 3, 3, 10, 20]);
  new Int32Array(memory.buffer).set([-8, 9], 16);
  expect(exports["f"]()).toBe(1);
  expect([...numbers.subarray(6, 8)]).toEqual([1, 25]);
  expect([...numbers.subarray(10, 12)]).toEqual([9, -8]);
});

test("every operation of the table is one that engines know", () => {
  const types = ["i32", "i64", "f64", "v128"] as const;
  const zero: Readonly<Record<ValueType, Code>> = {
    i32: i32(0),
    i64: i64(0n),
    f64: f64(0),
    v128: op("f64x2.splat", f64(0)),
  };
  // An operation is known when it validates with some operand types: the same prefix's, or a conversion's.
  const operands = types.flatMap((a) => [[a], [a, a], [a, "i32"] as ValueType[], ["i32", "i32", "i32"] as ValueType[]]);
  const names = Object.keys(opcodes) as Operator[];
  const known = names.filter((name) =>
    [[], ...operands].some((list) =>
      [...types, undefined].some((result) => {
        const body = sequence(...list.map((type) => zero[type]), op(name));
        const bytes = moduleBytes({ functions: [{ results: result === undefined ? [] : [result], body }] });
        return instantiate(bytes, 1) !== undefined;
      }),
    ),
  );
  expect(known).toEqual(names);
  expect(Object.keys(accesses)).toHaveLength(8);
});

test("bytes that are no module, and a page without an engine, give no instance", () => {
  expect(instantiate(Uint8Array.of(1, 2, 3), 1)).toBeUndefined();
  const bytes = moduleBytes({ functions: [] });
  expect(instantiate(bytes, 1)).toBeDefined();
  vi.stubGlobal("WebAssembly", undefined);
  expect(instantiate(bytes, 1)).toBeUndefined();
  const refused = (): never => {
    throw new Error("refused by the content security policy");
  };
  vi.stubGlobal("WebAssembly", { validate: () => true, Memory: refused });
  expect(instantiate(bytes, 1)).toBeUndefined();
  vi.unstubAllGlobals();
});
