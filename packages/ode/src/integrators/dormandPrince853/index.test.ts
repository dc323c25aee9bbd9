import { adaptiveConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { fieldOf } from "../../field.ts";
import { integrate } from "../../integrate.ts";
import { spiral, spiralAt } from "../../sampleFields.ts";
import { solve } from "../../solve.ts";
import type { Integrator } from "../../tableau.ts";
import { dormandPrince853 } from "./index.ts";

test("dormandPrince853 conforms with step size control", () => {
  expect(adaptiveConformance(dormandPrince853)).toEqual([]);
});

const u = Float64Array.of(2, 1);
const exact = (t: number): readonly number[] => spiralAt(t, 0.4, u);

// integratorConformance's problems are so smooth that order 8 meets rounding before its slope settles.
const endError = (integrator: Integrator, substeps: number): number => {
  const { values } = solve(spiral, u, { y0: [0.4, 0], times: [0, 3], integrator, substeps });
  return Math.max(...exact(3).map((v, p) => Math.abs(v - values[2 + p])));
};
const embedded = dormandPrince853.embedded!;

test.each([
  { order: 8, weights: dormandPrince853.b, steps: 22 },
  { ...embedded, steps: 160 },
  { ...embedded.lower!, steps: 640 },
])("the observed order is $order", ({ order, weights, steps }) => {
  const { name, a, c } = dormandPrince853;
  const method: Integrator = { name, order, a, b: weights, c };
  const slope = Math.log2(endError(method, steps) / endError(method, 2 * steps));
  expect(Math.abs(slope - order)).toBeLessThan(0.1);
});

test("the dense output is of order 7, and costs three evaluations only in steps that are asked", () => {
  const run = (steps: number, between: number) => {
    const times = Float64Array.from({ length: steps * between + 1 }, (_, i) => (3 * i) / (steps * between));
    const step = 3 / steps;
    const problem = { y0: [0.4, 0], times, integrator: dormandPrince853, rtol: 0.9, atol: 1e6 };
    const { values, counts } = integrate(fieldOf(spiral, u), { ...problem, firstStep: step, maxStep: step });
    const error = times.reduce(
      (most, t, i) => Math.max(most, ...exact(t).map((v, p) => Math.abs(v - values[2 * i + p]))),
      0,
    );
    return { error, evaluations: counts.evaluations, tries: counts.accepted };
  };
  const [coarse, fine] = [run(16, 9), run(32, 9)];
  expect(Math.log2(coarse.error / fine.error)).toBeGreaterThan(6.9); // local order 8 beside global order 8
  expect(fine.evaluations).toBe(1 + 15 * fine.tries);
  const plain = integrate(fieldOf(spiral, u), { y0: [0.4, 0], times: [0, 3], integrator: dormandPrince853 });
  expect(plain.counts.evaluations).toBe(2 + 12 * (plain.counts.accepted + plain.counts.rejected));
});
