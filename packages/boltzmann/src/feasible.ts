import { ArgumentError } from "@dbd/numerics/errors";
import type { CountsFamily } from "./families/counts.ts";

/** Refuses moments that no distribution of the family has, as far as the mean and the variance tell. */
export function checkMoments(where: string, family: CountsFamily, moments: Float64Array): void {
  const { order, support } = family;
  if (moments.length !== order)
    throw new ArgumentError(where, `moments must have length ${order} (⟨C(n, k)⟩), got ${moments.length}`);
  for (let k = 0; k < order; k++)
    if (!(moments[k] >= 0) || !Number.isFinite(moments[k]))
      throw new ArgumentError(where, `⟨C(n, ${k + 1})⟩ = ${moments[k]} is not a moment of a count`);
  const mean = moments[0];
  if (!(mean > 0))
    throw new ArgumentError(where, "all mass is at n = 0, which only ν₁ = ∞ represents", {
      hint: "Start at a time when the mean is positive",
    });
  if (mean >= support.max)
    throw new ArgumentError(where, `the mean ${mean} must lie below the largest count ${support.max}`);
  if (order > 1) checkVariance(where, mean, 2 * moments[1] + mean - mean * mean);
}

function checkVariance(where: string, mean: number, variance: number): void {
  const rounding = 64 * Number.EPSILON * (1 + mean * mean);
  const fraction = mean - Math.floor(mean);
  const least = fraction * (1 - fraction); // all mass on the two integers next to the mean
  if (variance > least + rounding) return;
  const fixed = variance < 1e-9 * (1 + mean);
  const problem = fixed
    ? `all mass is at one count (n = ${Math.round(mean)}), which no finite ν represents`
    : `the variance ${variance} is not above ${least}, the least that integers of mean ${mean} can have`;
  throw new ArgumentError(where, problem, {
    hint: "A fixed start leaves the family's reach: start the model at a later time t₁ > 0, from the projection there",
  });
}

/**
 * Where to start the search: log q − Σ νₖ φₖ with the slope and curvature of a Gaussian of this mean and variance, and
 * with the geometric, Poisson or binomial value for one interaction.
 */
export function firstGuess(family: CountsFamily, mean: number, variance: number): Float64Array {
  const { order, base, support } = family;
  const nu = new Float64Array(order);
  const c = Math.max(1, Math.min(Math.round(mean), support.max - 1));
  const slope = (family.logBase(c + 1) - family.logBase(c - 1)) / 2;
  const bend = family.logBase(c + 1) - 2 * family.logBase(c) + family.logBase(c - 1);
  const nu2 = order > 1 ? 1 / variance + bend : 0;
  if (order > 1 && (nu2 > 0 || support.max < Infinity)) {
    nu[1] = nu2;
    nu[0] = slope + bend * (mean - c) - nu2 * (mean - 0.5);
  } else if (support.max < Infinity) nu[0] = Number.isFinite(slope) ? slope : 0;
  else nu[0] = base.dominates < 0 ? Math.log1p(1 / mean) : -Math.log(mean);
  return family.normalisable(nu) === undefined ? nu : firstGuess(family, mean, Infinity);
}
