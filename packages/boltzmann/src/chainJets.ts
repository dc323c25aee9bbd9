import { exp, log } from "@dbd/numerics/special";

/**
 * A chain of sites as a walk over windows: M windows of the last r sites, q states per site, words of r + 1 sites (window
 * times q plus the newest state), whose log weights are sums of interactions that end at the newest site.
 */
export interface ChainPlan {
  readonly N: number;
  readonly ring: boolean;
  readonly q: number;
  readonly M: number;
  /** Number of coefficients. */
  readonly P: number;
  /** Π x of every interaction at every word, [K, M q]. */
  readonly value: Float64Array;
  /** Coefficient of interaction k where its last site is t, −1 where it does not fit. [N, K]. */
  readonly index: Int32Array;
}

/**
 * Everything is carried with its derivatives along two directions a, b of ν: four numbers (x, ∂ₐx, ∂_b x, ∂ₐ∂_b x), so that
 * one forward and one backward pass gives ⟨φ⟩, its derivatives −C a and −C b and the third cumulants κ(·, a, b).
 */
const JET = 4;

/** log Σ exp of n jets in `terms`, written to out[at …]. Hot path: no checks, no allocation. */
function sumJets(terms: Float64Array, n: number, out: Float64Array, at: number): void {
  let top = -Infinity;
  for (let j = 0; j < n * JET; j += JET) if (terms[j] > top) top = terms[j];
  out[at] = top;
  out[at + 1] = 0;
  out[at + 2] = 0;
  out[at + 3] = 0;
  if (top === -Infinity) return;
  let [sum, a, b, ab] = [0, 0, 0, 0];
  for (let j = 0; j < n * JET; j += JET) {
    const w = exp(terms[j] - top);
    if (w === 0) continue;
    sum += w;
    a += w * terms[j + 1];
    b += w * terms[j + 2];
    ab += w * (terms[j + 3] + terms[j + 1] * terms[j + 2]);
  }
  out[at] = top + log(sum);
  out[at + 1] = a / sum;
  out[at + 2] = b / sum;
  out[at + 3] = ab / sum - (a / sum) * (b / sum);
}

/** Log weights of all words at all sites for coefficients x [P], as entry `part` of jets [N, M q, 4]. */
function writeWords(plan: ChainPlan, x: Float64Array, part: number, out: Float64Array): void {
  const { N, q, M, value, index } = plan;
  const words = M * q;
  const K = index.length / N;
  for (let t = 0; t < N; t++)
    for (let w = 0; w < words; w++) {
      let sum = 0;
      for (let k = 0; k < K; k++) if (index[t * K + k] >= 0) sum -= x[index[t * K + k]] * value[k * words + w];
      out[(t * words + w) * JET + part] = sum;
    }
}

/** Words of ν with derivatives along two directions, [N, M q, 4]. */
export function chainWords(plan: ChainPlan, nu: Float64Array, a?: Float64Array, b?: Float64Array): Float64Array {
  const out = new Float64Array(plan.N * plan.M * plan.q * JET);
  writeWords(plan, nu, 0, out);
  if (a !== undefined) writeWords(plan, a, 1, out);
  if (b !== undefined) writeWords(plan, b, 2, out);
  return out;
}

/** Windows at every time given the one before the first site, [N + 1, M, 4]. */
function forward(plan: ChainPlan, words: Float64Array, start: number, out: Float64Array): void {
  const { N, q, M } = plan;
  const terms = new Float64Array(q * JET);
  for (let s = 0; s < M; s++) out.fill(0, s * JET, (s + 1) * JET);
  for (let s = 0; s < M; s++) out[s * JET] = s === start ? 0 : -Infinity;
  for (let t = 0; t < N; t++)
    for (let s = 0; s < M; s++) {
      for (let j = 0; j < q; j++) {
        const w = s + j * M; // words that end in window s differ in their oldest site
        const from = (t * M + Math.floor(w / q)) * JET;
        const word = (t * M * q + w) * JET;
        for (let c = 0; c < JET; c++) terms[j * JET + c] = out[from + c] + words[word + c];
      }
      sumJets(terms, q, out, ((t + 1) * M + s) * JET);
    }
}

/** All that follows a window, [N + 1, M, 4]; a ring must end in window `end`, an open chain (−1) anywhere. */
export function chainBackward(plan: ChainPlan, words: Float64Array, end: number, out: Float64Array): void {
  const { N, q, M } = plan;
  const terms = new Float64Array(q * JET);
  out.fill(0, N * M * JET);
  for (let s = 0; s < M; s++) if (end >= 0 && s !== end) out[(N * M + s) * JET] = -Infinity;
  for (let t = N - 1; t >= 0; t--)
    for (let s = 0; s < M; s++) {
      for (let j = 0; j < q; j++) {
        const w = s * q + j;
        const to = ((t + 1) * M + (w % M)) * JET;
        const word = (t * M * q + w) * JET;
        for (let c = 0; c < JET; c++) terms[j * JET + c] = out[to + c] + words[word + c];
      }
      sumJets(terms, q, out, (t * M + s) * JET);
    }
}

/** log Z of every first window (an open chain has one), as jets [windows, 4], and of all together in the last place. */
export function chainLogZ(plan: ChainPlan, words: Float64Array): Float64Array {
  const { N, M, ring } = plan;
  const windows = ring ? M : 1;
  const out = new Float64Array((windows + 1) * JET);
  const after = new Float64Array((N + 1) * M * JET);
  for (let start = 0; start < windows; start++) {
    chainBackward(plan, words, ring ? start : -1, after);
    out.set(after.subarray(start * JET, (start + 1) * JET), start * JET);
  }
  sumJets(out.slice(0, windows * JET), windows, out, windows * JET);
  return out;
}

/** ⟨φ⟩ [P] and its derivatives. */
export interface ChainMeans {
  readonly logZ: number;
  readonly mean: Float64Array;
  /** ∂⟨φ⟩ along a, b and both. */
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly ab: Float64Array;
}

/** Adds one window's share of all means: p(word) = exp(before + word + after − log Z) as jets. */
function addMeans(
  plan: ChainPlan,
  words: Float64Array,
  [before, after, total]: readonly [Float64Array, Float64Array, Float64Array],
  out: ChainMeans,
): void {
  const { N, q, M, value, index } = plan;
  const K = index.length / N;
  const all = M * q;
  for (let t = 0; t < N; t++)
    for (let w = 0; w < all; w++) {
      const x = (t * M + Math.floor(w / q)) * JET;
      const y = ((t + 1) * M + (w % M)) * JET;
      const e = (t * all + w) * JET;
      const level = before[x] + words[e] + after[y] - total[0];
      if (!(level > -745)) continue;
      const a = before[x + 1] + words[e + 1] + after[y + 1] - total[1];
      const b = before[x + 2] + words[e + 2] + after[y + 2] - total[2];
      const ab = before[x + 3] + words[e + 3] + after[y + 3] - total[3] + a * b;
      const p = exp(level);
      for (let k = 0; k < K; k++) {
        const i = index[t * K + k];
        if (i < 0) continue;
        const v = p * value[k * all + w];
        out.mean[i] += v;
        out.a[i] += v * a;
        out.b[i] += v * b;
        out.ab[i] += v * ab;
      }
    }
}

/** Forward and backward passes over all first windows. Cost: windows × N × words. */
export function chainMeans(plan: ChainPlan, words: Float64Array): ChainMeans {
  const { N, M, P, ring } = plan;
  const logZ = chainLogZ(plan, words);
  const total = logZ.slice(logZ.length - JET);
  const vector = (): Float64Array => new Float64Array(P);
  const out = { logZ: total[0], mean: vector(), a: vector(), b: vector(), ab: vector() };
  const [before, after] = [new Float64Array((N + 1) * M * JET), new Float64Array((N + 1) * M * JET)];
  for (let start = 0; start < (ring ? M : 1); start++) {
    forward(plan, words, start, before);
    chainBackward(plan, words, ring ? start : -1, after);
    addMeans(plan, words, [before, after, total], out);
  }
  return out;
}

/** C [P, P]: column j is −∂⟨φ⟩ along coefficient j; rounding is shared between the halves. */
export function chainCovariance(plan: ChainPlan, nu: Float64Array, out: Float64Array): void {
  const { P } = plan;
  for (let j = 0; j < P; j += 2) {
    const [a, b] = [new Float64Array(P), new Float64Array(P)];
    a[j] = 1;
    if (j + 1 < P) b[j + 1] = 1;
    const means = chainMeans(plan, chainWords(plan, nu, a, b));
    for (let i = 0; i < P; i++) {
      out[i * P + j] = -means.a[i];
      if (j + 1 < P) out[i * P + j + 1] = -means.b[i];
    }
  }
  for (let i = 0; i < P; i++)
    for (let j = 0; j < i; j++) {
      const half = (out[i * P + j] + out[j * P + i]) / 2;
      out[i * P + j] = half;
      out[j * P + i] = half;
    }
}

/** out −= Σ_i κ(e_i, seed_i, ·), row by row: ∂²⟨φₖ⟩ along e_i and seed_i is κ, and ∂C/∂ν = −κ. */
export function addChainCovarianceVjp(plan: ChainPlan, nu: Float64Array, seed: Float64Array, out: Float64Array): void {
  const { P } = plan;
  for (let i = 0; i < P; i++) {
    const b = seed.slice(i * P, (i + 1) * P);
    if (b.every((x) => x === 0)) continue;
    const a = new Float64Array(P);
    a[i] = 1;
    const { ab } = chainMeans(plan, chainWords(plan, nu, a, b));
    for (let k = 0; k < P; k++) out[k] -= ab[k];
  }
}

/** log Z with some sites held at given states: words with another newest state there are taken out. */
export function heldLogZ(plan: ChainPlan, words: Float64Array, held: ReadonlyMap<number, number>): number {
  const { q, M } = plan;
  const some = words.slice();
  for (const [site, state] of held)
    for (let w = 0; w < M * q; w++) if (w % q !== state) some[(site * M * q + w) * 4] = -Infinity;
  const logZ = chainLogZ(plan, some);
  return logZ[logZ.length - 4];
}
