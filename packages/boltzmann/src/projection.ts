import { ArgumentError } from "@dbd/numerics/errors";
import type { CountsFamily } from "./families/counts.ts";
import { checkMoments, firstGuess } from "./feasible.ts";
import { matchMoments, type Projection, type Target } from "./momentMatching.ts";
import { evaluatePolynomials } from "./polynomials.ts";

export type { Projection } from "./momentMatching.ts";

export interface ProjectOptions {
  /** Where to start, [K]; a neighbour's result saves most of the work. Default: a Gaussian guess. */
  readonly start?: Float64Array;
  /** Largest residual; rounding may need more, and then what rounding allows is accepted. Default 1e-12. */
  readonly tolerance?: number;
}

function startOf(where: string, family: CountsFamily, given: Float64Array | undefined, m: Float64Array): Float64Array {
  if (given === undefined) return firstGuess(family, m[0], m.length > 1 ? 2 * m[1] + m[0] - m[0] * m[0] : 0);
  const reason = given.length === family.order ? family.normalisable(given) : `its length is not ${family.order}`;
  if (reason !== undefined) throw new ArgumentError(where, `start is not usable: ${reason}`);
  return given;
}

function momentTarget(moments: Float64Array): Target {
  const K = moments.length;
  return (basis, model, out) => {
    let rounding = 0;
    for (let j = 0; j < K; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++) {
        sum += basis.map[j * K + k] * (moments[k] - model[k]);
        rounding += Number.EPSILON * Math.abs(basis.map[j * K + k]) * moments[k];
      }
      out[j] = sum;
    }
    return rounding;
  };
}

function distributionTarget(p: Float64Array, total: number): Target {
  return (basis, _model, out) => {
    const row = new Float64Array(basis.order);
    out.fill(0);
    for (let n = 0; n < p.length; n++) {
      if (p[n] === 0) continue;
      evaluatePolynomials(basis, n, row);
      for (let j = 0; j < row.length; j++) out[j] += (p[n] / total) * row[j];
    }
    return 4 * Number.EPSILON * basis.order;
  };
}

/**
 * The member with the given moments ⟨C(n, k)⟩, [K]: the minimum of KL over the family, so also maximum likelihood and
 * static Boltzmann learning. Throws ArgumentError where no member has them (a fixed start, a variance beyond the base's
 * reach) and NumericalError where the search fails.
 */
export function project(family: CountsFamily, moments: Float64Array, options: ProjectOptions = {}): Projection {
  const where = "project";
  checkMoments(where, family, moments);
  const start = startOf(where, family, options.start, moments);
  return matchMoments(where, family, start, momentTarget(moments), options.tolerance ?? 1e-12);
}

/** Total mass of p, and its moments ⟨C(n, k)⟩ written to out [K]; checks that p lives on the family's support. */
function massAndMoments(where: string, family: CountsFamily, p: Float64Array, out: Float64Array): number {
  const row = new Float64Array(out.length);
  let total = 0;
  for (let n = 0; n < p.length; n++) {
    if (p[n] === 0) continue;
    if (!(p[n] > 0) || n > family.support.max)
      throw new ArgumentError(where, `p[${n}] = ${p[n]} is not a probability on 0…${family.support.max}`);
    family.statistics(n, row);
    for (let k = 0; k < out.length; k++) out[k] += p[n] * row[k];
    total += p[n];
  }
  if (!(total > 0)) throw new ArgumentError(where, "p has no mass");
  for (let k = 0; k < out.length; k++) out[k] /= total;
  return total;
}

/**
 * The member nearest to p (p[n] = probability of n, normalised here) and KL(p‖p̃) there: the floor, the best that any
 * dynamics with these interactions can reach. More exact than `project` where high moments cancel.
 */
export function projectDistribution(
  family: CountsFamily,
  p: Float64Array,
  options: ProjectOptions = {},
): Projection & { readonly kl: number } {
  const where = "projectDistribution";
  const moments = new Float64Array(family.order);
  const total = massAndMoments(where, family, p, moments);
  checkMoments(where, family, moments);
  const start = startOf(where, family, options.start, moments);
  const found = matchMoments(where, family, start, distributionTarget(p, total), options.tolerance ?? 1e-12);
  return { ...found, kl: family.divergence(total === 1 ? p : p.map((x) => x / total), found.nu) };
}
