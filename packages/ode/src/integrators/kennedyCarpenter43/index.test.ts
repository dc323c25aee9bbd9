import { adaptiveConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { additiveRungeKutta, integrate, splitField, tsit54, type Field } from "../../index.ts";
import { kennedyCarpenter43, kennedyCarpenter43Tableau } from "./index.ts";

test("kennedyCarpenter43 conforms, all parts implicit", () => {
  expect(adaptiveConformance(kennedyCarpenter43)).toEqual([]);
});

// y = (1 + t) e^−t with parts that are not linear in y and depend on t.
const slow: Field["evaluate"] = (t, [y], out) => void (out[0] = (y * y * Math.exp(t)) / (1 + t) - t * Math.exp(-t));
const fast: Field["evaluate"] = (t, [y], out) => void (out[0] = (-(y ** 3) * Math.exp(2 * t)) / (1 + t) ** 2);

/** Error at t = 1 with n equal steps, every stage solved to rounding. */
function errorOf(n: number, tableau = kennedyCarpenter43Tableau): number {
  const path = integrate(splitField(slow, fast), {
    y0: [1],
    times: [0, 1],
    integrator: additiveRungeKutta(tableau, 1e-13),
    rtol: 0.9,
    atol: 1,
    firstStep: 1 / n,
    maxStep: 1 / n,
  });
  return Math.abs(path.end.y[0] - 2 * Math.exp(-1));
}

test("the observed order of the split method is 4, and 3 for the embedded weights", () => {
  expect(Math.abs(Math.log2(errorOf(32) / errorOf(64)) - 4)).toBeLessThan(0.1);
  const { embedded, b } = kennedyCarpenter43Tableau;
  const lower = { ...kennedyCarpenter43Tableau, order: 3, b: embedded.weights, embedded: { order: 3, weights: b } };
  expect(Math.abs(Math.log2(errorOf(256, lower) / errorOf(512, lower)) - 3)).toBeLessThan(0.1);
});

const cells = 40;
const diffusion: Field = {
  size: cells,
  evaluate(_t, y, out) {
    for (let p = 0; p < cells; p++) out[p] = cells ** 2 * (y[(p + cells - 1) % cells] - 2 * y[p] + y[(p + 1) % cells]);
  },
};
const growth: Field["evaluate"] = (_t, y, out) => out.set(y.map((v) => 5 * v * (1 - v)));

test("a reaction with stiff diffusion: the error follows the tolerance, in far fewer steps than explicit ones", () => {
  const y0 = Float64Array.from({ length: cells }, (_, p) => 0.1 + 0.05 * Math.sin((2 * Math.PI * p) / cells));
  const sparsity = Array.from({ length: cells }, (_, p) => [p, (p + 1) % cells, (p + cells - 1) % cells]).flatMap(
    ([p, right, left]) => [[p, right] as const, [p, left] as const],
  );
  const field = splitField(growth, diffusion);
  const exact = integrate(field, { y0, times: [0, 1], integrator: tsit54, rtol: 1e-11 });
  const got = [1e-4, 1e-6, 1e-8].map((rtol) => {
    const path = integrate(field, { y0, times: [0, 1], integrator: kennedyCarpenter43, rtol, atol: rtol, sparsity });
    expect(path.counts.accepted).toBeLessThan(exact.counts.accepted / 5);
    return path.end.y.reduce((most, v, p) => Math.max(most, Math.abs(v - exact.end.y[p])), 0);
  });
  got.forEach((error, i) => expect(error).toBeLessThan(100 * [1e-4, 1e-6, 1e-8][i]));
  expect(got[2]).toBeLessThan(got[0] / 1e2);
});

const problem = { y0: [1, 1], times: [0, 2], integrator: kennedyCarpenter43 };
const quiet: Field["evaluate"] = (_t, y, out) => out.set(y.map((v) => -v));

test("what breaks in either part is named", () => {
  const nanAfter: Field["evaluate"] = (t, y, out) => out.set([0, t > 0.5 ? Number.NaN : -y[1]]);
  expect(() => integrate(splitField(nanAfter, quiet), problem)).toThrow(/component 1 is NaN at t = 0\.[45]/);
  expect(() => integrate(splitField(quiet, nanAfter), problem)).toThrow(/component 1 is NaN at t = 0\.[45]/);
  const jacobian: Field["jacobian"] = (_t, _y, out) => void out.fill(Number.NaN);
  expect(() => integrate(splitField(quiet, { evaluate: quiet, jacobian }), problem)).toThrow(/matrix stayed singular/);
});

test.each([
  ["a short list", { b: [1] }, /must have 1 entries/],
  ["a full row", { explicit: kennedyCarpenter43Tableau.explicit.map((row) => [...row, 0]) }, /strictly lower/],
  ["gamma", { gamma: 0.3 }, /must have one sum/],
  ["b", { b: [1, 0, 0, 0, 0, 0] }, /the condition Σ b c = 1\/2 of order 2 is not met/],
] as const)("a tableau with a wrong %s is refused", (_, change, message) => {
  expect(() => additiveRungeKutta({ ...kennedyCarpenter43Tableau, ...change })).toThrow(message);
});
