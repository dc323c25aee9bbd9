import { drawNormal } from "@dbd/numerics/random/normal";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { mixing } from "./diagnostics.ts";

/** Stationary chains x' = ρ x + √(1 − ρ²) ξ, shape [C, T]. */
function autoregressive(C: number, T: number, rho: number, seed: number): Float64Array {
  const random = stream("diagnostics", seed);
  const x = new Float64Array(C * T);
  for (let c = 0; c < C; c++) {
    x[c * T] = drawNormal(random);
    for (let t = 1; t < T; t++) x[c * T + t] = rho * x[c * T + t - 1] + Math.sqrt(1 - rho * rho) * drawNormal(random);
  }
  return x;
}

// The effective size of such a chain is n(1 − ρ)/(1 + ρ). Its estimate scatters by a few per cent at these lengths; a sum
// that forgets the factor 2, or stops at the first lag, is off by 2 and more.
for (const rho of [-0.5, 0, 0.6, 0.9])
  test(`chains with correlation ${rho} per step are worth n(1 − ρ)/(1 + ρ) draws, and R-hat is near one`, () => {
    const n = 4 * 5000;
    const { effectiveSize, rHat, mean, standardError } = mixing(autoregressive(4, 5000, rho, 1), 4);
    expect(effectiveSize / ((n * (1 - rho)) / (1 + rho))).toBeGreaterThan(0.85);
    expect(effectiveSize / ((n * (1 - rho)) / (1 + rho))).toBeLessThan(1.15);
    expect(Math.abs(rHat - 1)).toBeLessThan(0.01);
    expect(Math.abs(mean) / standardError).toBeLessThan(4);
  });

test("chains that sit in different places, and one that drifts, have a large R-hat", () => {
  const apart = autoregressive(4, 1000, 0, 2).map((x, i) => x + (i < 2000 ? 0 : 3));
  expect(mixing(apart, 4).rHat).toBeGreaterThan(1.5);
  expect(mixing(apart, 4).effectiveSize).toBeLessThan(20);
  const drifting = autoregressive(1, 1000, 0, 3).map((x, i) => x + i / 200);
  expect(mixing(drifting, 1).rHat).toBeGreaterThan(1.3);
});

test("chains stuck at different values have R-hat ∞; at one value there is nothing to estimate", () => {
  expect(mixing(Float64Array.of(1, 1, 1, 1, 2, 2, 2, 2), 2).rHat).toBe(Infinity);
  expect(mixing(new Float64Array(300).fill(0.1), 3).rHat).toBe(1); // though the mean is rounded
  expect(mixing(new Float64Array(8).fill(2), 2)).toEqual({ mean: 2, standardError: 0, rHat: 1, effectiveSize: 8 });
});

test("traces that are too short or ragged are refused", () => {
  expect(() => mixing(new Float64Array(7), 2)).toThrow("mixing: needs 2 chains of the same length");
  expect(() => mixing(new Float64Array(3), 1)).toThrow("at least 4");
});
