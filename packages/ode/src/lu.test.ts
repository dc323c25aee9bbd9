import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { factorLu, solveLu } from "./lu.ts";

test.each([
  [1, 0, 0],
  [6, 5, 5],
  [9, 2, 1],
  [9, 1, 3],
  [7, 0, 2],
  [7, 2, 0],
])("a random %i × %i… matrix of %i lower and %i upper diagonals is solved", (n, lower, upper) => {
  const random = stream("lu", n * 100 + lower * 10 + upper);
  const a = Float64Array.from({ length: n * n }, (_, e) => {
    const offset = (e % n) - Math.floor(e / n);
    return offset >= -lower && offset <= upper ? 2 * random() - 1 : 0; // small diagonals: pivoting is needed
  });
  const x = Float64Array.from({ length: n }, () => 2 * random() - 1);
  const b = x.map((_, i) => x.reduce((sum, v, k) => sum + a[i * n + k] * v, 0));
  const pivots = new Int32Array(n);
  const factors = a.slice();
  expect(factorLu(factors, n, pivots, { lower, upper })).toBe(true);
  solveLu(factors, n, pivots, { lower, upper }, b);
  b.forEach((v, i) => expect(v).toBeCloseTo(x[i], 10));
});

test("a zero pivot needs a swap; a singular matrix and one that is not finite are told", () => {
  const pivots = new Int32Array(2);
  const full = { lower: 1, upper: 1 };
  const swap = Float64Array.of(0, 1, 1, 0);
  const b = Float64Array.of(3, 5);
  expect(factorLu(swap, 2, pivots, full)).toBe(true);
  solveLu(swap, 2, pivots, full, b);
  expect([...b]).toEqual([5, 3]);
  expect(factorLu(Float64Array.of(1, 2, 2, 4), 2, pivots, full)).toBe(false);
  expect(factorLu(Float64Array.of(Number.NaN, 2, 2, 4), 2, pivots, full)).toBe(false);
});
