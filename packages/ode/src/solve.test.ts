import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { expect, test } from "vitest";
import { heun, rk4, solve, type Dynamics } from "./index.ts";
import { clocked, logistic, logisticAt, spiral, spiralAt } from "./sampleFields.ts";

const one = Float64Array.of(1);
const integrator = rk4;

test("logistic growth follows its closed form", () => {
  const times = [0, 0.5, 1, 3];
  const { values, size, times: recorded } = solve(logistic, one, { y0: [0.1], times, integrator, substeps: 200 });
  expect(size).toBe(1);
  expect([...recorded]).toEqual(times);
  times.forEach((t, i) => expect(Math.abs(values[i] - logisticAt(t, 0.1, 1))).toBeLessThan(1e-10));
});

test("the spiral and the clocked field follow their closed forms", () => {
  const u = Float64Array.of(2, -0.7);
  const turned = solve(spiral, u, { y0: [0.5, 0], times: [0, 1.5], integrator, substeps: 400 });
  spiralAt(1.5, 0.5, u).forEach((v, p) => expect(turned.values[2 + p]).toBeCloseTo(v, 9));
  const witch = solve(clocked, new Float64Array(0), { y0: [1, 0], times: [0, 2], integrator, substeps: 400 });
  expect(witch.values[2]).toBeCloseTo(1 / 5, 9);
});

// The interaction of a pure death process under the base measures 1, 1/n! and C(N, n).
test.each([
  ["counting", (nu: number) => 1 - Math.exp(-nu), (nu: number, t: number) => Math.log1p(Math.exp(t) * Math.expm1(nu))],
  ["poisson", () => 1, (nu: number, t: number) => nu + t],
  [
    "binomial",
    (nu: number) => 1 + Math.exp(-nu),
    (nu: number, t: number) => Math.log((1 + Math.exp(nu)) * Math.exp(t) - 1),
  ],
] as const)("pure death, %s base measure: ν(t) follows its closed form to 1e-8", (_, rate, exact) => {
  const death: Dynamics = { ...logistic, evaluate: ([nu], [k], out) => void (out[0] = k * rate(nu)) };
  const k = 1.5;
  const { values } = solve(death, Float64Array.of(k), { y0: [0.4], times: [0, 1, 2], integrator, substeps: 100 });
  for (const t of [0, 1, 2]) expect(Math.abs(values[t] - exact(0.4, k * t))).toBeLessThan(1e-8);
});

test("one Heun step of linear decay is 1 − h + h²/2, one rk4 step adds the next two terms", () => {
  const decay: Dynamics = { ...logistic, evaluate: ([y], [u], out) => void (out[0] = -u * y) };
  const h = 0.3;
  const second = 1 - h + h ** 2 / 2;
  expect(solve(decay, one, { y0: [1], times: [0, h], integrator: heun }).values[1]).toBeCloseTo(second, 15);
  const fourth = second - h ** 3 / 6 + h ** 4 / 24;
  expect(solve(decay, one, { y0: [1], times: [0, h], integrator }).values[1]).toBeCloseTo(fourth, 15);
});

test("times may decrease: backwards undoes forwards", () => {
  const there = solve(logistic, one, { y0: [0.1], times: [0, 2], integrator, substeps: 200 });
  const back = solve(logistic, one, { y0: there.values.slice(1), times: [2, 0], integrator, substeps: 200 });
  expect(back.values[1]).toBeCloseTo(0.1, 10);
});

test("a single time returns y0 and evaluates nothing", () => {
  const untouched: Dynamics = { ...logistic, evaluate: () => expect.unreachable() };
  expect([...solve(untouched, one, { y0: [0.3], times: [5], integrator }).values]).toEqual([0.3]);
});

test("a fixed point stays, and the arguments are not written to", () => {
  const y0 = Float64Array.of(1);
  const times = Float64Array.of(0, 1, 2);
  const result = solve(logistic, one, { y0, times, integrator });
  expect([...result.values]).toEqual([1, 1, 1]);
  result.values.fill(7);
  result.times.fill(7);
  expect([...y0, ...times]).toEqual([1, 0, 1, 2]);
});

test("a blow-up names the time, the last finite state and what to try", () => {
  const exploding: Dynamics = { ...logistic, evaluate: ([y], _, out) => void (out[0] = y > 1.45 ? Number.NaN : 1) };
  const run = () => solve(exploding, one, { y0: [1], times: [0, 0.25, 1], integrator: heun });
  expect(run).toThrow(NumericalError);
  expect(run).toThrow(/solve: y\[0\] is NaN at t = 1 .*more substeps/s);
  try {
    run();
  } catch (error) {
    expect((error as NumericalError).details).toEqual({ time: 1, nu: [1.25] });
  }
});

test("a blow-up within an interval names the substep's time", () => {
  const square: Dynamics = { ...logistic, evaluate: ([y], _, out) => void (out[0] = y > 1.6 ? Infinity : 1) };
  const run = () => solve(square, one, { y0: [1], times: [0, 1], integrator: heun, substeps: 4 });
  expect(run).toThrow(/Infinity at t = 0\.75/);
});

test.each([
  ["u of the wrong length", { u: new Float64Array(2) }, /u must have length 1 \(\[Q\]\), got 2/],
  ["y0 of the wrong length", { y0: [1, 2] }, /y0 must have length 1 \(\[P\]\), got 2/],
  ["a y0 that is not finite", { y0: [Number.NaN] }, /y0\[0\] is NaN/],
  ["no times", { times: [] }, /times is empty/],
  ["a time that is not finite", { times: [0, Number.NaN] }, /times\[1\] is NaN/],
  ["times that turn round", { times: [0, 1, 0.5] }, /got 1 then 0.5 at index 2/],
  ["a repeated time", { times: [0, 0] }, /got 0 then 0 at index 1/],
  ["no substeps", { substeps: 0 }, /substeps must be a positive integer, got 0/],
  ["half a substep", { substeps: 0.5 }, /substeps must be a positive integer, got 0.5/],
  ["a plain tableau with a wrong weight", { integrator: { ...heun, b: [0.5, 0.4] } }, /the tableau of heun is wrong/],
])("%s is refused", (_, change, message) => {
  const { u = one, ...problem } = { y0: [0.1], times: [0, 1], integrator, ...change } as {
    u?: Float64Array;
  } & Parameters<typeof solve>[2];
  expect(() => solve(logistic, u, problem)).toThrow(ArgumentError);
  expect(() => solve(logistic, u, problem)).toThrow(message);
});
