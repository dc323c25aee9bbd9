import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import {
  adjoint,
  dormandPrince54,
  frozen,
  integrate,
  ndf,
  rodas4,
  sensitivities,
  sensitivityField,
  solve,
  tsit54,
  variational,
} from "./index.ts";
import { logistic, logisticAt, quadraticField, spiral } from "./sampleFields.ts";

const dot = (v: Float64Array, w: Float64Array): number => v.reduce((total, x, i) => total + x * w[i], 0);

test.each([dormandPrince54, tsit54, rodas4])(
  "$name: adjoint = variational on frozen steps, and differences agree",
  (integrator) => {
    const dynamics = quadraticField(2);
    const [P, Q] = dynamics.shape;
    const random = stream("frozen", 1);
    const vector = (length: number, scale: number) => Float64Array.from({ length }, () => scale * (2 * random() - 1));
    const u = vector(Q, 0.6);
    const { problem, rows, path } = frozen(dynamics, u, {
      y0: vector(P, 0.8),
      times: [0, 0.4, 1, 1.5],
      integrator,
      rtol: 1e-8,
    });
    const T = problem.times.length;
    expect(Array.from(rows, (row) => problem.times[row])).toEqual([0, 0.4, 1, 1.5]);
    const weights = vector(rows.length * P, 1);
    const seeds = new Float64Array(T * P);
    rows.forEach((row, i) => seeds.set(weights.subarray(i * P, (i + 1) * P), row * P));
    const S = (at: Float64Array): number => dot(solve(dynamics, at, problem).values, seeds);
    expect(Math.abs(S(u) - dot(path.values, weights))).toBeLessThan(1e-13);
    const { uBar } = adjoint(dynamics, u, problem, solve(dynamics, u, problem), seeds);
    const { sensitivity } = variational(dynamics, u, problem);
    for (let q = 0; q < Q; q++) {
      let forward = 0;
      for (let i = 0; i < T * P; i++) forward += seeds[i] * sensitivity[i * Q + q];
      expect(Math.abs(uBar[q] - forward)).toBeLessThan(1e-12 * (1 + Math.abs(forward)));
    }
    const direction = vector(Q, 1);
    const remainder = (h: number): number => S(u.map((v, q) => v + h * direction[q])) - S(u) - h * dot(uBar, direction);
    expect(Math.abs(Math.log2(remainder(2e-3) / remainder(1e-3)) - 2)).toBeLessThan(0.05); // Taylor: second order is left
  },
);

test("the variational equation with error control: logistic growth to the tolerance, stiff methods too", () => {
  const u = Float64Array.of(0.8);
  for (const integrator of [tsit54, rodas4]) {
    const { values } = integrate(sensitivityField(logistic, u), {
      y0: [0.3, 0],
      times: [0, 1, 2],
      integrator,
      rtol: 1e-9,
    });
    [0, 1, 2].forEach((t, i) => {
      const y = logisticAt(t, 0.3, 0.8);
      expect(Math.abs(values[2 * i] - y)).toBeLessThan(1e-8);
      expect(Math.abs(values[2 * i + 1] - t * y * (1 - y))).toBeLessThan(1e-8);
    });
  }
});

test("two states and two coefficients: the sensitivity field agrees with the discrete derivative", () => {
  const u = Float64Array.of(2, -0.7);
  const y0 = [0.5, 0];
  const own = integrate(sensitivityField(spiral, u), {
    y0: [...y0, 0, 0, 0, 0],
    times: [0, 1.5],
    integrator: tsit54,
    rtol: 1e-10,
  });
  const { sensitivity } = variational(spiral, u, { y0, times: [0, 1.5], integrator: tsit54, substeps: 200 });
  sensitivity.slice(4).forEach((v, i) => expect(own.end.y[2 + i]).toBeCloseTo(v, 8));
});

test.each([tsit54, rodas4, ndf])("$name: sensitivities in the error norm follow the tolerance", (integrator) => {
  const u = Float64Array.of(2, -0.7);
  const ends = [1e-5, 1e-8].map((rtol) =>
    sensitivities(spiral, u, { y0: [0.5, 0], times: [0, 0.7, 1.5], integrator, rtol, atol: [rtol, rtol] }),
  );
  const exact = variational(spiral, u, { y0: [0.5, 0], times: [0, 0.7, 1.5], integrator: tsit54, substeps: 100 });
  const worst = ends.map(({ sensitivity }) =>
    sensitivity.reduce((most, v, i) => Math.max(most, Math.abs(v - exact.sensitivity[i])), 0),
  );
  expect(worst[0]).toBeLessThan(1e-3);
  expect(worst[1]).toBeLessThan(1e-6);
  expect(worst[1]).toBeLessThan(worst[0] / 30);
  expect(ends[1].values.length).toBe(6);
});

test("an initial state that depends on the coefficients starts the sensitivities", () => {
  const one = Float64Array.of(0.8);
  const problem = { y0: [0.3], times: [0, 1], integrator: tsit54, rtol: 1e-10 };
  const { sensitivity } = sensitivities(logistic, one, { ...problem, initial: [2] });
  const y = logisticAt(1, 0.3, 0.8);
  expect(sensitivity[0]).toBe(2);
  expect(sensitivity[1]).toBeCloseTo(y * (1 - y) * (1 + 2 / (0.3 * 0.7)), 8);
  expect(() => sensitivities(logistic, one, { ...problem, initial: [2, 1] })).toThrow(/initial must have length 1/);
  expect(() => sensitivities(logistic, one, { ...problem, y0: [2, 1] })).toThrow(/y0 must have length 1/);
  expect(() => sensitivities(logistic, one, { ...problem, maxSteps: 1 })).toThrow(/ended early/);
});

test("what cannot be frozen is refused", () => {
  const one = Float64Array.of(1);
  const problem = { y0: [0.1], times: [0, 5], integrator: tsit54 };
  expect(() => frozen(logistic, one, { ...problem, integrator: ndf })).toThrow(/steps of ndf cannot be frozen/);
  expect(() => frozen(logistic, one, { ...problem, maxSteps: 2 })).toThrow(/ended early: 2 steps were spent/);
  expect(() => sensitivityField(logistic, new Float64Array(2))).toThrow(/sensitivityField: u must have length 1/);
});
