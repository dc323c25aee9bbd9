import { counting, counts, identityChart } from "@dbd/boltzmann";
import { rk4, solve } from "@dbd/ode";
import { expect, test } from "vitest";
import { jumpDrift, projected } from "./dynamics/projected/index.ts";
import { divergences, objective, toNuPath } from "./objective.ts";
import { trajectoryOf, trapezoid, type Problem } from "./problem.ts";
import { branching, geometric, geometricStart, gridProblem } from "./reference/galtonWatson.ts";

const exact = projected(
  geometric,
  branching.map(({ jump, propensity }) => jumpDrift(geometric, jump, propensity)),
);

/** Branching with death under its exact field, on a fine grid of times. */
function exactProblem(nu0: number): Problem {
  const times = Float64Array.from({ length: 201 }, (_, i) => i / 200);
  return {
    family: geometric,
    chart: identityChart(1),
    dynamics: exact,
    times,
    weights: trapezoid(times).map((w, i) => (i % 200 === 0 ? (w * 2) / 3 : i % 2 === 1 ? (w * 4) / 3 : (w * 2) / 3)), // Simpson
    starts: [geometricStart(nu0, times)],
    integrator: rk4,
  };
}

// Independent values: the truncated master equation by matrix exponential.
test.each([
  [1, 1.735326, 0.010567],
  [2, 2.910569, 0.008733],
])("the exact field from ν = %s ends at the reference ν(1) and leaves the reference action", (nu0, end, action) => {
  const problem = exactProblem(nu0);
  const rates = Float64Array.of(1, 1);
  const { values } = solve(exact, rates, { ...problem, y0: [nu0] });
  expect(Math.abs(values[200] - end)).toBeLessThan(1e-6);
  expect(Math.abs(objective(problem, rates) - action)).toBeLessThan(1e-6);
});

test("the divergence from moments and entropy is the sum over states", () => {
  const problem = exactProblem(1);
  const family = counts({ order: 1, base: counting });
  const nu = Float64Array.from({ length: 201 }, (_, i) => 1 + i / 100);
  const p0 = family.distribution(Float64Array.of(1)); // the start's own first distribution
  const kl = divergences(geometric, nu, problem.starts[0]);
  expect(kl[0]).toBeCloseTo(0, 12);
  const first = {
    awake: problem.starts[0].awake.fill(problem.starts[0].awake[0]),
    negEntropy: new Float64Array(201).fill(problem.starts[0].negEntropy?.[0] ?? 0),
  };
  expect(divergences(geometric, nu, first)[100]).toBeCloseTo(family.divergence(p0, Float64Array.of(2)), 11);
});

test("without the data's entropy S lacks a constant that no F changes", () => {
  const problem = exactProblem(1);
  const [{ label, y0, awake }] = problem.starts;
  const bare = { ...problem, starts: [{ label, y0, awake }] };
  const gap = (u: Float64Array): number => objective(problem, u) - objective(bare, u);
  expect(gap(Float64Array.of(1, 1))).toBeCloseTo(gap(Float64Array.of(0.2, 0.7)), 12);
});

test("the penalty is added once, whatever the number of starts", () => {
  const problem = gridProblem();
  const u = Float64Array.from({ length: 30 }, (_, q) => Math.cos(q));
  const { penalty: _, ...free } = problem;
  expect(objective(problem, u) - objective(free, u)).toBeCloseTo(problem.penalty?.evaluate(u) ?? 0, 9);
});

test("a trajectory that leaves the normalisable parameters is an error, not a number", () => {
  const problem = gridProblem();
  expect(() => objective(problem, new Float64Array(30).fill(-5))).toThrow("not normalisable");
});

test("the identity chart leaves paths alone", () => {
  const problem = exactProblem(1);
  const { values } = trajectoryOf(problem, Float64Array.of(1, 1), problem.starts[0]);
  expect(toNuPath(problem, values)).toEqual(values);
});
