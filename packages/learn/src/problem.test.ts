import { expect, test } from "vitest";
import { gradient } from "./gradient.ts";
import { firstTimes } from "./horizon.ts";
import { objective } from "./objective.ts";
import { trapezoid, type Problem } from "./problem.ts";
import { gridProblem } from "./reference/galtonWatson.ts";
import type { ProjectedStart } from "./starts.ts";

const problem = gridProblem();
const zero = new Float64Array(30);

test("trapezoidal weights integrate straight lines, in time and in log time", () => {
  const times = Float64Array.of(1, 1.5, 4);
  const integral = (w: Float64Array, f: (t: number) => number): number =>
    w.reduce((sum, v, i) => sum + v * f(times[i]), 0);
  expect(integral(trapezoid(times), (t) => 2 * t + 1)).toBeCloseTo(18, 12);
  expect(integral(trapezoid(times, "logTime"), Math.log)).toBeCloseTo(Math.log(4) ** 2 / 2, 12);
  expect([...trapezoid([3])]).toEqual([0]);
  expect(() => trapezoid([0, 1], "logTime")).toThrow("log time needs positive times");
});

const [start] = problem.starts;
const wrong: readonly [string, Partial<Problem>, Float64Array, string][] = [
  ["u", {}, new Float64Array(3), "objective: u must have length 30 ([Q]), got 3"],
  ["weights", { weights: new Float64Array(2) }, zero, "weights must have length 21 ([T])"],
  ["negative weights", { weights: new Float64Array(21).fill(-1) }, zero, "weights must not be negative"],
  ["no starts", { starts: [] }, zero, "there are no starts"],
  ["y0", { starts: [{ ...start, y0: new Float64Array(2) }] }, zero, "y0 of start ν = 0.1 must have length 1"],
  ["awake", { starts: [{ ...start, awake: new Float64Array(2) }] }, zero, "awake of start ν = 0.1 must have length 21"],
  ["entropy", { starts: [{ ...start, negEntropy: new Float64Array(2) }] }, zero, "negEntropy of start ν = 0.1 must"],
];
test.each(wrong)("a wrong shape is named before any work: %s", (_, change, u, message) => {
  expect(() => objective({ ...problem, ...change }, u)).toThrow(message);
});

test("NaN in the data is refused with its place, and so are times that do not increase", () => {
  const spoilt = problem.starts.map((start, i) => (i === 1 ? { ...start, awake: start.awake.slice() } : start));
  spoilt[1].awake[3] = Number.NaN;
  expect(() => objective({ ...problem, starts: spoilt }, zero)).toThrow(
    `awake of start ${spoilt[1].label} holds NaN at time 3, interaction 1; expected a finite number. Leave the time out`,
  );
  const times = problem.times.slice();
  times[5] = times[4];
  expect(() => objective({ ...problem, times }, zero)).toThrow(
    "times must increase, but times[5] = 0.2 follows times[4] = 0.2",
  );
  expect(() =>
    objective(
      problem,
      zero.map(() => Number.NaN),
    ),
  ).toThrow("u holds NaN at entry 0");
});

test("one data point is a problem too: S is its weighted divergence, and there is nothing to descend", () => {
  const single = { ...firstTimes(problem, 1), weights: Float64Array.of(1) };
  const gradientAt = new Float64Array(zero.length);
  expect(gradient({ ...single, penalty: undefined }, zero, gradientAt)).toBeCloseTo(
    (problem.starts as readonly ProjectedStart[]).reduce((sum, { floor = new Float64Array(1) }) => sum + floor[0], 0),
    12,
  );
  expect(gradientAt.every((g) => g === 0)).toBe(true);
});

test("a start may have its own field of the same shape", () => {
  const [, Q] = problem.dynamics.shape;
  const own = problem.starts.map((start) => ({ ...start, dynamics: problem.dynamics }));
  expect(objective({ ...problem, starts: own }, zero)).toBe(objective(problem, zero));
  const odd = own.map((start) => ({ ...start, dynamics: { ...problem.dynamics, shape: [1, Q + 1] as const } }));
  expect(() => objective({ ...problem, starts: odd }, zero)).toThrow("(its Q) must have length 30 (as the problem's)");
});
