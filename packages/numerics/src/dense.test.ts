import { Matrix, solve as referenceSolve } from "ml-matrix";
import { expect, test } from "vitest";
import { cholesky, solve, solveCholesky } from "./dense.ts";
import { drawNormal } from "./random/normal.ts";
import { stream } from "./random/stream.ts";

test("the factor of a hand-made matrix", () => {
  const a = Float64Array.of(4, 99, 2, 5); // the upper triangle is not read
  expect(cholesky(a, 2)).toBe(true);
  expect([...a]).toEqual([2, 99, 1, 2]);
  const b = Float64Array.of(7, 8, 9);
  solveCholesky(a, 2, b, 1);
  // 4x + 2y = 8, 2x + 5y = 9
  expect(b[0]).toBe(7);
  expect(b[1]).toBeCloseTo(11 / 8, 15);
  expect(b[2]).toBeCloseTo(5 / 4, 15);
});

test("matrices that are not positive definite are refused", () => {
  expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBe(false);
  expect(cholesky(Float64Array.of(0), 1)).toBe(false);
  expect(cholesky(Float64Array.of(Number.NaN), 1)).toBe(false);
});

test("both solvers agree with ml-matrix", () => {
  const random = stream("dense", 0);
  for (const n of [1, 2, 5, 12]) {
    const g = Matrix.zeros(n, n).apply(function fill(i, j) {
      this.set(i, j, drawNormal(random));
    });
    const rhs = Array.from({ length: n }, () => drawNormal(random));
    const general = Float64Array.from(rhs);
    expect(solve(Float64Array.from(g.to1DArray()), n, general)).toBe(true);
    const expected = referenceSolve(g, Matrix.columnVector(rhs)).to1DArray();
    for (let i = 0; i < n; i++) expect(general[i]).toBeCloseTo(expected[i], 9);

    const spd = g.mmul(g.transpose()).add(Matrix.eye(n));
    const l = Float64Array.from(spd.to1DArray());
    expect(cholesky(l, n)).toBe(true);
    const x = Float64Array.from(rhs);
    solveCholesky(l, n, x);
    const symmetric = referenceSolve(spd, Matrix.columnVector(rhs)).to1DArray();
    for (let i = 0; i < n; i++) expect(x[i]).toBeCloseTo(symmetric[i], 11);
  }
});

test("elimination swaps rows when the leading entry is 0", () => {
  const b = Float64Array.of(0, 3, 4);
  expect(solve(Float64Array.of(0, 1, 1, 0), 2, b, 1)).toBe(true);
  expect([...b]).toEqual([0, 4, 3]);
});

test("singular and infinite matrices are refused", () => {
  expect(solve(Float64Array.of(1, 2, 2, 4), 2, new Float64Array(2))).toBe(false);
  expect(solve(Float64Array.of(Infinity), 1, new Float64Array(1))).toBe(false);
});
