import { adaptiveConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import type { Field } from "../../field.ts";
import { integrate } from "../../integrate.ts";
import { rodas4 } from "../rodas4/index.ts";
import { ndf } from "./index.ts";

test("ndf conforms", () => {
  expect(adaptiveConformance(ndf)).toEqual([]);
});

const P = 60;
/** Brusselator without feed in one dimension, u and v by turns, diffusion 0.02: Hairer & Wanner II, §IV.1. */
const brusselator: Field["evaluate"] = (_t, y, out) => {
  const d = 0.02 * (P / 2 + 1) ** 2;
  for (let p = 0; p < P; p += 2) {
    const [u, v] = [y[p], y[p + 1]];
    out[p] = 1 + u * u * v - 4 * u + d * ((y[p - 2] ?? 1) - 2 * u + (y[p + 2] ?? 1));
    out[p + 1] = 3 * u - u * u * v + d * ((y[p - 1] ?? 3) - 2 * v + (y[p + 3] ?? 3));
  }
};
const y0 = Float64Array.from({ length: P }, (_, p) => (p % 2 === 1 ? 3 : 1 + Math.sin((Math.PI * (p + 2)) / (P + 2))));

test("sixty stiff states: few Jacobians, few factorisations, and a band saves evaluations", () => {
  const problem = { y0, times: [0, 1, 10], rtol: 1e-7 };
  const reference = integrate(brusselator, {
    ...problem,
    rtol: 1e-10,
    integrator: rodas4,
    bandwidth: { lower: 2, upper: 2 },
  });
  const full = integrate(brusselator, { ...problem, integrator: ndf });
  const banded = integrate(brusselator, { ...problem, integrator: ndf, bandwidth: { lower: 2, upper: 2 } });
  for (const { values, counts, stopped } of [full, banded]) {
    expect(stopped).toBe("end");
    values.forEach((v, i) => expect(Math.abs(v - reference.values[i])).toBeLessThan(2e-5));
    expect(counts.jacobians).toBeLessThan(counts.accepted / 10);
    expect(counts.factorizations).toBeLessThan(counts.accepted / 2);
  }
  expect(full.counts.evaluations - banded.counts.evaluations).toBeGreaterThan(50 * (full.counts.jacobians - 1));
});

test("high orders are reached: a tenth of the tolerance costs far less than a second-order method would pay", () => {
  const steps = [1e-5, 1e-9].map((rtol) =>
    integrate((_t, [x, v], out) => out.set([v, -x]), { y0: [1, 0], times: [0, 20], integrator: ndf, rtol }),
  );
  expect(steps[1].counts.accepted / steps[0].counts.accepted).toBeLessThan(1e4 ** (1 / 3.5));
});

const decay: Field["evaluate"] = (t, [y], out) => void (out[0] = -1e3 * (y - Math.cos(t)));

test("events, landing, maxStep and the way back", () => {
  const path = integrate(decay, {
    y0: [0],
    times: [0, 1, 2, 3],
    integrator: ndf,
    rtol: 1e-8,
    land: true,
    maxStep: 0.05,
    events: [{ value: (_t, [y]) => y, direction: -1 }],
  });
  expect(path.events.map(({ time }) => time)).toEqual([expect.closeTo(Math.PI / 2 + 1e-3, 6)]);
  for (const t of path.times) expect(path.steps).toContain(t);
  path.steps.slice(1).forEach((t, i) => expect(t - path.steps[i]).toBeLessThanOrEqual(0.05 * (1 + 1e-9)));
  const growth = integrate(decay, { y0: path.end.y, times: [3, 2.999], integrator: ndf, rtol: 1e-9 });
  expect(growth.end.y[0]).toBeCloseTo(Math.cos(2.999 - 1e-3), 4);
});

const problem = { y0: [1, 1], times: [0, 2], integrator: ndf };

const jacobian: Field["jacobian"] = (_t, _y, out) => void out.fill(Number.NaN);

test("what breaks is named", () => {
  expect(() => integrate({ evaluate: (_t, y, out) => out.set(y), jacobian }, problem)).toThrow(
    /integrate\(ndf\): the iteration matrix stayed singular or not finite/,
  );
  expect(() => integrate((t, _y, out) => out.set([0, t > 0.5 ? Number.NaN : 1]), problem)).toThrow(
    /component 1 is NaN at t = 0\.[45]/,
  );
  expect(() => integrate(() => undefined, problem)).toThrow(/component 0 is NaN at t = 0/);
  expect(() => integrate((_t, [x, y], out) => out.set([0, x * y * y]), problem)).toThrow(
    /at t = (1\.00|0\.999).*y\[1\].*The solution may be singular there/,
  );
});
