import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compileExpression, type Expression, type Operation } from "./expression.ts";
import { compileInterval } from "./interval.ts";

const slots = new Map([
  ["A", 0],
  ["time", 1],
]);

const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.constantFrom<Expression>({ kind: "symbol", name: "time" }, { kind: "symbol", name: "A" }),
  fc.double({ min: -3, max: 3, noNaN: true }).map((value): Expression => ({ kind: "number", value })),
);
const one: readonly Operation[] = [
  "neg",
  "exp",
  "ln",
  "log10",
  "sqrt",
  "abs",
  "floor",
  "ceil",
  "not",
  "sin",
  "cos",
  "atan",
  "tanh",
  "sinh",
  "tan",
];
const two: readonly Operation[] = [
  "+",
  "*",
  "/",
  "^",
  "<",
  "<=",
  ">",
  ">=",
  "==",
  "!=",
  "and",
  "or",
  "xor",
  "min",
  "max",
];
const call = (op: Operation, args: readonly Expression[]): Expression => ({ kind: "call", op, args });
const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.tuple(fc.constantFrom(...one), tie("tree")).map(([op, a]) => call(op, [a])),
    fc.tuple(fc.constantFrom(...two), tie("tree"), tie("tree")).map(([op, a, b]) => call(op, [a, b])),
    fc.tuple(tie("tree"), tie("tree"), tie("tree")).map((args) => call("piecewise", args)),
  ),
}));

/** Whether some part has no value, such as a logarithm below 0: intervals speak of numbers alone. */
function undefinedSomewhere(expr: Expression, x: Float64Array): boolean {
  if (Number.isNaN(compileExpression(expr, slots)(x))) return true;
  return expr.kind === "call" && expr.args.some((arg) => undefinedSomewhere(arg, x));
}

// Catches a bound that rounding makes too small, an extreme of a wave that is missed, and a wrong sign of a product.
test("every value lies in the interval, or nothing is claimed", () => {
  const span = fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: 0, max: 4, noNaN: true }));
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(tree, span, share, fc.integer({ min: -3, max: 9 }), (expr, [low, width], part, count) => {
      const t = Math.min(low + width, low + part * width);
      const value = compileExpression(expr, slots)(Float64Array.of(count, t));
      const bounds = compileInterval(expr, slots, "time", new Map())(Float64Array.of(count, 0), low, low + width);
      if (undefinedSomewhere(expr, Float64Array.of(count, t))) return;
      expect(value).toBeGreaterThanOrEqual(bounds.low);
      expect(value).toBeLessThanOrEqual(bounds.high);
    }),
    { seed: 3, numRuns: 3000 },
  );
});

test("bounds close in as the span does", () => {
  const wave = call("+", [{ kind: "number", value: 1 }, call("sin", [{ kind: "symbol", name: "time" }])]);
  const bounds = compileInterval(wave, slots, "time", new Map());
  const x = Float64Array.of(0, 0);
  expect(bounds(x, 0, 10).high).toBeCloseTo(2, 6);
  expect(bounds(x, 0.3, 0.30001).high - bounds(x, 0.3, 0.30001).low).toBeLessThan(2e-5);
  expect(bounds(x, 4.6, 4.8).low).toBeCloseTo(0, 6);
});
