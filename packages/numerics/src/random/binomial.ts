import { ArgumentError } from "../errors.ts";
import { exp, log, log1p, logBinomialMass } from "../special.ts";
import type { RandomSource } from "./source.ts";

/**
 * A binomial variate, n trials up to 10¹⁵: sequential inversion when fewer than 10 successes (or failures) are expected,
 * transformed rejection (BTRS, Hörmann 1993, doi:10.1080/00949659308811496) otherwise. Exact but for rounding.
 */
export function drawBinomial(random: RandomSource, n: number, p: number): number {
  if (!(Number.isInteger(n) && n >= 0 && n <= 1e15)) {
    throw new ArgumentError("drawBinomial", `n must be an integer in [0, 1e15], got ${n}`);
  }
  if (!(p >= 0 && p <= 1)) throw new ArgumentError("drawBinomial", `p must lie in [0, 1], got ${p}`);
  if (p > 0.5) return n - drawHalf(random, n, 1 - p);
  return drawHalf(random, n, p);
}

/** p ≤ ½ */
function drawHalf(random: RandomSource, n: number, p: number): number {
  if (p === 0 || n === 0) return 0;
  return n * p < 10 ? invert(random, n, p) : transformedRejection(random, n, p);
}

function invert(random: RandomSource, n: number, p: number): number {
  const none = exp(n * log1p(-p));
  const odds = p / (1 - p);
  const last = Math.min(n, 200); // the mean is below 10: rounding alone leads beyond 200
  for (;;) {
    let u = random();
    let mass = none;
    for (let k = 0; k <= last; k++) {
      if (u < mass) return k;
      u -= mass;
      mass *= (odds * (n - k)) / (k + 1);
    }
  }
}

function transformedRejection(random: RandomSource, n: number, p: number): number {
  const sd = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * sd;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = n * p + 0.5;
  const box = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * sd;
  const peak = logBinomialMass(Math.floor((n + 1) * p), n, p);
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + centre);
    if (us >= 0.07 && v <= box) return k; // step 1
    if (k < 0 || k > n) continue; // step 2
    if (log((v * alpha) / (a / (us * us) + b)) <= logBinomialMass(k, n, p) - peak) return k; // step 3
  }
}
