import { counts, identityChart, poisson, type BaseMeasure } from "@dbd/boltzmann";
import { network } from "@dbd/numerics/functions/network";
import { stream } from "@dbd/numerics/random/stream";
import { rk4, solve } from "@dbd/ode";
import { closureRows, rowDegrees } from "../dynamics/closureRows/index.ts";
import { jumpDrift, projected } from "../dynamics/projected/index.ts";
import { sum } from "../dynamics/sum/index.ts";
import { gaussNewton } from "../optimizers/gaussNewton/index.ts";
import { matchDerivatives } from "../matchDerivatives.ts";
import { divergences } from "../objective.ts";
import { normPenalty } from "../penalty.ts";
import { trapezoid } from "../problem.ts";
import { startFromSamples } from "../sampledStart.ts";
import { startFromDistributions, type ProjectedStart } from "../starts.ts";
import { annihilation, distributionsFrom } from "./annihilation.ts";
import { masterEquation, meanAndVariance, poissonTable, type Jump } from "./oneSpecies.ts";
import { simulateRuns } from "./ssa.ts";

interface Truth extends ProjectedStart {
  readonly distributions: readonly Float64Array[];
}

/** Largest errors over all times of one start that was not learned from. */
export interface HeldOut {
  readonly mean: number;
  readonly variance: number;
  /** KL − 1.1 floor, in nats. */
  readonly excess: number;
}

/** A network of one species, the starts to learn from and those to predict. */
interface RowSystem {
  readonly reactions: readonly Jump[];
  /** p(n, t) from a start that a number describes. */
  readonly law: (start: number, times: Float64Array) => readonly Float64Array[];
  readonly training: readonly number[];
  readonly heldOut: readonly number[];
  /** First and last time. */
  readonly span: readonly [first: number, last: number];
}

/** Pair annihilation from Poisson(mean); Poisson(14) lies inside of what was seen, Poisson(28) outside. */
const pairs: RowSystem = {
  reactions: annihilation,
  law: distributionsFrom,
  training: [5, 10, 20],
  heldOut: [14, 28],
  span: [0.02, 5],
};

const inflow: readonly Jump[] = [
  { jump: 1, propensity: () => 10 },
  { jump: -2, propensity: (n) => 0.1 * n * (n - 1) },
];

/** ∅ → A at 10, 2 A → ∅ with propensity 0.1 n(n − 1), from Poisson(mean); the start of the reference table, n = 0, is held out. */
const immigration: RowSystem = {
  reactions: inflow,
  law(start, times) {
    const p0 = start === 0 ? Float64Array.from({ length: 81 }, (_, n) => (n === 0 ? 1 : 0)) : poissonTable(start, 80);
    return masterEquation(inflow, p0, Float64Array.of(0, ...times)).slice(1);
  },
  training: [0.3, 2, 14],
  heldOut: [0],
  span: [0.1, 20],
};

/**
 * Learns one row at K = 2: matched and then refined; judged on starts that it never saw. With `runs`, it learns from the
 * moments of so many simulated trajectories per start (pair annihilation only) instead of exact ones; T is the number of
 * times.
 */
export async function learnClosureRow(
  base: BaseMeasure,
  seed: number,
  options: { readonly runs?: number; readonly T?: number; readonly system?: "pairs" | "immigration" } = {},
): Promise<{ readonly coefficients: number; readonly heldOut: readonly HeldOut[] }> {
  const { runs, T = 121, system = "pairs" } = options;
  const { reactions, law, training, heldOut: unseen, span } = system === "pairs" ? pairs : immigration;
  const family = counts({ order: 2, base });
  const chart = identityChart(2);
  const drifts = reactions.map(({ jump, propensity }) => jumpDrift(family, jump, propensity));
  const open = rowDegrees(drifts).filter(({ degree }) => degree > 2);
  const times = Float64Array.from({ length: T }, (_, i) => span[0] * (span[1] / span[0]) ** (i / (T - 1)));
  const startAt = (start: number): Truth => {
    const distributions = law(start, times);
    return { distributions, ...startFromDistributions(family, chart, { label: String(start), distributions, drifts }) };
  };
  const starts = training.map(startAt);
  const f = network(2, [5], { standardise: standardisation(starts.flatMap(({ distributions }) => distributions)) });
  const dynamics = sum([
    { dynamics: projected(family, drifts), u: new Float64Array(drifts.length).fill(1) },
    {
      dynamics: closureRows(
        family,
        open.map((row) => ({ ...row, f })),
      ),
    },
  ]);
  const problem = {
    family,
    chart,
    dynamics,
    times,
    starts,
    integrator: rk4,
    weights: trapezoid(times, "logTime"),
    penalty: normPenalty(dynamics.shape[1], runs === undefined ? 1e-8 : 1e-5),
  };
  const u0 = f.initial(stream(seed, 0), runs === undefined ? 0.1 : 1e-5); // noisy slopes are not matched: F starts as projected
  let u: Float64Array;
  if (runs === undefined) {
    const matched = matchDerivatives(problem, {
      paths: starts.map(({ path }) => path),
      tangents: starts.map(({ tangent = new Float64Array(0) }) => tangent),
      measure: "logTime",
      u0,
    });
    ({ u } = await gaussNewton(problem, matched, { iterations: 5 }));
  } else {
    const sampled = training.map((mean) => {
      const random = stream(seed, mean);
      // The law of the initial count is known: stratified draws leave its noise (above all that of the conserved parity) out.
      const first = new Int32Array(runs);
      counts({ order: 1, base: poisson }).drawStratified(Float64Array.of(-Math.log(mean)), runs, random, first);
      let run = 0;
      const simulated = reactions.map(({ jump, propensity }) => ({
        propensity: (n: ArrayLike<number>) => propensity(n[0]),
        jump: [jump],
      }));
      const samples = simulateRuns(simulated, () => [first[run++]], times, { runs, random });
      return startFromSamples(family, chart, { label: String(mean), samples });
    });
    ({ u } = await gaussNewton({ ...problem, starts: sampled }, u0, { iterations: 25 }));
  }
  const heldOut = unseen.map(startAt).map((start) => {
    const { values } = solve(dynamics, u, { y0: start.y0, times, integrator: rk4, substeps: 2 });
    const kl = divergences(family, values, start);
    const worst = { mean: 0, variance: 0, excess: -Infinity };
    for (const [t, p] of start.distributions.entries()) {
      const [m, v] = meanAndVariance(family.distribution(values.subarray(2 * t, 2 * t + 2)));
      const [mean, variance] = meanAndVariance(p);
      worst.mean = Math.max(worst.mean, Math.abs(m / mean - 1));
      worst.variance = Math.max(worst.variance, Math.abs(v / variance - 1));
      worst.excess = Math.max(worst.excess, kl[t] - 1.1 * (start.floor?.[t] ?? Number.NaN));
    }
    return worst;
  });
  return { coefficients: dynamics.shape[1], heldOut };
}

/** Mean and spread of (log m, log v/m) over what was seen. */
function standardisation(seen: readonly Float64Array[]): { readonly mean: number[]; readonly spread: number[] } {
  const x = seen.map((p) => {
    const [m, v] = meanAndVariance(p);
    return [Math.log(m), Math.log(v / m)];
  });
  const mean = [0, 1].map((j) => x.reduce((total, row) => total + row[j], 0) / x.length);
  const spread = [0, 1].map((j) => Math.sqrt(x.reduce((total, row) => total + (row[j] - mean[j]) ** 2, 0) / x.length));
  return { mean, spread };
}
