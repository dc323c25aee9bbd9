import { ArgumentError } from "../errors.ts";

/** Count, mean and centred sum of squares of vector samples: plain data that can be sent, stored and merged. */
export interface Moments {
  count: number;
  /** Shape [size]. */
  readonly mean: Float64Array;
  /** Σ (x − mean)², shape [size]. */
  readonly m2: Float64Array;
}

export function createMoments(size: number): Moments {
  if (!Number.isInteger(size) || size < 0) {
    throw new ArgumentError("createMoments", `size must be a non-negative integer, got ${size}`);
  }
  return { count: 0, mean: new Float64Array(size), m2: new Float64Array(size) };
}

/** Adds one sample, read at `x[offset … offset + size)` (Welford 1962, doi:10.2307/1266577). No checks, no allocation. */
export function addSample(m: Moments, x: ArrayLike<number>, offset = 0): void {
  const { mean, m2 } = m;
  m.count++;
  const share = 1 / m.count;
  for (let i = 0; i < mean.length; i++) {
    const value = x[offset + i];
    const delta = value - mean[i];
    mean[i] += delta * share;
    m2[i] += delta * (value - mean[i]);
  }
}

/**
 * Adds another sample's moments (Chan, Golub & LeVeque 1979). Rounding depends on the order: merge equal blocks in a
 * fixed order and the bits do not depend on who computed them.
 */
export function mergeMoments(into: Moments, from: Moments): void {
  if (into.mean.length !== from.mean.length) {
    throw new ArgumentError("mergeMoments", `sizes must agree, got ${into.mean.length} and ${from.mean.length}`);
  }
  if (from.count === 0) return;
  const count = into.count + from.count;
  const share = from.count / count;
  const spread = into.count * share;
  for (let i = 0; i < into.mean.length; i++) {
    const delta = from.mean[i] - into.mean[i];
    into.mean[i] += delta * share;
    into.m2[i] += from.m2[i] + delta * delta * spread;
  }
  into.count = count;
}

/** Unbiased variance, shape [size]; NaN below two samples. */
export function variance(m: Moments): Float64Array {
  return m.m2.map((sum) => (m.count < 2 ? Number.NaN : sum / (m.count - 1)));
}

/** Standard error of the mean, √(variance/count), shape [size]; NaN below two samples. */
export function standardError(m: Moments): Float64Array {
  return variance(m).map((v) => Math.sqrt(v / m.count));
}
