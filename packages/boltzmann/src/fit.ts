import { ArgumentError } from "@dbd/numerics/errors";
import type { CountsFamily } from "./families/counts.ts";
import { type ProjectOptions, projectDistribution } from "./projection.ts";
import { polynomialsAt } from "./solveCovariance.ts";

/** Maximum likelihood: what static Boltzmann learning converges to. */
export interface Fit {
  /** [K]. */
  readonly nu: Float64Array;
  /** Standard errors of ν from the Fisher information, √((C⁻¹)ₖₖ/samples), [K]. */
  readonly standardErrors: Float64Array;
  /** Mean log-likelihood per sample in nats. */
  readonly logLikelihood: number;
  readonly samples: number;
  readonly iterations: number;
}

/**
 * Static Boltzmann learning from a histogram, exactly: the ν with ⟨φ⟩_p̃ = ⟨φ⟩_data, where awake minus asleep vanishes.
 *
 * @param histogram - How often n = 0, 1, … was seen (whole numbers or weights).
 */
export function fitHistogram(family: CountsFamily, histogram: ArrayLike<number>, options: ProjectOptions = {}): Fit {
  const p = Float64Array.from(histogram);
  let samples = 0;
  for (let n = 0; n < p.length; n++) {
    if (!(p[n] >= 0) || p[n] === Infinity)
      throw new ArgumentError("fit", `histogram[${n}] = ${p[n]} is not a number of observations`);
    samples += p[n];
  }
  if (samples === 0) throw new ArgumentError("fit", "there are no observations");
  let entropy = 0;
  for (let n = 0; n < p.length; n++) {
    p[n] /= samples;
    if (p[n] > 0) entropy -= p[n] * Math.log(p[n]);
  }
  const { nu, iterations, kl } = projectDistribution(family, p, options);
  const { map } = polynomialsAt("fit", family, nu);
  const K = family.order;
  const standardErrors = new Float64Array(K);
  for (let k = 0; k < K; k++) {
    let sum = 0;
    for (let j = k; j < K; j++) sum += map[j * K + k] ** 2;
    standardErrors[k] = Math.sqrt(sum / samples);
  }
  return { nu, standardErrors, logLikelihood: -kl - entropy, samples, iterations };
}

/** Static Boltzmann learning from samples: copy numbers in any order. */
export function fit(family: CountsFamily, samples: ArrayLike<number>, options: ProjectOptions = {}): Fit {
  let max = -1;
  for (let i = 0; i < samples.length; i++) {
    const n = samples[i];
    if (!Number.isInteger(n) || n < 0 || n > 1e7)
      throw new ArgumentError("fit", `samples[${i}] = ${n} is not a copy number (an integer from 0 to 10⁷)`);
    if (n > max) max = n;
  }
  const histogram = new Float64Array(max + 1);
  for (let i = 0; i < samples.length; i++) histogram[samples[i]]++;
  return fitHistogram(family, histogram, options);
}
