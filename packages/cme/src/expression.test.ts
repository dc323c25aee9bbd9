import { ArgumentError, SourceError } from "@dbd/numerics/errors";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compileExpression,
  type Expression,
  foldConstants,
  type Operation,
  parseExpression,
  printExpression,
  symbolsOf,
} from "./expression.ts";

const place = { file: "m.dbd", line: 3, column: 5 };
const slots = new Map([
  ["A", 0],
  ["B", 1],
  ["C", 2],
]);
const parse = (text: string): Expression => parseExpression(text, place);
const valueOf = (text: string, values: readonly number[] = [2, 3, 5]): number =>
  compileExpression(parse(text), slots)(Float64Array.from(values));

function messageOf(text: string): string {
  try {
    compileExpression(parse(text), slots);
  } catch (error) {
    expect(error).toBeInstanceOf(SourceError);
    return (error as Error).message;
  }
  return "accepted";
}

describe("values", () => {
  test.each<[text: string, value: number]>([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["10 - 4 - 3", 3],
    ["100 / 10 / 5", 2],
    ["2 ^ 3 ^ 2", 512],
    ["-2 ^ 2", -4],
    ["2 ^ -1", 0.5],
    ["- - 3", 3],
    ["+A", 2],
    ["-A * B", -6],
    ["A * (A - 1) / 2", 1],
    [".5e1 + 2. + 1E-1", 7.1],
    ["A < B and B < C", 1],
    ["A > B or not A == 2", 0],
    ["not A > B", 1],
    ["A != 2", 0],
    ["A >= 2", 1],
    ["A <= 1", 0],
    ["sqrt(16) + abs(-2) + floor(2.7) + ceil(2.2)", 11],
    ["min(A, B, C) + max(A, B, C)", 7],
    ["pow(A, 10)", 1024],
    ["piecewise(7, A > B, 8, A < B, 9)", 8],
    ["piecewise(7, A > B, 9)", 9],
    ["(-8)^3", -512],
    ["0^0", 1],
    ["0^1.5", 0],
    ["0^-1.5", Infinity],
    ["(-2)^3.5", Number.NaN],
    ["piecewise(7, A > B)", Number.NaN],
    ["piecewise(7, 0/0, 9)", Number.NaN],
    ["0/0 != 1", 1],
  ])("%s is %d", (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  test.each<[text: string, value: number]>([
    ["exp(1)", Math.E],
    ["ln(10)", Math.LN10],
    ["log(10)", Math.LN10],
    ["log10(1000)", 3],
    ["A^0.5", Math.SQRT2],
    ["1.0001^5000", 1.0001 ** 5000],
    ["(-1.0001)^5000", 1.0001 ** 5000],
    ["(-1.0001)^5001", -(1.0001 ** 5001)],
    ["exp(-A) * B^2.5 / (C^2.5 + B^2.5)", (Math.exp(-2) * 3 ** 2.5) / (5 ** 2.5 + 3 ** 2.5)],
  ])("%s agrees with the language's own functions", (text, value) => {
    expect(valueOf(text) / value - 1).toBeCloseTo(0, 11);
  });

  test("constants are substituted, and a state variable of the same name wins", () => {
    const constants = new Map([
      ["k", 4],
      ["A", 1000],
    ]);
    expect(compileExpression(parse("k * A"), slots, constants)(Float64Array.of(2, 3, 5))).toBe(8);
  });

  test("folding constants keeps the order of operations, so that no bit changes", () => {
    const folded = foldConstants(parse("(k + 1) * A + exp(0)"), new Map([["k", 2]]));
    expect(printExpression(folded)).toBe("3 * A + 1");
    expect(printExpression(foldConstants(parse("0.1 + A + 0.2"), new Map()))).toBe("0.1 + A + 0.2");
  });

  test("names are listed once, in the order of their appearance", () => {
    expect(symbolsOf(parse("b*a + exp(b) - piecewise(c, a < d)"))).toEqual(["b", "a", "c", "d"]);
    expect(symbolsOf(parse("3"))).toEqual([]);
  });

  test("names such as __proto__, constructor and min are ordinary names", () => {
    const names = new Map([
      ["__proto__", 0],
      ["constructor", 1],
      ["min", 2],
    ]);
    const value = compileExpression(parse("__proto__ + constructor * min"), names);
    expect(value(Float64Array.of(1, 2, 3))).toBe(7);
    expect(messageOf("toString")).toBe('m.dbd:3:5: unknown name "toString".');
    expect(messageOf("valueOf(1)")).toContain('3:5: unknown function "valueOf"');
  });

  test("a sum of 100 000 terms is one call, whatever the stack", () => {
    const expr = parse(Array.from({ length: 100_000 }, () => "A").join(" + "));
    expect(compileExpression(expr, slots)(Float64Array.of(1, 0, 0))).toBe(100_000);
  });
});

describe("errors name the column", () => {
  test.each<[text: string, column: number, problem: string]>([
    ["", 5, 'expected a number, a name or "(", found the end'],
    ["1 +", 8, "found the end"],
    ["1 + * 2", 9, 'found "*"'],
    ["2 A", 7, 'expected an operator, found "A"'],
    ["A $ B", 7, 'unexpected character "$"'],
    ["A = B", 7, 'unexpected character "="'],
    ["(A + B", 11, 'expected ")"'],
    ["A + B)", 10, 'expected an operator, found ")"'],
    ["exp()", 5, "exp takes 1 argument, got 0"],
    ["exp(A, B)", 5, "exp takes 1 argument, got 2"],
    ["pow(A)", 5, "pow takes 2 arguments, got 1"],
    ["min()", 5, "min takes at least 1 argument, got 0"],
    ["min(A,)", 11, 'found ")"'],
    ["min(A B)", 11, 'expected ","'],
    ["A + sqr(B)", 9, 'Did you mean "sqrt"?'],
    ["A(B)", 5, "unknown function"],
    ["1e999", 5, "too large"],
    ["A < B < C", 11, "do not chain"],
    ["A + and", 9, 'found "and"'],
    ["process.exit(1)", 12, "unexpected character"],
  ])("%s", (text, column, problem) => {
    const message = messageOf(text);
    expect(message).toContain(`m.dbd:3:${column}: `);
    expect(message).toContain(problem);
  });

  test("on a later line of the text, that line and column", () => {
    expect(messageOf("A +\n  B + )")).toContain("m.dbd:4:7: ");
  });

  test("an unknown name is found where it stands, with the nearest known one", () => {
    expect(() => compileExpression(parse("1 + Alpha"), new Map([["Alhpa", 0]]))).toThrow(
      'm.dbd:3:9: unknown name "Alpha". Did you mean "Alhpa"?',
    );
    expect(() => compileExpression({ kind: "symbol", name: "x" }, slots)).toThrow(ArgumentError);
  });

  test("deep nesting is an error, not an overflow of the stack", () => {
    for (const text of [`${"(".repeat(1e5)}A${")".repeat(1e5)}`, `${"-".repeat(1e5)}A`, `A${"^A".repeat(1e5)}`]) {
      expect(messageOf(text)).toContain("nested more than");
    }
    expect(messageOf(`A${"/A".repeat(1e4)}`)).toContain("nested more than");
    let deep: Expression = { kind: "number", value: 1 };
    for (let i = 0; i < 1e4; i++) deep = { kind: "call", op: "neg", args: [deep] };
    for (const use of [(): unknown => compileExpression(deep, slots), (): unknown => printExpression(deep)]) {
      expect(use).toThrow(ArgumentError);
    }
  });

  test("a call built by hand with a wrong number of arguments", () => {
    expect(() => compileExpression({ kind: "call", op: "/", args: [] }, slots)).toThrow("cannot take 0 arguments");
  });
});

const leaf = fc.oneof(
  fc.constantFrom("A", "B", "C").map((name): Expression => ({ kind: "symbol", name })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -100, max: 100 })
    .map((value): Expression => ({ kind: "number", value })),
);
const call = (ops: readonly Operation[], args: fc.Arbitrary<Expression[]>): fc.Arbitrary<Expression> =>
  fc.record({ kind: fc.constant("call" as const), op: fc.constantFrom(...ops), args });
const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    call(["+", "*", "and", "or"], fc.array(tie("tree"), { minLength: 2, maxLength: 4 })),
    call(["min", "max", "piecewise"], fc.array(tie("tree"), { minLength: 1, maxLength: 4 })),
    call(["/", "^", "<", "<=", ">", ">=", "==", "!="], fc.array(tie("tree"), { minLength: 2, maxLength: 2 })),
    call(["neg", "not", "exp", "ln", "sqrt", "abs", "floor"], fc.array(tie("tree"), { minLength: 1, maxLength: 1 })),
  ),
}));

test("what is printed reads back as the same function, to the last bit", () => {
  fc.assert(
    fc.property(
      tree,
      fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 3, maxLength: 3 }),
      (e, x) => {
        const values = Float64Array.from(x);
        const back = parse(printExpression(e));
        expect(compileExpression(back, slots)(values)).toBe(compileExpression(e, slots)(values));
        expect(printExpression(parse(printExpression(back)))).toBe(printExpression(back)); // two printings are stable: signs of numbers were merged
      },
    ),
    { seed: 20240517, numRuns: 500 },
  );
});

const oracle: Readonly<Record<string, (...x: number[]) => number>> = {
  "+": (...x) => x.reduce((a, b) => a + b),
  "*": (...x) => x.reduce((a, b) => a * b),
  neg: (x) => -x,
  "/": (x, y) => x / y,
  min: Math.min,
  max: Math.max,
  abs: Math.abs,
};
function evaluate(e: Expression, x: readonly number[]): number {
  if (e.kind === "number") return e.value;
  if (e.kind === "symbol") return x[slots.get(e.name)!];
  return oracle[e.op](...e.args.map((arg) => evaluate(arg, x)));
}
const { arithmetic } = fc.letrec<{ arithmetic: Expression }>((tie) => ({
  arithmetic: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    call(["+", "*", "min", "max"], fc.array(tie("arithmetic"), { minLength: 1, maxLength: 4 })),
    call(["/"], fc.array(tie("arithmetic"), { minLength: 2, maxLength: 2 })),
    call(["neg", "abs"], fc.array(tie("arithmetic"), { minLength: 1, maxLength: 1 })),
  ),
}));

test("compiled arithmetic equals a direct walk over the tree", () => {
  fc.assert(
    fc.property(arithmetic, fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 }), (e, x) => {
      expect(compileExpression(e, slots)(Float64Array.from(x))).toBe(evaluate(e, x));
    }),
    { seed: 7, numRuns: 500 },
  );
});
