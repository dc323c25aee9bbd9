import { ArgumentError } from "@dbd/numerics/errors";
import type { RandomSource } from "@dbd/numerics/random/source";
import type { BaseMeasure } from "../base.ts";
import type { BoltzmannFamily, ExactFamily } from "../family.ts";
import { NORMALISABLE_HINT, subscript, whyNotNormalisable } from "../normalisable.ts";
import type { Partition } from "../partition.ts";
import { addThirdCumulants, covarianceOf, createPartition, evaluate, MAX_TERMS, momentsOf } from "../partition.ts";
import { drawInverse, drawInverseStratified } from "../sample.ts";

const WHERE = "counts";
const MAX_ORDER = 12;

/**
 * Copy numbers of one species, n = 0, 1, … max, with the interactions φₖ(n) = C(n, k), k = 1 … K:
 * p̃(n) = q(n) exp(−Σₖ νₖ C(n, k)) / Z. Everything is summed exactly in the log domain; the sums of the last ν are kept,
 * so asking for log Z, moments and covariance at one ν costs one pass. Methods that take ν throw ArgumentError when it
 * is not normalisable. Not to be shared between interleaved computations for speed, but always correct.
 */
export interface CountsFamily extends BoltzmannFamily<Float64Array, null>, ExactFamily {
  /** K. */
  readonly order: number;
  readonly base: BaseMeasure;
  /** p̃(n), n = 0 … M, a fresh array; M is where the rest of Σ φ_K³ p̃ is below 1e-15 of its largest term. */
  distribution(nu: Float64Array): Float64Array;
  /** Writes C(n, k), k = 1 … K, to out [K]. */
  statistics(n: number, out: Float64Array): void;
  /** log q(n); −∞ outside the support. */
  logBase(n: number): number;
  /** Why p̃ does not exist at ν, or undefined. */
  normalisable(nu: Float64Array): string | undefined;
  /** ⟨g⟩ under p̃. */
  expectation(nu: Float64Array, g: (n: number) => number): number;
  /** Cov(g, φₖ) = −∂⟨g⟩/∂νₖ, written to out [K]. */
  covarianceWith(nu: Float64Array, g: (n: number) => number, out: Float64Array): void;
  /** `count` independent exact draws (inverse distribution function, one uniform each) into out. */
  draw(nu: Float64Array, count: number, random: RandomSource, out: Int32Array): void;
  /** `count` draws, one in each of `count` slices of equal probability, ascending: for means, never as a time order. */
  drawStratified(nu: Float64Array, count: number, random: RandomSource, out: Int32Array): void;
  /** KL(p‖p̃) in nats; p[n] is the probability of n. log p̃ is never formed from p̃, so no underflow makes it infinite. */
  divergence(p: Float64Array, nu: Float64Array): number;
}

/** What `counts` needs. */
export interface CountsOptions {
  /** K ≥ 1: the interactions C(n, 1) … C(n, K). */
  readonly order: number;
  readonly base: BaseMeasure;
  /** Largest count (a conservation law). Default: that of the base. */
  readonly max?: number;
}

function checkOptions({ order, base, max }: CountsOptions): void {
  if (!Number.isInteger(order) || order < 1 || order > MAX_ORDER)
    throw new ArgumentError(WHERE, `order must be an integer from 1 to ${MAX_ORDER}, got ${order}`);
  if (max === undefined) return;
  if (!Number.isSafeInteger(max) || max < 1)
    throw new ArgumentError(WHERE, `max must be a positive integer, got ${max}`);
  if (max > base.max) throw new ArgumentError(WHERE, `max is ${max}, but the base ${base.name} ends at ${base.max}`);
}

/** Sums at ν, or says why there is no sum. */
function evaluateAt(p: Partition, nu: Float64Array): Partition {
  if (nu.length !== p.order)
    throw new ArgumentError(WHERE, `nu must have length ${p.order} (one per interaction), got ${nu.length}`);
  const reason = whyNotNormalisable(nu, p.base, p.max);
  if (reason !== undefined)
    throw new ArgumentError(WHERE, `nu = (${nu.join(", ")}) is not normalisable: ${reason}`, {
      hint: NORMALISABLE_HINT,
    });
  if (evaluate(p, nu) !== "ok")
    throw new ArgumentError(
      WHERE,
      `nu = (${nu.join(", ")}) is so broad that the sum over counts needs more than ${MAX_TERMS} terms`,
      {
        hint: "The coefficients are probably near the edge of what is normalisable; keep them away from 0, or give max",
      },
    );
  return p;
}

function expectationOf(p: Partition, g: (n: number) => number): number {
  let sum = 0;
  for (let n = 0; n < p.size; n++) sum += p.probability[n] * g(n);
  return sum;
}

function writeCovarianceWith(p: Partition, g: (n: number) => number, out: Float64Array): void {
  const { order: K, phi, probability, size } = p;
  const mean = momentsOf(p);
  const centre = expectationOf(p, g);
  out.fill(0, 0, K);
  for (let n = 0; n < size; n++) {
    const w = probability[n] * (g(n) - centre);
    for (let k = 0; k < K; k++) out[k] += w * (phi[n * K + k] - mean[k]);
  }
}

function writeStatistics(order: number, n: number, out: Float64Array): void {
  let c = 1;
  for (let k = 1; k <= order; k++) {
    c = k > n ? 0 : (c * (n - k + 1)) / k;
    out[k - 1] = c;
  }
}

function divergenceFrom(p: Partition, q: Float64Array, nu: Float64Array): number {
  const row = new Float64Array(p.order);
  let sum = 0;
  for (let n = 0; n < q.length; n++) {
    const probability = q[n];
    if (probability === 0) continue;
    if (!(probability > 0)) throw new ArgumentError("divergence", `p[${n}] = ${probability} is not a probability`);
    if (n > p.max) return Infinity;
    writeStatistics(p.order, n, row);
    let logModel = p.base.logWeight(n) - p.logZ;
    for (let k = 0; k < row.length; k++) logModel -= nu[k] * row[k];
    sum += probability * (Math.log(probability) - logModel);
  }
  return sum;
}

function checkDraw(count: number, out: Int32Array): void {
  if (!Number.isInteger(count) || count < 0 || count > out.length)
    throw new ArgumentError("draw", `count must be an integer from 0 to out.length = ${out.length}, got ${count}`);
}

/** The family of one species with interactions of orders 1 … order. */
export function counts(options: CountsOptions): CountsFamily {
  checkOptions(options);
  const { order, base, max = base.max } = options;
  const partition = createPartition(order, base, max);
  const at = (nu: Float64Array): Partition => evaluateAt(partition, nu);
  return {
    order,
    base,
    support: { min: 0, max },
    labels: Array.from({ length: order }, (_, k) => `ν${subscript(k + 1)}`),
    state: () => null,
    awakeMoments: (_nu, data, _state, out) => out.set(data),
    asleepMoments: (nu, _state, out) => out.set(momentsOf(at(nu))),
    logZ: (nu) => at(nu).logZ,
    covariance: (nu, out) => out.set(covarianceOf(at(nu))),
    covarianceVjp: (nu, seed, out) => addThirdCumulants(at(nu), seed, out),
    distribution: (nu) => at(nu).probability.slice(0, partition.size),
    statistics: (n, out) => writeStatistics(order, n, out),
    logBase: (n) => (n >= 0 && n <= max ? base.logWeight(n) : -Infinity),
    normalisable: (nu) => whyNotNormalisable(nu, base, max),
    expectation: (nu, g) => expectationOf(at(nu), g),
    covarianceWith: (nu, g, out) => writeCovarianceWith(at(nu), g, out),
    draw(nu, count, random, out) {
      checkDraw(count, out);
      drawInverse(at(nu), count, random, out);
    },
    drawStratified(nu, count, random, out) {
      checkDraw(count, out);
      drawInverseStratified(at(nu), count, random, out);
    },
    divergence: (p, nu) => divergenceFrom(at(nu), p, nu),
  };
}
