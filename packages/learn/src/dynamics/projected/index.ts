import type { CountsFamily, SpeciesFamily } from "@dbd/boltzmann";
import { ArgumentError } from "@dbd/numerics/errors";
import type { Dynamics } from "@dbd/ode";
import type { ReactionDrift, SpeciesDrift } from "./drift.ts";
import { countsSums, speciesSums, type Sums } from "./sums.ts";

export { jumpDrift, type ReactionDrift, speciesDrift, type SpeciesDrift } from "./drift.ts";

/**
 * The analytic field, with nothing learned: the master equation projected on the family by KL (natural-gradient flow,
 * entropic matching),
 *
 *     dν/dt = −C(ν)⁻¹ Σ_r u_r ⟨L_r φ⟩,
 *
 * linear in the rates u [R], as the slides' linearity proposition says (docs/theory.md, eq. (12) and (13)). Its
 * derivatives are exact (third cumulants): with δφ = φ − ⟨φ⟩ and h = δ(Lφ) + δφ (δφ·F), ∂F/∂ν · dν = C⁻¹⟨h (δφ·dν)⟩.
 * Coordinates are ν itself.
 * @param drifts - One per reaction at unit rate, so that u_r = 1 means the rate that the drift contains.
 * @throws ArgumentError when a drift does not have one function per statistic. At run time the family's ArgumentError
 * where ν is not normalisable, and NumericalError naming the statistic where C is singular to rounding.
 */
export function projected(family: CountsFamily, drifts: readonly ReactionDrift[]): Dynamics {
  const P = family.labels.length;
  for (const [r, drift] of drifts.entries())
    if (drift.length !== P)
      throw new ArgumentError(
        "projected",
        `drifts[${r}] must have ${P} functions (one per statistic), got ${drift.length}`,
      );
  return projectedBy(P, drifts.length, countsSums(family, drifts));
}

/**
 * The same for several species (or sites), F⁽ʳ⁾ = −C⁻¹⟨L_r φ⟩ summed over all states of the family.
 * @param drifts - One per reaction at unit rate: see `speciesDrift`.
 */
export function projectedSpecies(family: SpeciesFamily, drifts: readonly SpeciesDrift[]): Dynamics {
  return projectedBy(family.labels.length, drifts.length, speciesSums(family, drifts));
}

function projectedBy(P: number, R: number, sums: Sums): Dynamics {
  const F = new Float64Array(P);
  const work = new Float64Array(P);
  const field = (nu: Float64Array, u: Float64Array): void => {
    sums.at(nu);
    for (let k = 0; k < P; k++) {
      F[k] = 0;
      for (let r = 0; r < R; r++) F[k] -= u[r] * sums.drift[r * P + k];
    }
    sums.solve(F);
  };
  return {
    shape: [P, R],
    evaluate(nu, u, out) {
      field(nu, u);
      out.set(F);
    },
    jvp(nu, u, dNu, du, out) {
      field(nu, u);
      out.fill(0);
      sums.each(u, F, (weight, delta, h) => {
        let along = 0;
        for (let l = 0; l < P; l++) along += delta[l] * dNu[l];
        for (let k = 0; k < P; k++) out[k] += weight * along * h[k];
      });
      for (let r = 0; r < R; r++) for (let k = 0; k < P; k++) out[k] -= du[r] * sums.drift[r * P + k];
      sums.solve(out);
    },
    vjp(nu, u, seed, nuBar, uBar) {
      field(nu, u);
      work.set(seed);
      sums.solve(work); // a = C⁻¹ seed
      sums.each(u, F, (weight, delta, h) => {
        let along = 0;
        for (let k = 0; k < P; k++) along += work[k] * h[k];
        for (let l = 0; l < P; l++) nuBar[l] += weight * along * delta[l];
      });
      for (let r = 0; r < R; r++) for (let k = 0; k < P; k++) uBar[r] -= work[k] * sums.drift[r * P + k];
    },
  };
}
