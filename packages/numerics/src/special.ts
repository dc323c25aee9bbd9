// A double's high word is read through this scratch, so that log allocates nothing.
const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
float[0] = 1;
const HIGH = words[1] === 0x3ff00000 ? 1 : 0;

// 2ᵉ at e + 1074. A table, because a double put together from two words waits for the processor's store buffer.
const POWERS = /* @__PURE__ */ (() => {
  const table = new Float64Array(2098);
  for (let e = 0, power = Number.MIN_VALUE; e < table.length; e++, power *= 2) table[e] = power;
  return table;
})();

const LN2_HIGH = 6.9314718036912381649e-1; // the first 33 bits of ln 2: k · LN2_HIGH is exact
const LN2_LOW = 1.90821492927058770002e-10;
const HALF_LOG_2PI = 0.9189385332046727;

/**
 * Natural logarithm with the same bits in every engine; error below 1 ulp. Only + − × ÷ on doubles.
 * Algorithm and coefficients: FreeBSD msun e_log.c (Sun Microsystems 1993): x = 2ᵏ(1 + f), √½ < 1 + f < √2, and
 * log(1 + f) = 2s + s·R(s²) with s = f/(2 + f).
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : Number.NaN;
  if (x === Infinity) return Infinity;
  let shift = 0;
  let y = x;
  if (y < 2.2250738585072014e-308) {
    shift = -54; // subnormal: scale it up
    y *= 18014398509481984;
  }
  float[0] = y;
  const high = words[HIGH];
  const power = (high >>> 20) - 1023 + (((high & 0xfffff) + 0x95f64) >>> 20); // one more from √2 on
  const f = y * POWERS[1074 - power] - 1;
  const k = power + shift;
  if (f === 0) return k * LN2_HIGH + k * LN2_LOW;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const even =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const r = odd + even;
  const half = 0.5 * f * f;
  // f − (half − …) keeps the leading term exact.
  return k * LN2_HIGH - (half - (s * (half + r) + k * LN2_LOW) - f);
}

/** log(1 + x) without losing a small x: log(w)·x/(w − 1) with w = 1 + x rounded (Goldberg 1991, theorem 4). */
export function log1p(x: number): number {
  const w = 1 + x;
  if (w === 1) return x;
  return w === Infinity ? Infinity : log(w) * (x / (w - 1));
}

/**
 * Exponential with the same bits in every engine; error below 1 ulp. Only + − × ÷ on doubles.
 * Algorithm and coefficients: FreeBSD msun e_exp.c (Sun Microsystems 2004): x = k ln 2 + r, |r| ≤ ½ ln 2, and a
 * rational approximation of eʳ (Remes) with error below 2⁻⁵⁹.
 */
export function exp(x: number): number {
  if (x !== x) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019411) return 0;
  if (x < 3.725290298461914e-9 && x > -3.725290298461914e-9) return 1 + x;
  let k = 0;
  let high = x;
  let low = 0;
  if (x > 0.34657359027997264 || x < -0.34657359027997264) {
    k = (Math.LOG2E * x + (x < 0 ? -0.5 : 0.5)) | 0;
    high = x - k * LN2_HIGH;
    low = k * LN2_LOW;
  }
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t * (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  if (k === 0) return 1 - ((r * c) / (c - 2) - r);
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (k === 1024) return y * 2 * 8.98846567431158e307;
  if (k >= -1021) return y * POWERS[k + 1074];
  return y * POWERS[k + 2074] * 9.332636185032189e-302; // subnormal result: 2⁻¹⁰⁰⁰ comes last
}

// n! is exact in a double up to 22.
const FACTORIALS = /* @__PURE__ */ (() => {
  const table = new Float64Array(23).fill(1);
  for (let n = 2; n < table.length; n++) table[n] = n * table[n - 1];
  return table;
})();

/**
 * δ(n) = log n! − [(n + ½) log n − n + ½ log 2π] for n ≥ 1: by definition up to 22, then Stirling's series, whose first
 * term left out is below 1e-17.
 */
function stirlingError(n: number): number {
  if (n < FACTORIALS.length) return log(FACTORIALS[n]) - ((n + 0.5) * log(n) - n + HALF_LOG_2PI);
  const z = 1 / (n * n);
  return (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188))))) / n;
}

/** x log(x/m) + m − x for x, m > 0, without the cancellation of two large terms when x is near m. */
function deviance(x: number, m: number): number {
  const e = (m - x) / x;
  return x * (e - log1p(e));
}

/** log n! for an integer n ≥ 0; +∞ for a negative integer, so that 1/n! = 0. Relative error of a few ulp. */
export function logFactorial(n: number): number {
  if (n < FACTORIALS.length) return n < 0 ? Infinity : log(FACTORIALS[n]);
  return (n + 0.5) * log(n) - n + HALF_LOG_2PI + stirlingError(n);
}

/**
 * log C(n, k) for integers; −∞ unless 0 ≤ k ≤ n. No difference of large logarithms is taken: a product for small k,
 * otherwise the entropy form with Stirling errors (Loader 2000, "Fast and accurate computation of binomial
 * probabilities", eq. 5 rearranged), so that C(10⁹, 40) keeps its digits.
 */
export function logBinomial(n: number, k: number): number {
  if (k < 0 || k > n) return -Infinity;
  const small = Math.min(k, n - k);
  if (small <= 22) {
    let product = 1;
    let logs = 0;
    for (let i = 1; i <= small; i++) {
      product *= (n - small + i) / i;
      if (product > 1e280) {
        logs += log(product);
        product = 1;
      }
    }
    return logs + log(product);
  }
  const rest = n - small;
  const entropy = small * log(n / small) - rest * log1p(-small / n);
  const width = 0.5 * (log(n / small) - log(rest)) - HALF_LOG_2PI;
  return entropy + width + stirlingError(n) - stirlingError(small) - stirlingError(rest);
}

/**
 * log of the Poisson probability of an integer k ≥ 0 at a mean m > 0, accurate for large k and m by the saddle-point
 * form (Loader 2000, "Fast and accurate computation of binomial probabilities").
 */
export function logPoissonMass(k: number, m: number): number {
  return k === 0 ? -m : -stirlingError(k) - deviance(k, m) - 0.5 * log(k) - HALF_LOG_2PI;
}

/** log of the binomial probability of k successes in n trials, 0 ≤ k ≤ n and 0 < p < 1 (Loader 2000, as above). */
export function logBinomialMass(k: number, n: number, p: number): number {
  if (k === 0) return n * log1p(-p);
  if (k === n) return n * log(p);
  const rest = n - k;
  const shape = stirlingError(n) - stirlingError(k) - stirlingError(rest);
  const width = 0.5 * (log(n / k) - log(rest)) - HALF_LOG_2PI;
  return shape + width - deviance(k, n * p) - deviance(rest, n * (1 - p));
}

/** log Σ exp(aᵢ) without overflow; −∞ for an empty array. */
export function logSumExp(a: ArrayLike<number>): number {
  let max = -Infinity;
  for (let i = 0; i < a.length; i++) if (!(a[i] <= max)) max = a[i];
  if (max === -Infinity || max === Infinity || max !== max) return max;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += exp(a[i] - max);
  return max + log(sum);
}
