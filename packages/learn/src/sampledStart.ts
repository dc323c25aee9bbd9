import type { Chart, CountsFamily } from "@dbd/boltzmann";
import { ArgumentError } from "@dbd/numerics/errors";
import { startFromMoments, type ProjectedStart } from "./starts.ts";

/** A start from a sample of counts, with how well it knows its moments. */
export interface SampledStart extends ProjectedStart {
  /** Standard errors of the awake moments, shape [T, P]. */
  readonly standardErrors: Float64Array;
  /** P/(2K): what K values cost in KL on average, however good F is, in nats. No target can lie below it. */
  readonly noise: number;
}

/**
 * A start from independent values of the count at every time, as simulations give them.
 * @param samples - K counts at every time, [T].
 * @throws ArgumentError when a time has fewer than two values (no standard error), or a value is not a count.
 */
export function startFromSamples(
  family: CountsFamily,
  chart: Chart,
  { label, samples }: { readonly label: string; readonly samples: readonly ArrayLike<number>[] },
): SampledStart {
  const P = family.order;
  const awake = new Float64Array(samples.length * P);
  const standardErrors = new Float64Array(samples.length * P);
  let fewest = Infinity;
  for (const [t, counts] of samples.entries()) {
    const { mean, standardError } = sampleMoments(family, counts, `${label}, time ${t}`);
    awake.set(mean, t * P);
    standardErrors.set(standardError, t * P);
    fewest = Math.min(fewest, counts.length);
  }
  return { ...startFromMoments(family, chart, { label, awake }), standardErrors, noise: P / (2 * fewest) };
}

function sampleMoments(
  family: CountsFamily,
  counts: ArrayLike<number>,
  place: string,
): { readonly mean: Float64Array; readonly standardError: Float64Array } {
  const P = family.order;
  const K = counts.length;
  if (K < 2)
    throw new ArgumentError("startFromSamples", `${place}: a standard error needs at least two values, got ${K}`, {
      hint: "Simulate more runs, or give moments that are known otherwise to startFromMoments",
    });
  const phi = new Float64Array(P);
  const mean = new Float64Array(P);
  const squares = new Float64Array(P);
  for (let i = 0; i < K; i++) {
    const n = counts[i];
    if (!Number.isSafeInteger(n) || n < 0)
      throw new ArgumentError(
        "startFromSamples",
        `${place}: value ${i} is ${n}; expected a count (a whole number ≥ 0)`,
      );
    family.statistics(n, phi);
    for (let k = 0; k < P; k++) {
      const off = phi[k] - mean[k]; // Welford's update
      mean[k] += off / (i + 1);
      squares[k] += off * (phi[k] - mean[k]);
    }
  }
  return { mean, standardError: squares.map((s) => Math.sqrt(s / (K - 1) / K)) };
}
