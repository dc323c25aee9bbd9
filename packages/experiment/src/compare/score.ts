import type { Score } from "./comparison.ts";
import type { Forecast, Truth } from "./contest.ts";

/** Relative size below which a variance is that of a law that has none. */
const NOTHING = 1e-9;

/** The largest relative errors of a forecast over the times that it reached. */
export function scoreOf(truth: Truth, { mean, variance, kl, verdict }: Forecast): Score {
  let meanError = -Infinity;
  let varianceError = -Infinity;
  for (let i = 0; i < mean.length; i++) {
    if (!Number.isNaN(mean[i]) && truth.mean[i] > 0)
      meanError = Math.max(meanError, Math.abs(mean[i] / truth.mean[i] - 1));
    if (!Number.isNaN(variance[i]) && truth.variance[i] > NOTHING * (1 + truth.mean[i] ** 2))
      varianceError = Math.max(varianceError, Math.abs(variance[i] / truth.variance[i] - 1));
  }
  const finite = kl.filter((v) => !Number.isNaN(v));
  return {
    meanError: meanError === -Infinity ? Number.NaN : meanError,
    varianceError: varianceError === -Infinity ? Number.NaN : varianceError,
    kl: kl.at(-1) ?? Number.NaN,
    worstKl: finite.length === 0 ? Number.NaN : Math.max(...finite),
    verdict,
  };
}
