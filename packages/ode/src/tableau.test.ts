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

test("order 4 means eight conditions, order 3 four of them", () => {
  const a = [[], [0.3], [0.1, 0.7], [0.2, 0.5, 0.9]]; // meets none
  const b = [0.4, 0.3, 0.2, 0.6];
  const unmet = (order: number) => {
    const c = a.map((row) => row.reduce((total, v) => total + v, 0));
    return tableauProblems({ name: "none", order, a, b, c }).map((text) => /condition (.*) of/.exec(text)?.[1]);
  };
  const three = ["Σ b = 1/1", "Σ b c = 1/2", "Σ b c² = 1/3", "Σ b a c = 1/6"];
  expect(unmet(3)).toEqual(three);
  expect(unmet(4)).toEqual([...three, "Σ b c³ = 1/4", "Σ b c a c = 1/8", "Σ b a c² = 1/12", "Σ b a a c = 1/24"]);
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
