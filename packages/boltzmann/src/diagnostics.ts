import { ArgumentError } from "@dbd/numerics/errors";

/** What the traces of several chains say about how well they have mixed. */
export interface Mixing {
  /** Mean over all chains and steps. */
  readonly mean: number;
  /** Standard error of that mean, from the effective sample size. */
  readonly standardError: number;
  /** Split R-hat: 1 when the halves of all chains agree; above 1.01 run longer. ∞ when stuck chains disagree. */
  readonly rHat: number;
  /** How many independent draws the trace is worth. */
  readonly effectiveSize: number;
}

function meanAndVariance(x: Float64Array, from: number, to: number): [mean: number, variance: number] {
  let mean = 0;
  for (let i = from; i < to; i++) mean += x[i] / (to - from);
  let square = 0;
  for (let i = from; i < to; i++) square += (x[i] - mean) ** 2;
  return [mean, square / (to - from - 1)];
}

/** Mean over the pieces of the autocovariance at one lag, about each piece's own mean (divided by n: Geyer 1992). */
function autocovariance(x: Float64Array, starts: readonly number[], means: readonly number[], n: number, lag: number) {
  let sum = 0;
  starts.forEach((start, piece) => {
    const m = means[piece];
    for (let i = start; i + lag < start + n; i++) sum += (x[i] - m) * (x[i + lag] - m);
  });
  return sum / (n * starts.length);
}

/**
 * Split R-hat and effective sample size of C chains of T steps: Gelman, Carlin, Stern, Dunson, Vehtari & Rubin 2013,
 * Bayesian Data Analysis (3rd ed.), §11.4-11.5, with Geyer's initial monotone sequence (1992, doi:10.1214/ss/1177011137).
 * @param trace - Shape [C, T], one quantity.
 */
export function mixing(trace: Float64Array, chains: number): Mixing {
  const T = trace.length / chains;
  if (!Number.isInteger(T) || !Number.isInteger(chains) || T < 4)
    throw new ArgumentError(
      "mixing",
      `needs ${chains} chains of the same length of at least 4, got ${trace.length} values`,
    );
  const n = Math.floor(T / 2);
  const starts = Array.from({ length: 2 * chains }, (_, i) => Math.floor(i / 2) * T + (i % 2) * (T - n));
  const pieces = starts.map((start) => meanAndVariance(trace, start, start + n));
  const within = pieces.reduce((sum, p) => sum + p[1] / pieces.length, 0);
  const means = pieces.map((p) => p[0]);
  const between = meanAndVariance(Float64Array.from(means), 0, means.length)[1];
  const [mean] = meanAndVariance(trace, 0, trace.length);
  const still = (4 * Number.EPSILON * mean) ** 2;
  if (within <= still && between <= still) return { mean, standardError: 0, rHat: 1, effectiveSize: trace.length }; // never moved: nothing to estimate
  const total = ((n - 1) / n) * within + between;
  const correlation = (lag: number): number => 1 - (within - autocovariance(trace, starts, means, n, lag)) / total;
  let tau = -1;
  let least = Infinity;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = Math.min((lag === 0 ? 1 : correlation(lag)) + correlation(lag + 1), least);
    if (!(pair > 0)) break;
    least = pair;
    tau += 2 * pair;
  }
  const size = 2 * chains * n;
  const effectiveSize = size / Math.max(tau, 1 / Math.log10(Math.max(size, 10)));
  return { mean, standardError: Math.sqrt(total / effectiveSize), rHat: Math.sqrt(total / within), effectiveSize };
}
