import { expect, test } from "vitest";
import { objective } from "./objective.ts";
import { trapezoid, type Problem } from "./problem.ts";
import { gridProblem } from "./reference/galtonWatson.ts";

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
