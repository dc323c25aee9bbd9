import { ArgumentError } from "@dbd/numerics/errors";
import { expect, test } from "vitest";
import { heun, rk4 } from "./index.ts";
import { explicitRungeKutta, tableauProblems } from "./tableau.ts";

const third = 1 / 3;

test("the abscissae are the row sums", () => {
  expect(rk4.c).toEqual([0, 0.5, 0.5, 1]);
  expect(heun.c).toEqual([0, 1]);
});

test("a square table with zeros on and above the diagonal is the same method", () => {
  const square = explicitRungeKutta(
    "heun",
    2,
    [
      [0, 0],
      [1, 0],
    ],
    [0.5, 0.5],
  );
  expect(square).toEqual(heun);
});

test("a tableau cannot be changed after it was checked", () => {
  expect(Object.isFrozen(rk4)).toBe(true);
  expect(Object.isFrozen(rk4.a[2])).toBe(true);
  expect(Object.isFrozen(rk4.b)).toBe(true);
});

test("every single wrong coefficient of rk4 is refused", () => {
  for (let i = 0; i < 4; i++) {
    const b = rk4.b.map((v, j) => (j === i ? v + 1e-6 : v));
    expect(() => explicitRungeKutta("typo", 4, rk4.a, b)).toThrow(ArgumentError);
    for (let j = 0; j < i; j++) {
      const a = rk4.a.map((row, k) => row.map((v, l) => (k === i && l === j ? v + 1e-6 : v)));
      expect(() => explicitRungeKutta("typo", 4, a, rk4.b)).toThrow(/condition .* of order/);
    }
  }
});

test("a method may not declare more than its order, nor fewer stages than its order", () => {
  expect(() => explicitRungeKutta("heun", 3, [[], [1], [0, 0]], [0.5, 0.5, 0])).toThrow(/of order 3 is not met/);
  expect(() => explicitRungeKutta("heun", 3, heun.a, heun.b)).toThrow(/needs at least 3 stages, got 2/);
});

test.each([
  ["an order that is no positive integer", 1.5, [[]], [1], /positive integer, got 1.5/],
  ["an implicit stage", 1, [[1]], [1], /row 0 of a must have 0 entries/],
  ["a short row", 2, [[], []], [0.5, 0.5], /row 1 of a must have 1 entries/],
  ["a missing row", 2, [[]], [0.5, 0.5], /one entry per stage/],
  ["NaN", 1, [[]], [Number.NaN], /condition Σ b = 1/],
] as const)("%s is refused", (_, order, a, b, message) => {
  expect(() => explicitRungeKutta("wrong", order, a, b)).toThrow(message);
});

test("a plain object with wrong abscissae is reported", () => {
  expect(tableauProblems({ ...heun, c: [0, third] })).toEqual([`c[1] must be the sum 1 of row 1 of a, got ${third}`]);
  expect(tableauProblems(heun)).toEqual([]);
});
