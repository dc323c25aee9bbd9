import * as fc from "fast-check";
import { expect, test } from "vitest";
import { counting, poisson } from "./base.ts";
import { counts } from "./families/counts.ts";
import { evaluatePolynomials, orthonormalPolynomials } from "./polynomials.ts";
import { solveCovariance } from "./solveCovariance.ts";

test("the polynomials of a Poisson law are Charlier's: ψ₁ = (n − m)/√m, ψ₂ = (n² − (2m + 1)n + m²)/(m√2)", () => {
  const m = 6;
  const p = counts({ order: 1, base: poisson }).distribution(Float64Array.of(-Math.log(m)));
  const basis = orthonormalPolynomials(p, 2);
  const out = new Float64Array(2);
  for (const n of [0, 3, 6, 20]) {
    evaluatePolynomials(basis!, n, out);
    expect(out[0]).toBeCloseTo((n - m) / Math.sqrt(m), 11);
    expect(out[1]).toBeCloseTo((n * n - (2 * m + 1) * n + m * m) / (m * Math.SQRT2), 10);
  }
});

test("polynomials are orthonormal and agree with their coefficients in C(n, k), also for K = 6 far from zero", () => {
  const weights = Float64Array.from({ length: 600 }, (_, n) => Math.exp(-((n - 300) ** 2) / 2e4));
  const K = 6;
  const basis = orthonormalPolynomials(weights, K);
  const total = weights.reduce((a, b) => a + b);
  const gram = new Float64Array(K * K);
  const [row, there, phi] = [new Float64Array(K), new Float64Array(K), new Float64Array(K)];
  const family = counts({ order: K, base: counting });
  for (let n = 0; n < weights.length; n++) {
    evaluatePolynomials(basis!, n, row);
    for (let i = 0; i < K; i++) for (let j = 0; j < K; j++) gram[i * K + j] += (weights[n] / total) * row[i] * row[j];
  }
  for (let i = 0; i < K * K; i++) expect(gram[i]).toBeCloseTo(i % (K + 1) === 0 ? 1 : 0, 11);
  // ψ(n) − ψ(0) = map φ(n)
  evaluatePolynomials(basis!, 0, there);
  for (const n of [200, 300, 450]) {
    evaluatePolynomials(basis!, n, row);
    family.statistics(n, phi);
    for (let j = 0; j < K; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += basis!.map[j * K + k] * phi[k];
      expect(Math.abs(sum - (row[j] - there[j]))).toBeLessThan(1e-10 * (1 + Math.abs(there[j])));
    }
  }
});

test("too few counts with weight give no basis", () => {
  expect(orthonormalPolynomials(Float64Array.of(0.2, 0.8), 1)).toBeDefined();
  expect(orthonormalPolynomials(Float64Array.of(0.2, 0.8), 2)).toBeUndefined();
  expect(orthonormalPolynomials(Float64Array.of(0, 0, 1), 1)).toBeUndefined();
});

test("solveCovariance inverts C, in place too", () => {
  const family = counts({ order: 3, base: poisson });
  fc.assert(
    fc.property(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }), (x) => {
      const nu = Float64Array.of(-1.5, 0.2, 0.03);
      const C = new Float64Array(9);
      family.covariance(nu, C);
      const v = Float64Array.from([0, 1, 2], (i) => C[3 * i] * x[0] + C[3 * i + 1] * x[1] + C[3 * i + 2] * x[2]);
      solveCovariance(family, nu, v, v);
      for (let k = 0; k < 3; k++) expect(Math.abs(v[k] - x[k])).toBeLessThan(1e-9);
    }),
    { seed: 2, numRuns: 50 },
  );
});

test("solveCovariance says when C is singular", () => {
  const family = counts({ order: 3, base: counting, max: 2 });
  const v = new Float64Array(3);
  expect(() => solveCovariance(family, new Float64Array(3), v, v)).toThrow("fewer than 4 counts carry weight");
});
