import { hermite } from "@dbd/numerics/functions/hermite";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { jumpDrift, projected } from "./dynamics/projected/index.ts";
import { gradient, gradientVariational } from "./gradient.ts";
import { matchDerivatives } from "./matchDerivatives.ts";
import { objective } from "./objective.ts";
import type { Problem } from "./problem.ts";
import { annihilationProblem } from "./reference/annihilation.ts";
import { branching, exactField, geometric, gridProblem } from "./reference/galtonWatson.ts";
import { taylorTest } from "./taylor.ts";

const coarse = gridProblem(hermite([{ start: 0.1, end: 3, nodes: 7 }]), 1e-4); // spacing 0.48
const pairs = annihilationProblem(hermite, { nodes: [6, 5], strength: 1e-6 });
const random = stream("gradient", 0);
const noise = (Q: number, size: number): Float64Array =>
  Float64Array.from({ length: Q }, () => size * (random() - 0.5));

/** Near the exact field, but not at a minimum. */
const nearField = Float64Array.from(coarse.dynamics.functions[0].nodes, exactField);
const points: readonly [string, Problem, Float64Array][] = [
  ["one interaction, identity chart", coarse, noise(14, 0.1).map((v, q) => v + (q % 2 === 0 ? nearField[q / 2] : 0))],
  [
    "two interactions, log-moment chart",
    pairs,
    matchDerivatives(pairs, { paths: pairs.starts.map(({ path }) => path), measure: "logTime" }).map(
      (v) => v + 0.05 * (random() - 0.5),
    ),
  ],
  [
    "rates of a projected field",
    {
      ...coarse,
      penalty: undefined,
      dynamics: projected(
        geometric,
        branching.map(({ jump, propensity }) => jumpDrift(geometric, jump, propensity)),
      ),
    },
    Float64Array.of(0.8, 1.1),
  ],
];

test.each(points)("the discrete adjoint equals the variational equation to 1e-10: %s", (_, problem, u) => {
  const backward = new Float64Array(u.length);
  const forward = new Float64Array(u.length);
  const S = gradient(problem, u, backward);
  expect(Math.abs(S - gradientVariational(problem, u, forward))).toBeLessThan(1e-12 * Math.abs(S));
  expect(Math.abs(S - objective(problem, u))).toBeLessThan(1e-12 * Math.abs(S));
  const size = Math.hypot(...forward);
  expect(Math.hypot(...backward.map((g, q) => g - forward[q])) / size).toBeLessThan(1e-10);
  expect(size).toBeGreaterThan(1e-3); // there is something to compare
});

test.each(points)(
  "Taylor remainders fall with slope 2.00 ± 0.05 on smooth grids of spacing other than 1: %s",
  (_, problem, u) => {
    const g = new Float64Array(u.length);
    gradient(problem, u, g);
    const direction = noise(u.length, 1);
    const rows = taylorTest((v) => objective(problem, v), g, { u, direction, steps: [1e-3, 3e-4, 1e-4] });
    for (const { slope } of rows.slice(1)) expect(Math.abs(slope - 2)).toBeLessThan(0.05);
  },
);

test("a gradient without the Jacobian of the field would fail the Taylor test", () => {
  // What the predecessor's library did: derivatives per cell, here a field whose ∂F/∂y is scaled by the spacing.
  const [, problem, u] = points[0];
  const { dynamics } = problem;
  const yBar = new Float64Array(1);
  const perCell: Problem = {
    ...problem,
    dynamics: {
      ...dynamics,
      vjp(y, v, seed, yBarOut, uBar) {
        yBar[0] = 0;
        dynamics.vjp(y, v, seed, yBar, uBar);
        yBarOut[0] += yBar[0] * (2.9 / 6);
      },
    },
  };
  const g = new Float64Array(u.length);
  gradient(perCell, u, g);
  const at = { u, direction: noise(u.length, 1), steps: [1e-3, 3e-4, 1e-4] };
  const rows = taylorTest((v) => objective(problem, v), g, at);
  expect(rows[2].slope).toBeLessThan(1.2);
});
