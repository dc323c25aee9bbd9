import { counts, countsOfSpecies, identityChart, poisson } from "@dbd/boltzmann";
import { stream } from "@dbd/numerics/random/stream";
import { rk4 } from "@dbd/ode";
import { jumpDrift, projected } from "../dynamics/projected/index.ts";
import { massAction, rateLaw } from "../dynamics/rateLaw/index.ts";
import { gaussNewton } from "../optimizers/gaussNewton/index.ts";
import { trapezoid, type Start } from "../problem.ts";
import { startFromSamples } from "../sampledStart.ts";
import { simulateRuns } from "./ssa.ts";

const timesOf = (T: number): Float64Array => Float64Array.from({ length: T }, (_, t) => 0.2 + (2.4 * t) / (T - 1));

/**
 * Plants four constants in ∅ → A ⇌ B → ∅, simulates, and fits the rate laws of the same graph to the averages, with a
 * product of Poisson distributions as the family (exact for these reactions).
 * @returns Largest relative error of a constant.
 */
export async function recoverRateLaw(seed: number, runs: number, T = 13): Promise<number> {
  const times = timesOf(T);
  const random = stream("planted", seed);
  const spread = (middle: number): number => middle * 2 ** (2 * random() - 1);
  const k = [spread(20), spread(1), spread(0.5), spread(0.8)];
  const reactions = [
    { propensity: () => k[0], jump: [1, 0] },
    { propensity: (n: ArrayLike<number>) => k[1] * n[0], jump: [-1, 1] },
    { propensity: (n: ArrayLike<number>) => k[2] * n[1], jump: [1, -1] },
    { propensity: (n: ArrayLike<number>) => k[3] * n[1], jump: [0, -1] },
  ];
  const family = countsOfSpecies({
    species: ["A", "B"].map((name) => ({ name, base: poisson })),
    statistics: [
      [1, 0],
      [0, 1],
    ],
  });
  const starts = [
    [0, 0],
    [30, 0],
    [5, 25],
  ].map((x0): Start => {
    const samples = simulateRuns(reactions, x0, times, { runs, random });
    const awake = new Float64Array(times.length * 2);
    for (const [t, n] of samples.entries()) for (let i = 0; i < n.length; i++) awake[2 * t + (i % 2)] += n[i] / runs;
    return { label: x0.join(), awake, y0: awake.slice(0, 2).map((m) => -Math.log(m)) };
  });
  const dynamics = rateLaw(
    ["A", "B"],
    [
      { label: "in", law: massAction, reads: [], changes: { A: 1 } },
      { label: "forth", law: massAction, reads: ["A"], changes: { A: -1, B: 1 } },
      { label: "back", law: massAction, reads: ["B"], changes: { A: 1, B: -1 } },
      { label: "out", law: massAction, reads: ["B"], changes: { B: -1 } },
    ],
    { coordinates: "nu" },
  );
  const problem = {
    family,
    chart: identityChart(2),
    dynamics,
    times,
    weights: trapezoid(times),
    starts,
    integrator: rk4,
    substeps: 4,
  };
  const { u } = await gaussNewton(problem, Float64Array.from([10, 1, 1, 1], Math.log));
  return Math.max(...k.map((rate, i) => Math.abs(Math.exp(u[i]) / rate - 1)));
}

/** The same for ∅ → A, 2 A → ∅ with the projected dynamics of two interactions, linear in the rates. */
export async function recoverProjected(seed: number, runs: number): Promise<number> {
  const times = timesOf(13);
  const random = stream("planted pairs", seed);
  const spread = (middle: number): number => middle * 2 ** (2 * random() - 1);
  const k = [spread(15), spread(0.1)];
  const pair = (n: number): number => (n * (n - 1)) / 2;
  const reactions = [
    { propensity: () => k[0], jump: [1] },
    { propensity: (n: ArrayLike<number>) => k[1] * pair(n[0]), jump: [-2] },
  ];
  const family = counts({ order: 2, base: poisson });
  const chart = identityChart(2);
  const starts = [0, 12, 40].map((x0) => {
    const samples = simulateRuns(reactions, [x0], times, { runs, random });
    return startFromSamples(family, chart, { label: String(x0), samples });
  });
  const drifts = [jumpDrift(family, 1, () => 1), jumpDrift(family, -2, pair)];
  const problem = {
    family,
    chart,
    dynamics: projected(family, drifts),
    times,
    weights: trapezoid(times),
    starts,
    integrator: rk4,
    substeps: 6,
  };
  const { u } = await gaussNewton(problem, Float64Array.of(10, 0.05));
  return Math.max(...k.map((rate, i) => Math.abs(u[i] / rate - 1)));
}
