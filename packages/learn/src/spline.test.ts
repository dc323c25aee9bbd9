import { expect, test } from "vitest";
import { splineDerivative } from "./spline.ts";

test("cubics are differentiated exactly on uneven knots", () => {
  const x = Float64Array.of(0, 0.3, 1, 1.1, 2.5);
  const y = Float64Array.from([...x].flatMap((v) => [2 - v + 3 * v * v - 0.5 * v ** 3, 4 * v]));
  const d = splineDerivative(x, y);
  for (const [i, v] of x.entries()) {
    expect(d[2 * i]).toBeCloseTo(-1 + 6 * v - 1.5 * v * v, 11);
    expect(d[2 * i + 1]).toBeCloseTo(4, 11);
  }
});

/** Largest error for exp on n + 1 even knots of [0, 1]. */
const worst = (n: number): number => {
  const x = Float64Array.from({ length: n + 1 }, (_, i) => i / n);
  const y = x.map(Math.exp);
  return Math.max(...splineDerivative(x, y).map((d, i) => Math.abs(d - y[i])));
};

test("the error of exp falls at least as the cube of the spacing, at the ends too", () => {
  expect(Math.log2(worst(16) / worst(32))).toBeGreaterThan(2.8);
  expect(worst(32)).toBeLessThan(Math.E / 32 ** 3); // max|f⁗| h³
});

test("four points give the interpolating cubic, fewer are refused", () => {
  const x = Float64Array.of(1, 2, 3, 4);
  expect([...splineDerivative(x, Float64Array.of(1, 8, 27, 64))].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([
    3, 12, 27, 48,
  ]);
  expect(() => splineDerivative(x.subarray(0, 3), new Float64Array(3))).toThrow("at least 4 points");
  expect(() => splineDerivative(Float64Array.of(1, 2, 2, 3), new Float64Array(4))).toThrow("increase strictly");
});
