import { ArgumentError } from "../errors.ts";
import { exp, log, logPoissonMass } from "../special.ts";
import type { RandomSource } from "./source.ts";

/**
 * A Poisson variate of any mean up to 10¹⁵: sequential inversion below a mean of 10 and transformed rejection (PTRS,
 * Hörmann 1993, doi:10.1016/0167-6687(93)90997-4) above. Exact but for rounding; about one or two uniforms a draw.
 */
export function drawPoisson(random: RandomSource, mean: number): number {
  if (!(mean >= 0 && mean <= 1e15)) {
    throw new ArgumentError("drawPoisson", `mean must lie in [0, 1e15], got ${mean}`);
  }
  return mean < 10 ? invert(random, mean) : transformedRejection(random, mean);
}

function invert(random: RandomSource, mean: number): number {
  const none = exp(-mean);
  for (;;) {
    let u = random();
    let p = none;
    // Beyond 200 lie fewer than 1e-150 of all draws: getting there means that rounding ate the last of the mass.
    for (let k = 0; k < 200; k++) {
      if (u < p) return k;
      u -= p;
      p *= mean / (k + 1);
    }
  }
}

function transformedRejection(random: RandomSource, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const box = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= box) return k; // step 1: inside the table mountain's inscribed box
    if (k < 0 || (us < 0.013 && v > us)) continue; // step 2
    if (log((v * inverseAlpha) / (a / (us * us) + b)) <= logPoissonMass(k, mean)) return k; // step 3
  }
}
