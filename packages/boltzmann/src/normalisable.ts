import type { BaseMeasure } from "./base.ts";

/**
 * Why exp(−Σ νₖ C(n, k)) q(n) has no sum over 0 … max, or undefined when it has one. On an infinite support the highest
 * non-zero νₖ must be positive, unless q falls faster than its power of n grows.
 */
export function whyNotNormalisable(nu: Float64Array, base: BaseMeasure, max: number): string | undefined {
  for (let k = 0; k < nu.length; k++) {
    if (!Number.isFinite(nu[k])) return `ν${subscript(k + 1)} = ${nu[k]} is not a finite number`;
  }
  if (max < Infinity) return undefined;
  let lead = nu.length;
  while (lead > 0 && nu[lead - 1] === 0) lead--;
  if (lead <= base.dominates || (lead > 0 && nu[lead - 1] > 0)) return undefined;
  if (lead === 0) return `ν = 0 under the ${base.name} base gives every one of infinitely many counts the same weight`;
  const top = lead === nu.length ? "the top coefficient" : "the highest non-zero coefficient";
  return `${top} ν${subscript(lead)} = ${nu[lead - 1]} is negative, so the weights grow without bound on 0…∞`;
}

/** What to try then. */
export const NORMALISABLE_HINT =
  "Try a finite support (a conservation law: the option max, or the base binomial(N)), the base poisson, or fewer interactions";

/** Unicode subscript of a small positive integer. */
export function subscript(k: number): string {
  return String(k).replace(/\d/g, (digit) => String.fromCharCode(0x2080 + Number(digit)));
}
