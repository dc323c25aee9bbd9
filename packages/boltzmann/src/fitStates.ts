import { ArgumentError } from "@dbd/numerics/errors";
import { cholesky, solveCholesky } from "@dbd/numerics/dense";
import type { SpeciesDistribution, SpeciesFamily } from "./families/countsOfSpecies.ts";
import type { Fit } from "./fit.ts";
import { projectMoments } from "./projectMoments.ts";
import type { Projection, ProjectOptions } from "./projection.ts";

/** Total mass, and ⟨φ⟩ written to out [P]; checks that p lives on the family's states. */
function massAndMoments(where: string, family: SpeciesFamily, p: SpeciesDistribution, out: Float64Array): number {
  const S = family.species.length;
  const rows = p.probability.length;
  if (p.states.length !== rows * S)
    throw new ArgumentError(where, `states must hold ${rows} rows of ${S} counts, got ${p.states.length} values`);
  const phi = new Float64Array(out.length);
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const weight = p.probability[i];
    if (weight === 0) continue;
    const n = p.states.subarray(i * S, (i + 1) * S);
    const at = family.species.map((name, s) => `${name} = ${n[s]}`).join(", ");
    if (!(weight > 0 && weight < Infinity)) throw new ArgumentError(where, `the probability of ${at} is ${weight}`);
    if (family.logBase(n) === -Infinity)
      throw new ArgumentError(where, `row ${i} (${at}) is not a state of the family`, {
        hint: "Check the order of the species, the largest counts and the totals of the conservation laws",
      });
    family.evaluate(n, phi);
    for (let k = 0; k < out.length; k++) out[k] += weight * phi[k];
    total += weight;
  }
  if (!(total > 0)) throw new ArgumentError(where, "there are no data: all rows have no weight");
  for (let k = 0; k < out.length; k++) out[k] /= total;
  return total;
}

/**
 * The member nearest to p and KL(p‖p̃) there: the floor, the best that any dynamics with these statistics can reach.
 * @param p - States [N, S] and their probabilities [N], normalised here.
 */
export function projectStates(
  family: SpeciesFamily,
  p: SpeciesDistribution,
  options: ProjectOptions = {},
): Projection & { readonly kl: number } {
  const moments = new Float64Array(family.labels.length);
  const total = massAndMoments("projectStates", family, p, moments);
  const found = projectMoments(family, moments, options);
  const probability = p.probability.map((x) => x / total);
  return { ...found, kl: family.divergence({ states: p.states, probability }, found.nu) };
}

/**
 * Static Boltzmann learning of several species: the maximum-likelihood ν of observed states, with standard errors from the
 * Fisher information.
 * @param states - Copy numbers, shape [samples, S], in any order.
 */
export function fitStates(family: SpeciesFamily, states: Int32Array, options: ProjectOptions = {}): Fit {
  const S = family.species.length;
  const P = family.labels.length;
  if (states.length === 0 || states.length % S !== 0)
    throw new ArgumentError("fitStates", `needs one or more rows of ${S} counts, got ${states.length} values`);
  const samples = states.length / S;
  const probability = new Float64Array(samples).fill(1 / samples);
  const moments = new Float64Array(P);
  massAndMoments("fitStates", family, { states, probability }, moments);
  const { nu, iterations } = projectMoments(family, moments, options);
  let logLikelihood = -family.logZ(nu);
  for (let k = 0; k < P; k++) logLikelihood -= nu[k] * moments[k];
  for (let i = 0; i < samples; i++) logLikelihood += family.logBase(states.subarray(i * S, (i + 1) * S)) / samples;
  const L = new Float64Array(P * P);
  family.covariance(nu, L);
  cholesky(L, P);
  const standardErrors = Float64Array.from({ length: P }, (_, k) => {
    const unit = new Float64Array(P);
    unit[k] = 1;
    solveCholesky(L, P, unit);
    return Math.sqrt(unit[k] / samples);
  });
  return { nu, standardErrors, logLikelihood, samples, iterations };
}
