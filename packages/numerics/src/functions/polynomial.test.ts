import { expect, test } from "vitest";
import { functionConformance } from "./conformance.ts";
import { polynomial } from "./polynomial.ts";

test("conforms in one, two and three inputs", () => {
  expect(functionConformance(polynomial(1, 5), { box: [[-1, 2]], seed: "one" })).toEqual([]);
  const box = [
    [-1, 2],
    [1, 3],
    [-2, 0],
  ] as const;
  expect(functionConformance(polynomial(2, 3), { box: box.slice(0, 2), seed: "two" })).toEqual([]);
  expect(functionConformance(polynomial(3, 2), { box, seed: "three" })).toEqual([]);
});

test("the terms are all monomials up to the degree, in the order of the coefficients", () => {
  const f = polynomial(2, 2);
  expect(f.terms).toEqual([
    [0, 0],
    [1, 0],
    [0, 1],
    [2, 0],
    [1, 1],
    [0, 2],
  ]);
  const u = Float64Array.of(1, 2, 3, 4, 5, 6);
  expect(f.value(Float64Array.of(2, 10), u, 0)).toBe(1 + 4 + 30 + 16 + 100 + 600);
  expect(polynomial(3, 4).coefficients).toBe(35);
  expect(polynomial(1, 0).value(Float64Array.of(7), Float64Array.of(3), 0)).toBe(3);
});

test("impossible sizes are refused", () => {
  expect(() => polynomial(0, 2)).toThrow("inputs");
  expect(() => polynomial(2, -1)).toThrow("degree");
  expect(() => polynomial(30, 30)).toThrow("terms");
});
