import { countsOfSpecies, identityChart, poisson } from "@dbd/boltzmann";
import { NumericalError } from "@dbd/numerics/errors";
import { rk4, solve } from "@dbd/ode";
import { expect, test } from "vitest";
import { massAction, rateLaw } from "./dynamics/rateLaw/index.ts";
import { multipleShooting } from "./multipleShooting.ts";
import { gaussNewton } from "./optimizers/gaussNewton/index.ts";
import { normPenalty } from "./penalty.ts";
import { trapezoid, type Problem } from "./problem.ts";

/** Lotka–Volterra on the means of two Poisson distributions, over two turns. */
const dynamics = rateLaw(
  ["X", "Y"],
  [
    { label: "birth", law: massAction, reads: ["X"], changes: { X: 1 } },
    { label: "predation", law: massAction, reads: ["X", "Y"], changes: { X: -1, Y: 1 } },
    { label: "death", law: massAction, reads: ["Y"], changes: { Y: -1 } },
  ],
  { coordinates: "nu" },
);
const family = countsOfSpecies({
  species: ["X", "Y"].map((name) => ({ name, base: poisson })),
  statistics: [
    [1, 0],
    [0, 1],
  ],
});
const planted = Float64Array.from([1, 0.1, 0.8], Math.log);
const times = Float64Array.from({ length: 33 }, (_, t) => 0.5 * t);
const y0 = Float64Array.of(-Math.log(12), -Math.log(6));
const path = solve(dynamics, planted, { y0, times, integrator: rk4, substeps: 4 }).values;
const problem: Problem = {
  family,
  chart: identityChart(2),
  dynamics,
  times,
  weights: trapezoid(times),
  starts: [{ label: "turns", y0, awake: path.map((nu) => Math.exp(-nu)) }],
  integrator: rk4,
  substeps: 4,
  penalty: normPenalty(3, 1e-9),
};
const guess = Float64Array.from([0.2, 0.02, 0.2], Math.log); // turns at a fifth of the pace

test("an oscillation whose pace is guessed wrong is learned in segments, where the whole is caught elsewhere", async () => {
  const segments = { paths: [path], segments: 8, iterations: 12 };
  const { u, gap, iterations } = await multipleShooting(problem, guess, segments);
  for (let q = 0; q < 3; q++) expect(u[q]).toBeCloseTo(planted[q], 3);
  expect(gap).toBeLessThan(1e-3);
  expect(iterations).toBeGreaterThan(2);
  const whole = await gaussNewton(problem, guess, { iterations: 10 });
  expect(Math.max(...whole.u.map((v, q) => Math.abs(v - planted[q])))).toBeGreaterThan(0.1);
});

test("with one segment there is nothing free; an abort is passed on", async () => {
  const near = planted.map((v) => v + 0.02);
  const { u, gap } = await multipleShooting(problem, near, { paths: [path], segments: 1, continuity: [1] });
  for (let q = 0; q < 3; q++) expect(u[q]).toBeCloseTo(planted[q], 4);
  expect(gap).toBe(0);
  const control = { signal: AbortSignal.abort() };
  const stopped = await multipleShooting(problem, near, { paths: [path], segments: 2, ...control });
  expect(stopped.stopped).toBe("aborted");
});

test("what does not fit is refused, and a segment without a trajectory is an error", async () => {
  const run = (change: Partial<Parameters<typeof multipleShooting>[2]>): Promise<unknown> =>
    multipleShooting(problem, guess, { paths: [path], segments: 4, ...change });
  await expect(run({ segments: 41 })).rejects.toThrow("segments must be an integer from 1 to 32, got 41");
  await expect(run({ continuity: [10, 1] })).rejects.toThrow("continuity must increase");
  await expect(run({ paths: [] })).rejects.toThrow("needs 1 paths of length 66");
  const wild = multipleShooting(problem, Float64Array.of(9, 9, 9), { paths: [path], segments: 2 });
  await expect(wild).rejects.toThrow(NumericalError);
});
