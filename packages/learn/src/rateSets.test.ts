import { counting, counts, identityChart } from "@dbd/boltzmann";
import { hat } from "@dbd/numerics/functions/hat";
import { rk4, solve } from "@dbd/ode";
import { expect, test } from "vitest";
import { parametric } from "./dynamics/parametric/index.ts";
import { gradient, gradientVariational } from "./gradient.ts";
import { learn } from "./learn.ts";
import { matchDerivatives } from "./matchDerivatives.ts";
import { adam } from "./optimizers/adam/index.ts";
import { gaussNewton } from "./optimizers/gaussNewton/index.ts";
import { roughnessPenalty } from "./penalty.ts";
import { trapezoid, type Problem } from "./problem.ts";
import { startFromMoments } from "./starts.ts";

/** Death at rate k over the counting measure: m(t) = m(0) e^(−kt), F = k (1 − e^−ν). */
const family = counts({ order: 1, base: counting });
const chart = identityChart(1);
const times = Float64Array.from({ length: 11 }, (_, t) => t / 10);
const f = hat([
  { start: 0.1, end: 4, nodes: 14 },
  { start: 0.5, end: 2, nodes: 2 }, // the rate
]);
const fieldAt = (k: number): ReturnType<typeof parametric> => parametric([f], { known: Float64Array.of(k) });
const starts = [0.5, 1.2, 2].flatMap((k) =>
  [0.15, 0.6, 1.5].map((nu) => ({
    ...startFromMoments(family, chart, {
      label: `k = ${k}`,
      awake: times.map((t) => Math.exp(-k * t) / Math.expm1(nu)),
    }),
    dynamics: fieldAt(k),
  })),
);
const problem: Problem = {
  family,
  chart,
  dynamics: fieldAt(1),
  times,
  weights: trapezoid(times),
  starts,
  integrator: rk4,
  penalty: roughnessPenalty([f], 1e-6),
};

test("one F with the rate as an input, learned at three rates, predicts a fourth", async () => {
  const zero = new Float64Array(f.coefficients);
  const matching = { paths: starts.map(({ path }) => path), dynamics: starts.map(({ dynamics }) => dynamics) };
  const { u } = await gaussNewton(problem, matchDerivatives(problem, { ...matching, u0: zero }));
  const k = 1.6;
  const { values } = solve(fieldAt(k), u, { y0: [0.4], times: [0, 1], integrator: rk4, substeps: 20 });
  expect(Math.abs(values[1] - Math.log1p(Math.expm1(0.4) * Math.exp(k)))).toBeLessThan(0.01);
  expect(() => matchDerivatives(problem, { ...matching, dynamics: [] })).toThrow("0 fields for 9 paths");
});

test("the gradient takes every start's own field, by both ways and in the loop of Algorithm 1", async () => {
  const u = Float64Array.from({ length: f.coefficients }, (_, q) => 0.5 + 0.3 * Math.sin(q));
  const [backward, forward] = [new Float64Array(u.length), new Float64Array(u.length)];
  expect(gradient(problem, u, backward)).toBe(gradientVariational(problem, u, forward));
  for (const [q, g] of backward.entries()) expect(Math.abs(g - forward[q])).toBeLessThan(1e-10);
  const { objective } = await learn(problem, { optimizer: adam({ rate: 0.05 }), iterations: 5, u0: u });
  expect(objective[4]).toBeLessThan(objective[0]);
});
