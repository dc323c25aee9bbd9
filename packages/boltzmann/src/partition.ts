import { exp, log, log1p } from "@dbd/numerics/special";
import type { BaseMeasure } from "./base.ts";

/** Largest number of terms a sum over counts may have before it is refused. */
export const MAX_TERMS: number = 1 << 20;

// A sum stops where the rest of Σ φ_K³ p̃ is below e^−36 = 2e-16 of its largest term: enough for the third cumulants.
const TAIL = 36;

/** How an evaluation ended: done, no sum exists, or it needs more than MAX_TERMS terms. */
export type Summed = "ok" | "divergent" | "broad";

/** Weights of listed states and the statistics there: what moments, covariance and draws are made of. */
export interface Sums {
  readonly order: number;
  /** Statistics of every state, [states, K]. */
  phi: Float64Array;
  /** p̃ of the last evaluation, the first `size` in use. */
  probability: Float64Array;
  /** Running sums of p̃, as long as `probability`; filled on demand. */
  cumulative: Float64Array;
  /** ⟨φ⟩, [K]. */
  readonly moments: Float64Array;
  /** C, [K, K]. */
  readonly covariance: Float64Array;
  /** Scratch, [K]. */
  readonly delta: Float64Array;
  size: number;
  logZ: number;
  hasMoments: boolean;
  hasCovariance: boolean;
  hasCumulative: boolean;
}

/** The sums of a family with K statistics before its first evaluation. */
export const emptySums = (order: number): Sums => ({
  order,
  phi: new Float64Array(0),
  probability: new Float64Array(0),
  cumulative: new Float64Array(0),
  moments: new Float64Array(order),
  covariance: new Float64Array(order * order),
  delta: new Float64Array(order),
  size: 0,
  logZ: 0,
  hasMoments: false,
  hasCovariance: false,
  hasCumulative: false,
});

/**
 * Tables of one counts family and its last evaluation, so that log Z, moments and covariance of the same ν cost one
 * sum. Everything numeric lives in typed arrays: no closure ever holds a hot number. The project's own log and exp make
 * p̃, and so every draw, the same bits in every engine. φₖ(n) = C(n, k), k from 1.
 */
export interface Partition extends Sums {
  readonly base: BaseMeasure;
  readonly max: number;
  /** Rows of the tables. */
  capacity: number;
  /** log q(n), [capacity]. */
  logBase: Float64Array;
  /** 3 log φ_K(n), [capacity]: tilts the tail check towards the highest moment. */
  tilt: Float64Array;
  /** The ν of the last evaluation, [K]; NaN where there is none. */
  readonly nu: Float64Array;
}

/** Empty tables for φₖ = C(n, k), k = 1 … order, on 0 … max. */
export function createPartition(order: number, base: BaseMeasure, max: number): Partition {
  const p: Partition = {
    ...emptySums(order),
    base,
    max,
    capacity: 0,
    logBase: new Float64Array(0),
    tilt: new Float64Array(0),
    nu: new Float64Array(order).fill(Number.NaN),
  };
  grow(p, 256);
  return p;
}

const grown = (array: Float64Array, length: number): Float64Array => {
  const out = new Float64Array(length);
  out.set(array);
  return out;
};

/** Extends the tables to `rows` rows (fewer on a finite support). */
function grow(p: Partition, rows: number): void {
  const K = p.order;
  const from = p.capacity;
  const to = Math.min(rows, p.max + 1);
  p.phi = grown(p.phi, to * K);
  p.logBase = grown(p.logBase, to);
  p.tilt = grown(p.tilt, to);
  p.probability = grown(p.probability, to);
  p.cumulative = grown(p.cumulative, to);
  for (let n = from; n < to; n++) {
    let c = 1;
    for (let k = 1; k <= K; k++) {
      c = k > n ? 0 : (c * (n - k + 1)) / k; // exact while it fits 53 bits
      p.phi[n * K + k - 1] = c;
    }
    p.logBase[n] = p.base.logWeight(n);
    p.tilt[n] = 3 * log(c);
  }
  p.capacity = to;
}

/**
 * True when every later term is smaller than the geometric series from n and that series no longer matters. With
 * D_k = Δᵏ E(n) = Σ_{j≥k} νⱼ C(n, j−k), the energy's increment is ΔE(n+m) = Σ_{k≥1} D_k C(m, k−1), so D_k ≥ 0 for k ≥ 2
 * makes it grow from here on; log q is concave; so the first ratio bounds all of them.
 */
function tailIsNegligible(p: Partition, nu: Float64Array, n: number, excess: number): boolean {
  const { order: K, phi } = p;
  let step = 0;
  for (let k = 1; k <= K; k++) {
    let d = nu[k - 1];
    for (let j = k + 1; j <= K; j++) d += nu[j - 1] * phi[n * K + j - k - 1];
    if (k === 1) step = -d;
    else if (d < 0) return false;
  }
  const ratio = step + p.logBase[n + 1] - p.logBase[n] + p.tilt[n + 1] - p.tilt[n];
  return ratio < 0 && excess + ratio - log1p(-exp(ratio)) < -TAIL;
}

/** log q(n) − Σ νₖ φₖ(n) at row n of the tables. */
function exponent(p: Partition, nu: Float64Array, n: number): number {
  const { order: K, phi } = p;
  const row = n * K;
  let e = 0;
  for (let k = 0; k < K; k++) e += nu[k] * phi[row + k];
  return p.logBase[n] - e;
}

/** Writes the exponents of n = 0, 1, … into `probability` until the tail is negligible; returns their number or −1. */
function scan(p: Partition, nu: Float64Array): number {
  let top = -Infinity;
  for (let n = 0; n <= p.max; n++) {
    if (n + 1 >= p.capacity && p.capacity <= p.max) {
      if (p.capacity >= MAX_TERMS) return -1;
      grow(p, 2 * p.capacity);
    }
    const e = exponent(p, nu, n);
    p.probability[n] = e;
    const tilted = e + p.tilt[n];
    if (tilted > top) top = tilted;
    else if (n % 8 === 7 && tilted < top - TAIL && n < p.max && tailIsNegligible(p, nu, n, tilted - top)) return n + 1;
  }
  return p.max + 1;
}

/** Divergent on an infinite support: the highest non-zero νₖ must be positive unless the base outgrows its degree. */
function diverges(p: Partition, nu: Float64Array): boolean {
  if (p.max < Infinity) return false;
  let lead = p.order;
  while (lead > 0 && nu[lead - 1] === 0) lead--;
  return lead > p.base.dominates && !(lead > 0 && nu[lead - 1] > 0);
}

/** Turns the exponents in `probability` [size] into probabilities that add up to one; sets size and logZ. */
export function normalise(p: Sums, size: number): void {
  const w = p.probability;
  let top = -Infinity;
  for (let n = 0; n < size; n++) if (w[n] > top) top = w[n];
  let sum = 0;
  for (let n = 0; n < size; n++) {
    const x = exp(w[n] - top);
    w[n] = x;
    sum += x;
  }
  const scale = 1 / sum;
  for (let n = 0; n < size; n++) w[n] *= scale;
  p.size = size;
  p.logZ = top + log(sum);
  p.hasMoments = false;
  p.hasCovariance = false;
  p.hasCumulative = false;
}

/** Sums over all counts at ν unless that is what was summed last. Afterwards `size`, `logZ`, `probability` hold. */
export function evaluate(p: Partition, nu: Float64Array): Summed {
  const K = p.order;
  let same = 0;
  while (same < K && p.nu[same] === nu[same]) same++;
  if (same === K) return "ok";
  if (diverges(p, nu)) return "divergent";
  p.nu[0] = Number.NaN; // no valid evaluation while the arrays change
  const size = scan(p, nu);
  if (size < 0) return "broad";
  normalise(p, size);
  p.nu.set(nu);
  return "ok";
}

/** ⟨φ⟩ of the last evaluation, [K]. */
export function momentsOf(p: Sums): Float64Array {
  const { order: K, phi, probability, moments, size } = p;
  if (p.hasMoments) return moments;
  moments.fill(0);
  for (let n = 0; n < size; n++) {
    const w = probability[n];
    for (let k = 0; k < K; k++) moments[k] += w * phi[n * K + k];
  }
  p.hasMoments = true;
  return moments;
}

/** C of the last evaluation, [K, K], from centred sums. */
export function covarianceOf(p: Sums): Float64Array {
  if (p.hasCovariance) return p.covariance;
  const mean = momentsOf(p);
  const { order: K, phi, probability, covariance, delta, size } = p;
  covariance.fill(0);
  for (let n = 0; n < size; n++) {
    const w = probability[n];
    for (let i = 0; i < K; i++) {
      const d = phi[n * K + i] - mean[i];
      delta[i] = d;
      for (let j = 0; j <= i; j++) covariance[i * K + j] += w * d * delta[j];
    }
  }
  for (let i = 0; i < K; i++) for (let j = 0; j < i; j++) covariance[j * K + i] = covariance[i * K + j];
  p.hasCovariance = true;
  return covariance;
}

/** out[k] −= ⟨(δφᵀ seed δφ) δφₖ⟩ at the last evaluation: Σ seed ∂C/∂νₖ, since ∂Cᵢⱼ/∂νₖ = −κᵢⱼₖ. */
export function addThirdCumulants(p: Sums, seed: Float64Array, out: Float64Array): void {
  const mean = momentsOf(p);
  const { order: K, phi, probability, delta, size } = p;
  for (let n = 0; n < size; n++) {
    let form = 0;
    for (let i = 0; i < K; i++) {
      const d = phi[n * K + i] - mean[i];
      delta[i] = d;
      form += seed[i * K + i] * d * d;
      for (let j = 0; j < i; j++) form += (seed[i * K + j] + seed[j * K + i]) * d * delta[j];
    }
    form *= probability[n];
    for (let k = 0; k < K; k++) out[k] -= form * delta[k];
  }
}

/** Running sums of p̃ at the last evaluation, [size], and exactly 1 in the last place. */
export function cumulativeOf(p: Sums): Float64Array {
  const { cumulative, probability, size } = p;
  if (p.hasCumulative) return cumulative;
  let sum = 0;
  for (let n = 0; n < size; n++) {
    sum += probability[n];
    cumulative[n] = sum;
  }
  cumulative[size - 1] = 1;
  p.hasCumulative = true;
  return cumulative;
}
