import { expect, test } from "vitest";
import { adjoint, continuousAdjoint, frozen, solve, tsit54, variational } from "./index.ts";
import { logistic, spiral } from "./sampleFields.ts";

const u = Float64Array.of(2, -0.7);
const y0 = [0.5, 0];
const times = [0, 0.5, 1.5];
const seeds = Float64Array.of(0, 0, 1, -0.5, 0.7, 2);

/** The gradient with steps so small that it is that of the exact solution. */
const exact = (() => {
  const { sensitivity } = variational(spiral, u, { y0, times, integrator: tsit54, substeps: 200 });
  return [0, 1].map((q) => seeds.reduce((sum, v, row) => sum + v * sensitivity[2 * row + q], 0));
})();

/** Relative distance of two gradients of the same run: the continuous adjoint's, and the exact one of the frozen steps. */
function distances(rtol: number): { continuous: number; discrete: number } {
  const got = continuousAdjoint(spiral, u, { y0, times, integrator: tsit54, rtol, seedsOf: () => seeds });
  const { problem, rows } = frozen(spiral, u, { y0, times, integrator: tsit54, rtol });
  const spread = new Float64Array(problem.times.length * 2);
  rows.forEach((row, i) => spread.set(seeds.subarray(2 * i, 2 * i + 2), 2 * row));
  const S = (at: Float64Array): number =>
    solve(spiral, at, problem).values.reduce((sum, y, i) => sum + spread[i] * y, 0);
  const { uBar } = adjoint(spiral, u, problem, solve(spiral, u, problem), spread);
  const direction = Float64Array.of(0.6, -0.8);
  const h = 1e-4;
  const difference = (S(u.map((v, q) => v + h * direction[q])) - S(u.map((v, q) => v - h * direction[q]))) / (2 * h);
  const along = (bar: Float64Array): number =>
    Math.abs(bar[0] * 0.6 - bar[1] * 0.8 - difference) / Math.abs(difference);
  return { continuous: along(got.uBar), discrete: along(uBar) };
}

test("at a loose tolerance the continuous adjoint is visibly not the gradient of the result; the discrete one is", () => {
  const { continuous, discrete } = distances(1e-2);
  expect(discrete).toBeLessThan(1e-6);
  expect(continuous).toBeGreaterThan(1e-4);
});

test("at a tight tolerance it comes to the gradient of the exact solution", () => {
  const rtol = 1e-9;
  const { uBar, y0Bar } = continuousAdjoint(spiral, u, { y0, times, integrator: tsit54, rtol, seedsOf: () => seeds });
  exact.forEach((v, q) => expect(Math.abs(uBar[q] - v)).toBeLessThan(1e-6 * Math.abs(v)));
  expect(y0Bar.length).toBe(2);
});

test("wrong seeds and early ends are refused", () => {
  const one = Float64Array.of(1);
  const problem = { y0: [0.2], times: [0, 9], integrator: tsit54, seedsOf: () => new Float64Array(1) };
  expect(() => continuousAdjoint(logistic, one, problem)).toThrow(/seeds must have length 2/);
  expect(() => continuousAdjoint(logistic, one, { ...problem, maxSteps: 2 })).toThrow(
    /forward integration ended early/,
  );
});
