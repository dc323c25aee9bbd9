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
import { meanAndVariance } from "./oneSpecies.ts";
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

/**
 * Pair annihilation from Poisson(5), (10), (20), K = 2, one learned row: matched and then refined; judged on
 * Poisson(14), inside of what was seen, and Poisson(28), outside. With `runs`, it learns from the moments of so many
 * simulated trajectories per start instead of exact ones; T is the number of times.
 */
export async function learnClosureRow(
  base: BaseMeasure,
  seed: number,
  { runs, T = 121 }: { readonly runs?: number; readonly T?: number } = {},
): Promise<{ readonly coefficients: number; readonly heldOut: readonly HeldOut[] }> {
  const family = counts({ order: 2, base });
  const chart = identityChart(2);
  const [{ jump, propensity }] = annihilation;
  const drifts = [jumpDrift(family, jump, propensity)];
  const open = rowDegrees(drifts).filter(({ degree }) => degree > 2);
  const times = Float64Array.from({ length: T }, (_, i) => 0.02 * 250 ** (i / (T - 1)));
  const startAt = (mean: number): Truth => {
    const distributions = distributionsFrom(mean, times);
    return { distributions, ...startFromDistributions(family, chart, { label: String(mean), distributions, drifts }) };
  };
  const starts = [5, 10, 20].map(startAt);
  const f = network(2, [5], { standardise: standardisation(starts.flatMap(({ distributions }) => distributions)) });
  const dynamics = sum([
    { dynamics: projected(family, drifts), u: Float64Array.of(1) },
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
    const sampled = [5, 10, 20].map((mean) => {
      const random = stream(seed, mean);
      // The law of the initial count is known: stratified draws leave its noise (above all that of the conserved parity) out.
      const first = new Int32Array(runs);
      counts({ order: 1, base: poisson }).drawStratified(Float64Array.of(-Math.log(mean)), runs, random, first);
      let run = 0;
      const pairs = [{ propensity: (n: ArrayLike<number>) => propensity(n[0]), jump: [jump] }];
      const samples = simulateRuns(pairs, () => [first[run++]], times, { runs, random });
      return startFromSamples(family, chart, { label: String(mean), samples });
    });
    ({ u } = await gaussNewton({ ...problem, starts: sampled }, u0, { iterations: 25 }));
  }
  const heldOut = [14, 28].map(startAt).map((start) => {
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
