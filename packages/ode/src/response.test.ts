import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { response, rk4, rodas4, solve } from "./index.ts";
import { logistic, logisticAt, quadraticField, spiral } from "./sampleFields.ts";

const integrator = rk4;
const slope = (t: number): number => logisticAt(t, 0.2, 1) * (1 - logisticAt(t, 0.2, 1));

test("logistic growth answers a kick with y(1 − y) at t over y(1 − y) at t', and not before", () => {
  const times = [0, 0.5, 1, 1.5, 2];
  const one = Float64Array.of(1);
  const answer = response(logistic, one, { y0: [0.2], times, integrator, substeps: 100 }, 1);
  expect([...answer.response.subarray(0, 3)]).toEqual([0, 0, 1]);
  expect(answer.response[3]).toBeCloseTo(slope(1.5) / slope(1), 9);
  expect(answer.response[4]).toBeCloseTo(slope(2) / slope(1), 9);
});

// A kick at t' is a jump of the state there: solve on from the jumped state and compare.
test.each([
  ["on a recording time", 0.4, 1],
  ["between recording times", 0.55, 1],
  ["at the start", 0, 1],
  ["at the end", 1, 1],
  ["between times, backwards", -0.55, -1],
  ["on a time, backwards", -0.4, -1],
])("the response equals the finite difference of a kick %s to 1e-6", (_, kickTime, sign) => {
  const field = quadraticField(3);
  const random = stream("kick", 0);
  const u = Float64Array.from({ length: field.shape[1] }, () => random() - 0.5);
  const y0 = Float64Array.of(0.3, -0.5, 0.2);
  const times = [0, 0.2, 0.4, 0.6, 0.8, 1].map((t) => sign * t);
  const options = { integrator, substeps: 20 };
  const answer = response(field, u, { y0, times, ...options }, kickTime);
  const arrival =
    kickTime === 0 ? y0 : solve(field, u, { y0, times: [0, kickTime], integrator, substeps: 80 }).values.slice(3);
  const later = times.filter((t) => sign * (t - kickTime) > 0);
  const first = times.length - later.length;
  const epsilon = 1e-4;
  const kicked = (k: number, size: number) =>
    solve(field, u, { y0: arrival.map((v, p) => (p === k ? v + size : v)), times: [kickTime, ...later], ...options });
  for (let k = 0; k < 3; k++) {
    const up = kicked(k, sign * epsilon).values; // backwards, the past of t' sees −e_k
    const down = kicked(k, -sign * epsilon).values;
    later.forEach((_time, i) => {
      for (let l = 0; l < 3; l++) {
        const difference = (up[(i + 1) * 3 + l] - down[(i + 1) * 3 + l]) / (2 * epsilon);
        expect(Math.abs(answer.response[((first + i) * 3 + l) * 3 + k] - difference)).toBeLessThan(1e-6);
      }
    });
  }
  expect(
    answer.response.subarray(0, 9 * times.filter((t) => sign * (kickTime - t) > 0).length).every((v) => v === 0),
  ).toBe(true);
});

test("the trajectory comes along: the same as solve when the kick is on the grid", () => {
  const u = Float64Array.of(1, 2);
  const problem = { y0: [0.4, 0.1], times: [0, 0.3, 0.9], integrator, substeps: 3 };
  const answer = response(spiral, u, problem, 0.3);
  expect(answer.values).toEqual(solve(spiral, u, problem).values);
  expect(answer.size).toBe(2);
  expect([...answer.response.subarray(4, 8)]).toEqual([1, 0, 0, 1]);
});

test("rodas4 answers a kick as rk4 does", () => {
  const u = Float64Array.of(1, 2);
  const problem = { y0: [0.4, 0.1], times: [0, 0.3, 0.9], substeps: 60 };
  const stiff = response(spiral, u, { ...problem, integrator: rodas4 }, 0.2);
  const explicit = response(spiral, u, { ...problem, integrator: rk4 }, 0.2);
  stiff.response.forEach((v, i) => expect(v).toBeCloseTo(explicit.response[i], 7));
});

test("a kick outside the times is refused", () => {
  const problem = { y0: [0.2], times: [0, 1], integrator };
  const run = (t: number) => () => response(logistic, Float64Array.of(1), problem, t);
  expect(run(-0.1)).toThrow(/response: the kick must lie between t = 0 and t = 1, got -0.1/);
  expect(run(1.1)).toThrow(/got 1.1/);
  expect(run(Number.NaN)).toThrow(/got NaN/);
});
