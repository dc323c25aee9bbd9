import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { integrate, kennedyCarpenter43, ndf, rodas4, type Field, type Sparsity } from "./index.ts";
import { factorLu, solveLu, solveLuTransposed } from "./lu.ts";
import { columnGroups, sparseLu } from "./sparseLu.ts";

const n = 30;
const random = stream("sparse", 1);

test("sparse factors solve like dense ones, and an arrow matrix does not fill in", () => {
  const pattern: Sparsity = Array.from({ length: 60 }, () => [Math.floor(n * random()), Math.floor(n * random())]);
  const jacobian = new Float64Array(n * n);
  for (const [row, column] of pattern) jacobian[row * n + column] = 2 * random() - 1;
  const factors = sparseLu(n, pattern);
  expect(factors.factor(jacobian, 7)).toBe(true);
  const x = Float64Array.from({ length: n }, () => random());
  const b = x.map((v, i) => 7 * v - x.reduce((sum, w, k) => sum + jacobian[i * n + k] * w, 0));
  factors.solve(b);
  b.forEach((v, i) => expect(v).toBeCloseTo(x[i], 13));
  const arrow: Sparsity = Array.from({ length: n - 1 }, (_, i) => [[0, i + 1] as const, [i + 1, 0] as const]).flat();
  expect(sparseLu(n, arrow).entries).toBe(3 * n - 2);
});

test("a pivot that cancels is reported, not used", () => {
  const swap: Sparsity = [
    [0, 1],
    [1, 0],
  ];
  expect(sparseLu(2, swap).factor(Float64Array.of(1, -1, -1, 1), 1)).toBe(false);
  expect(sparseLu(2, swap).factor(Float64Array.of(0, -1, -1, 0), 1 + 1e-9)).toBe(false);
});

test("columns of one colour share no row, and a band needs as many colours as it is wide", () => {
  const band: Sparsity = Array.from({ length: n - 1 }, (_, i) => [[i, i + 1] as const, [i + 1, i] as const]).flat();
  const groups = columnGroups(n, band);
  expect(groups.length).toBe(3);
  for (const group of groups) {
    const rows = group.flatMap((one) => one.rows);
    expect(new Set(rows).size).toBe(rows.length);
  }
});

test("Aᵀ x = b with the same factors, banded too", () => {
  for (const [lower, upper] of [
    [n - 1, n - 1],
    [2, 3],
  ]) {
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let k = Math.max(0, i - lower); k <= Math.min(n - 1, i + upper); k++) a[i * n + k] = 2 * random() - 1;
    const x = Float64Array.from({ length: n }, () => random());
    const b = x.map((_, i) => x.reduce((sum, w, k) => sum + a[k * n + i] * w, 0));
    const factors = a.slice();
    const pivots = new Int32Array(n);
    const full = { lower, upper };
    expect(factorLu(factors, n, pivots, full)).toBe(true);
    solveLuTransposed(factors, n, pivots, full, b);
    b.forEach((v, i) => expect(v).toBeCloseTo(x[i], 9));
    const back = x.map((_, i) => x.reduce((sum, w, k) => sum + a[i * n + k] * w, 0));
    solveLu(factors, n, pivots, full, back);
    back.forEach((v, i) => expect(v).toBeCloseTo(x[i], 9));
  }
});

// 50 species on a ring, X_i + X_{i+1} → X_i + X_{i+2}, X_i → X_{i+1} with constants over six decades, X_i → X_{i−1}.
const cells = 50;
const rates = Array.from({ length: cells }, (_, i) => 10 ** (((i * 7) % 13) / 2 - 2));
const ring: Field["evaluate"] = (_t, y, out) => {
  out.fill(0);
  for (let i = 0; i < cells; i++) {
    const [next, after, last] = [(i + 1) % cells, (i + 2) % cells, (i + cells - 1) % cells];
    const catalysed = 10 * y[i] * y[next];
    out[i] -= rates[i] * y[i] + y[i];
    out[next] += rates[i] * y[i] - catalysed;
    out[after] += catalysed;
    out[last] += y[i];
  }
};
const sparsity: Sparsity = Array.from({ length: cells }, (_, i) => i).flatMap((i) =>
  [-2, -1, 0, 1].map((d) => [i, (i + d + cells) % cells] as const),
);
const y0 = Array.from({ length: cells }, (_, i) => (i < 5 ? 1 : 0));

test.each([ndf, rodas4, kennedyCarpenter43])("a stiff network of 50 species by $name: sparse = dense", (integrator) => {
  const problem = { y0, times: [0, 20], integrator, rtol: 1e-6, atol: 1e-9 };
  const dense = integrate(ring, problem);
  const sparse = integrate(ring, { ...problem, sparsity });
  const own = integrate({ evaluate: ring, sparsity }, problem);
  sparse.end.y.forEach((v, p) => expect(Math.abs(v - dense.end.y[p])).toBeLessThan(1e-5));
  expect(own.end.y).toEqual(sparse.end.y);
  // differences take columns in groups: at least 30 of 50 evaluations less for each Jacobian
  expect(sparse.counts.evaluations).toBeLessThan(dense.counts.evaluations - 30 * sparse.counts.jacobians);
  expect(sparse.end.y.reduce((sum, v) => sum + v, 0)).toBeCloseTo(5, 6);
});

test("a matrix that needs row swaps falls back to dense factors", () => {
  // y0' and y1' each follow the other: 1/(hγ) − J loses its diagonal for no h, but J = [[k, k], [k, k]] cancels at h → ∞
  const field: Field["evaluate"] = (_t, [a, b], out) => out.set([b - 1e8 * (a + b), -a - 1e8 * (a + b)]);
  const problem = { y0: [1, -1], times: [0, 1e3], integrator: rodas4, rtol: 1e-6 };
  const both: Sparsity = [
    [0, 1],
    [1, 0],
  ];
  const [sparse, dense] = [integrate(field, { ...problem, sparsity: both }), integrate(field, problem)];
  sparse.end.y.forEach((v, p) => expect(v).toBeCloseTo(dense.end.y[p], 5));
});

test("a wrong pattern is refused", () => {
  const problem = { y0, times: [0, 1], integrator: ndf };
  expect(() => integrate(ring, { ...problem, sparsity: [[0, 50]] })).toThrow(/the place \[0, 50\].*50 by 50/);
  expect(() => integrate(ring, { ...problem, sparsity, bandwidth: { lower: 1, upper: 1 } })).toThrow(/not both/);
  const jacobian: Field["jacobian"] = (_t, _y, out) => void (out[7] = 3);
  expect(() => integrate({ evaluate: ring, jacobian }, { ...problem, sparsity })).toThrow(
    /the Jacobian has 3 at \[0, 7\], outside sparsity/,
  );
});
