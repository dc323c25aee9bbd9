import { expect, test } from "vitest";
import { closureConformance } from "../conformance.ts";
import { normalClosure } from "./index.ts";

/** Moments of x_s = (s + 4) + (s + 1) y from the cumulants 0, κ₂, κ₃ … of y, those above the order 0. */
const linked = (order: number) => (a: readonly number[]) => {
  const cumulants = [0, 0, 1.5, 0.5, -0.25].map((c, k) => (k > order ? 0 : c));
  const y = [1];
  for (let n = 1; n <= 6; n++) {
    let binomial = 1;
    let sum = 0;
    for (let k = 1; k <= n; k++) {
      sum += binomial * (cumulants[k] ?? 0) * y[n - k];
      binomial = (binomial * (n - k)) / k;
    }
    y.push(sum);
  }
  let polynomial = [1];
  for (const [s, power] of a.entries()) {
    for (let i = 0; i < power; i++) {
      polynomial = Array.from(
        { length: polynomial.length + 1 },
        (_, k) => (s + 4) * (polynomial[k] ?? 0) + (s + 1) * (polynomial[k - 1] ?? 0),
      );
    }
  }
  return polynomial.reduce((sum, c, k) => sum + c * y[k], 0);
};

test("normal conforms: it is exact for correlated normal distributions, and for cumulants up to its order", () => {
  expect(closureConformance(normalClosure, linked)).toEqual([]);
});

test("⟨A³⟩ = 3 ⟨A⟩⟨A²⟩ − 2 ⟨A⟩³ at order 2", () => {
  expect(normalClosure.express([3], 2)).toHaveLength(2);
  expect(normalClosure.express([3], 2)).toContainEqual({ coefficient: -2, factors: [{ moment: [1], power: 3 }] });
});
