import { binomial, counting, counts, identityChart, logMomentsChart } from "@dbd/boltzmann";
import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { polynomial } from "@dbd/numerics/functions/polynomial";
import { rk4 } from "@dbd/ode";
import { expect, test } from "vitest";
import { parametric } from "./dynamics/parametric/index.ts";
import { gradient } from "./gradient.ts";
import { matchDerivatives } from "./matchDerivatives.ts";
import { objective } from "./objective.ts";
import { gaussNewton } from "./optimizers/gaussNewton/index.ts";
import { trapezoid, type Problem } from "./problem.ts";
import { gridProblem } from "./reference/galtonWatson.ts";
import { firstTimes } from "./horizon.ts";
import { trackPaths } from "./trackPaths.ts";

/** A constant field in the moments of ten sites: dy/dt = u. */
const sites = counts({ order: 2, base: binomial(10) });
const constant = parametric([polynomial(2, 0), polynomial(2, 0)]);
const times = Float64Array.of(0, 0.5, 1);
const problem: Problem = {
  family: sites,
  chart: logMomentsChart(sites),
  dynamics: constant,
  times,
  weights: trapezoid(times),
  starts: [
    { label: "half", y0: Float64Array.of(Math.log(5), Math.log(0.5)), awake: Float64Array.of(5, 11, 5, 11, 5, 11) },
  ],
  integrator: rk4,
};

test("a trajectory that leaves the moments which exist says so: more than ten of ten sites", () => {
  const S = (u: Float64Array): number => objective(problem, u);
  expect(S(new Float64Array(2))).toBeLessThan(Infinity);
  expect(() => S(Float64Array.of(1, 0))).toThrow(NumericalError);
  expect(() => S(Float64Array.of(1, 0))).toThrow(
    /no distribution of the family has m = 13\.5\d* and v = .*a chart in which every/,
  );
});

test("a minimiser does not step there: it shortens the step, and refuses to start there", async () => {
  const { objective: S } = await gaussNewton(problem, new Float64Array(2), { trust: 100, damping: 1e-9 });
  expect(S.every(Number.isFinite)).toBe(true);
  await expect(gaussNewton(problem, Float64Array.of(1, 0))).rejects.toThrow("no distribution of the family");
});

test("a family that cannot be normalised on its support says which coefficient and what to try", () => {
  const family = counts({ order: 2, base: counting });
  const free: Problem = { ...problem, family, chart: identityChart(2) };
  const falling = { ...free, starts: [{ ...problem.starts[0], y0: Float64Array.of(-1, 0.3) }] };
  const at = (u: Float64Array): number => gradient(falling, u, new Float64Array(2));
  expect(() => at(Float64Array.of(0, -1))).toThrow(ArgumentError);
  expect(() => at(Float64Array.of(0, -1))).toThrow(
    /the top coefficient ν₂ = -0\.\d+ is negative.*Try a finite support/,
  );
});

test("one data point has no slope to match and no path to track", async () => {
  const grid = gridProblem();
  const single = firstTimes(grid, 1);
  const paths = single.starts.map(({ y0 }) => y0);
  expect(() => matchDerivatives(single, { paths })).toThrow("a spline needs at least 4 points, got 1");
  await expect(trackPaths(single, new Float64Array(30), { paths })).rejects.toThrow("needs at least two times");
});
