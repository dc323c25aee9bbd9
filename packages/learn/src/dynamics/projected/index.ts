import type { CountsFamily } from "@dbd/boltzmann";
import { cholesky, solveCholesky } from "@dbd/numerics/dense";
import { ArgumentError } from "@dbd/numerics/errors";
import type { Dynamics } from "@dbd/ode";

/** Drift of every statistic under one reaction at unit rate: entry k maps n to (L_r φ_k)(n), in 1/time. Length P. */
export type ReactionDrift = readonly ((n: number) => number)[];

/** The drift of one reaction of one species: n → n + jump at rate propensity(n). */
export function jumpDrift(
  family: Pick<CountsFamily, "labels" | "statistics">,
  jump: number,
  propensity: (n: number) => number,
): ReactionDrift {
  const before = new Float64Array(family.labels.length);
  const after = new Float64Array(family.labels.length);
  return family.labels.map((_, k) => (n) => {
    const rate = propensity(n);
    if (rate === 0) return 0;
    family.statistics(n, before);
    family.statistics(n + jump, after);
    return rate * (after[k] - before[k]);
  });
}

/**
 * The analytic field, with nothing learned: the master equation projected on the family by KL (natural-gradient flow,
 * entropic matching),
 *
 *     dν/dt = −C(ν)⁻¹ Σ_r u_r ⟨L_r φ⟩,
 *
 * linear in the rates u [R], as the slides' linearity proposition says. Its derivatives are exact (third cumulants):
 * with δφ = φ − ⟨φ⟩ and h = δ(Lφ) + δφ (δφ·F), ∂F/∂ν · dν = C⁻¹⟨h (δφ·dν)⟩. Coordinates are ν itself.
 * @param drifts - One per reaction at unit rate, so that u_r = 1 means the rate that the drift contains.
 * @throws ArgumentError when a drift does not have one function per statistic. At run time the family's ArgumentError
 * where ν is not normalisable; the field is NaN where C is singular to rounding.
 */
export function projected(family: CountsFamily, drifts: readonly ReactionDrift[]): Dynamics {
  const P = family.labels.length;
  const R = drifts.length;
  for (const [r, drift] of drifts.entries())
    if (drift.length !== P)
      throw new ArgumentError(
        "projected",
        `drifts[${r}] must have ${P} functions (one per statistic), got ${drift.length}`,
      );
  const sums = createSums(family, drifts);
  const C = new Float64Array(P * P);
  const F = new Float64Array(P);
  const work = new Float64Array(P);
  const solveC = (x: Float64Array): void => {
    C.set(sums.covariance);
    if (cholesky(C, P)) solveCholesky(C, P, x);
    else x.fill(Number.NaN);
  };
  const field = (nu: Float64Array, u: Float64Array): void => {
    sums.at(nu);
    for (let k = 0; k < P; k++) {
      F[k] = 0;
      for (let r = 0; r < R; r++) F[k] -= u[r] * sums.drift[r * P + k];
    }
    solveC(F);
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
      solveC(out);
    },
    vjp(nu, u, seed, nuBar, uBar) {
      field(nu, u);
      work.set(seed);
      solveC(work); // a = C⁻¹ seed
      sums.each(u, F, (weight, delta, h) => {
        let along = 0;
        for (let k = 0; k < P; k++) along += work[k] * h[k];
        for (let l = 0; l < P; l++) nuBar[l] += weight * along * delta[l];
      });
      for (let r = 0; r < R; r++) for (let k = 0; k < P; k++) uBar[r] -= work[k] * sums.drift[r * P + k];
    },
  };
}

/** Averages under p̃(ν), from tables of φ and Lφ that grow with the largest n that was needed. */
interface Sums {
  /** C, [P, P]. */
  readonly covariance: Float64Array;
  /** ⟨L_r φ⟩, [R, P]. */
  readonly drift: Float64Array;
  at(nu: Float64Array): void;
  /** Visits every n with p̃(n), δφ [P] and h [P] at the last ν. */
  each(u: Float64Array, F: Float64Array, visit: (weight: number, delta: Float64Array, h: Float64Array) => void): void;
}

function createSums(family: CountsFamily, drifts: readonly ReactionDrift[]): Sums {
  const P = family.labels.length;
  const R = drifts.length;
  let phi: Float64Array = new Float64Array(0); // [size, P]
  let tables: Float64Array = new Float64Array(0); // [size, R, P]
  let p: Float64Array = new Float64Array(0);
  const mean = new Float64Array(P);
  const covariance = new Float64Array(P * P);
  const drift = new Float64Array(R * P);
  const delta = new Float64Array(P);
  const h = new Float64Array(P);
  const grow = (size: number): void => {
    const known = phi.length / P;
    if (size <= known) return;
    phi = extended(phi, size * P);
    tables = extended(tables, size * R * P);
    for (let n = known; n < size; n++) {
      family.statistics(n, phi.subarray(n * P, (n + 1) * P));
      for (let r = 0; r < R; r++) for (let k = 0; k < P; k++) tables[(n * R + r) * P + k] = drifts[r][k](n);
    }
  };
  return {
    covariance,
    drift,
    at(nu) {
      p = family.distribution(nu);
      grow(p.length);
      mean.fill(0);
      drift.fill(0);
      for (let n = 0; n < p.length; n++) {
        const w = p[n];
        for (let k = 0; k < P; k++) mean[k] += w * phi[n * P + k];
        for (let i = 0; i < R * P; i++) drift[i] += w * tables[n * R * P + i];
      }
      family.covariance(nu, covariance);
    },
    each(u, F, visit) {
      for (let n = 0; n < p.length; n++) {
        let along = 0;
        for (let k = 0; k < P; k++) {
          delta[k] = phi[n * P + k] - mean[k];
          along += delta[k] * F[k];
        }
        for (let k = 0; k < P; k++) {
          h[k] = delta[k] * along;
          for (let r = 0; r < R; r++) h[k] += u[r] * (tables[(n * R + r) * P + k] - drift[r * P + k]);
        }
        visit(p[n], delta, h);
      }
    },
  };
}

function extended(array: Float64Array, length: number): Float64Array {
  const out = new Float64Array(length);
  out.set(array);
  return out;
}
