import { asinhChart, counting, counts, orthonormalChart, type Chart, type CountsFamily } from "@dbd/boltzmann";
import { stream } from "@dbd/numerics/random/stream";
import { rk4, solve } from "@dbd/ode";
import { networkDynamics } from "../dynamics/network/index.ts";
import { jumpDrift } from "../dynamics/projected/index.ts";
import { matchDerivatives } from "../matchDerivatives.ts";
import { divergences, toNuPath } from "../objective.ts";
import { gaussNewton } from "../optimizers/gaussNewton/index.ts";
import { normPenalty } from "../penalty.ts";
import { trapezoid, type Problem } from "../problem.ts";
import { startFromDistributions, type ProjectedStart } from "../starts.ts";
import { trackPaths } from "../trackPaths.ts";
import { birthDeathEquation, schlogl } from "./birthDeath.ts";
import { meanAndVariance } from "./oneSpecies.ts";

/** One law of Schlögl's model over time, with its projections. */
export interface SchloglPath extends ProjectedStart {
  readonly distributions: readonly Float64Array[];
}

/** Times at which the model lives; it starts at 0.5, where every law has spread over hundreds of counts. */
const schloglTimes = (T = 61): Float64Array => Float64Array.from({ length: T }, (_, i) => 0.5 * 40 ** (i / (T - 1)));

/** p(n, t) from n = x0. */
function schloglLaw(x0: number, times: Float64Array): readonly Float64Array[] {
  const p0 = new Float64Array(1001);
  p0[x0] = 1;
  return birthDeathEquation(schlogl, p0, times);
}

/** What a Schlögl experiment needs: family, chart and the data's paths in it. */
export interface SchloglData {
  readonly family: CountsFamily;
  readonly chart: Chart;
  readonly times: Float64Array;
  /** One per x0. */
  readonly starts: readonly SchloglPath[];
  /** α p_i + (1 − α) p_j solve the master equation too. */
  readonly mixtures: readonly SchloglPath[];
  at(x0: number): SchloglPath;
}

/**
 * Laws from the given starts and mixtures of them, projected on K interactions, in asinh of orthonormal coordinates.
 */
export function schloglData(
  K: number,
  x0s: readonly number[],
  mixed: readonly (readonly [alpha: number, i: number, j: number])[] = [],
  times: Float64Array = schloglTimes(),
): SchloglData {
  const family = counts({ order: K, base: counting, max: 1000 });
  const laws = x0s.map((x0) => schloglLaw(x0, times));
  const average = new Float64Array(1001);
  for (const law of laws) for (const p of law) for (let n = 0; n < p.length; n++) average[n] += p[n];
  const inner = orthonormalChart(family, average);
  const { birth, death } = schlogl;
  const drifts = [jumpDrift(family, 1, birth), jumpDrift(family, -1, death)];
  const start = (label: string, distributions: readonly Float64Array[], chart: Chart): SchloglPath => ({
    distributions,
    ...startFromDistributions(family, chart, { label, distributions, drifts }),
  });
  const linear = laws.map((law, i) => start(String(x0s[i]), law, inner));
  const scale = Float64Array.from({ length: K }, (_, k) => {
    const all = linear.flatMap(({ path }) =>
      Array.from(
        path.filter((__, i) => i % K === k),
        Math.abs,
      ),
    );
    return all.toSorted((a, b) => a - b)[all.length >> 1];
  });
  const chart = asinhChart(scale, inner);
  return {
    family,
    chart,
    times,
    starts: laws.map((law, i) => start(String(x0s[i]), law, chart)),
    mixtures: mixed.map(([alpha, i, j]) =>
      start(
        `${alpha} of ${x0s[i]}, ${x0s[j]}`,
        laws[i].map((p, t) => p.map((v, n) => alpha * v + (1 - alpha) * laws[j][t][n])),
        chart,
      ),
    ),
    at: (x0) => start(String(x0), schloglLaw(x0, times), chart),
  };
}

/** How a path is followed: largest relative errors over all times, and KL in nats at the end and at most. */
export interface Followed {
  readonly mean: number;
  readonly variance: number;
  readonly kl: number;
  readonly worst: number;
  readonly floor: number;
  /** Largest ratio of KL and its floor over all times. */
  readonly aboveFloor: number;
}

/** Predicts one law from its first projection. */
export function follow(problem: Problem, u: Float64Array, path: SchloglPath, substeps = 8): Followed {
  const { values } = solve(problem.dynamics, u, { y0: path.y0, times: problem.times, integrator: rk4, substeps });
  const nu = toNuPath(problem, values);
  const P = problem.family.labels.length;
  const kl = divergences(problem.family, nu, path);
  let mean = 0;
  let variance = 0;
  for (const [t, p] of path.distributions.entries()) {
    const at = nu.subarray(t * P, (t + 1) * P);
    const [m, v] = meanAndVariance(p);
    const moments = new Float64Array(P);
    problem.family.asleepMoments(
      at,
      problem.family.state(() => 0),
      moments,
    );
    mean = Math.max(mean, Math.abs(moments[0] / m - 1));
    variance = Math.max(variance, Math.abs((2 * moments[1] + moments[0] * (1 - moments[0])) / v - 1));
  }
  return {
    mean,
    variance,
    kl: kl.at(-1) ?? NaN,
    worst: Math.max(...kl),
    floor: path.floor?.at(-1) ?? NaN,
    aboveFloor: Math.max(...kl.map((v, t) => v / (path.floor?.[t] ?? NaN))),
  };
}

/** Settings of the learning runs. */
export interface SchloglSettings {
  readonly hidden: number;
  readonly seed: number;
  readonly penalty?: number;
  readonly strength?: number;
  readonly iterations?: number;
  readonly matchIterations?: number;
  /** Gauss–Newton steps on KL itself at the end. */
  readonly polish?: number;
}

/** One network per coordinate: matched on all paths, then tracked on the starts with a growing horizon. */
export async function learnSchlogl(
  { family, chart, times, starts, mixtures }: SchloglData,
  { hidden, seed, penalty = 1e-6, strength = 0.1, iterations = 25, matchIterations = 60, polish = 0 }: SchloglSettings,
): Promise<{ readonly problem: Problem; readonly u: Float64Array; readonly objective: Float64Array }> {
  const K = family.order;
  const all = [...starts, ...mixtures];
  const dynamics = networkDynamics(K, { hidden: [hidden], ...scalesOf(all, K) });
  const u0 = dynamics.initial(stream(seed, 0), 0.1);
  const problem: Problem = {
    family,
    chart,
    dynamics,
    times,
    weights: trapezoid(times, "logTime"),
    starts,
    integrator: rk4,
    substeps: 2,
    penalty: normPenalty(u0.length, penalty),
  };
  const matching = {
    paths: all.map(({ path }) => path),
    tangents: all.map(({ tangent = new Float64Array(0) }) => tangent),
    measure: "logTime" as const,
  };
  const matched = matchDerivatives(problem, { ...matching, u0, iterations: matchIterations });
  const tracked = await trackPaths(problem, matched, {
    paths: starts.map(({ path }) => path),
    matching: { ...matching, strength },
    fractions: [0.125, 0.25, 0.5, 0.75, 1],
    iterations,
    tolerance: 1e-4,
  });
  const { u, objective } = polish > 0 ? await gaussNewton(problem, tracked.u, { iterations: polish }) : tracked;
  return { problem, u, objective };
}

/** Mean and spread of every coordinate, and the root mean square of its slope in log time. */
function scalesOf(
  paths: readonly SchloglPath[],
  K: number,
): { readonly standardise: { readonly mean: number[]; readonly spread: number[] }; readonly outputs: number[] } {
  const column = (values: (path: SchloglPath) => Float64Array, k: number): number[] =>
    paths.flatMap((path) => Array.from(values(path).filter((_, i) => i % K === k)));
  const mean: number[] = [];
  const spread: number[] = [];
  const outputs: number[] = [];
  for (let k = 0; k < K; k++) {
    const x = column(({ path }) => path, k);
    const slope = column(({ tangent = new Float64Array(0) }) => tangent, k);
    const m = x.reduce((a, b) => a + b, 0) / x.length;
    mean.push(m);
    spread.push(Math.sqrt(x.reduce((a, b) => a + (b - m) ** 2, 0) / x.length));
    outputs.push(Math.sqrt(slope.reduce((a, b) => a + b * b, 0) / slope.length));
  }
  return { standardise: { mean, spread }, outputs };
}
