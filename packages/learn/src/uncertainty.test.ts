import { identityChart } from "@dbd/boltzmann";
import { network } from "@dbd/numerics/functions/network";
import { stream } from "@dbd/numerics/random/stream";
import { rk4, solve } from "@dbd/ode";
import { expect, test } from "vitest";
import { parametric } from "./dynamics/parametric/index.ts";
import { ensembleBand, fitEnsemble } from "./ensemble.ts";
import { matchDerivatives } from "./matchDerivatives.ts";
import { gaussNewton } from "./optimizers/gaussNewton/index.ts";
import { normPenalty } from "./penalty.ts";
import { trapezoid, type Problem } from "./problem.ts";
import { geometric, geometricStart } from "./reference/galtonWatson.ts";

const times = Float64Array.from({ length: 11 }, (_, t) => t / 10);
const f = network(1, [4], { standardise: { mean: [1.5], spread: [0.7] } });
const starts = [0.6, 1, 1.5].map((nu) => geometricStart(nu, times));
const problem: Problem = {
  family: geometric,
  chart: identityChart(1),
  dynamics: parametric([f]),
  times,
  weights: trapezoid(times),
  starts,
  integrator: rk4,
  penalty: normPenalty(f.coefficients, 1e-7),
};

test("an ensemble of networks agrees where it was trained, is right there, and disagrees far outside", async () => {
  const { members } = await fitEnsemble(
    (seed) => {
      const u0 = f.initial(stream("ensemble", seed), 0.3);
      return gaussNewton(problem, matchDerivatives(problem, { paths: starts.map(({ path }) => path), u0 }), {
        iterations: 4,
      });
    },
    { members: 4, stuck: 1.2 },
  );
  expect(members).toHaveLength(4);
  const from = (nu0: number): ReturnType<typeof ensembleBand> =>
    ensembleBand(members, (u) => {
      const problemFrom = { y0: [nu0], times: [0, 0.5], integrator: rk4, substeps: 20 };
      return solve(problem.dynamics, u, problemFrom).values.slice(1);
    });
  const [inside, outside] = [from(1.2), from(6)];
  const exact = Math.log1p(Math.expm1(1.2) * Math.exp(0.5)); // ν(t) of F = 1 − e^−ν
  expect(Math.abs(inside.mean[0] - exact)).toBeLessThan(0.02);
  expect(inside.lost).toBe(0);
  expect(inside.spread[0]).toBeLessThan(0.01);
  expect(outside.spread[0]).toBeGreaterThan(5 * inside.spread[0]);
});
