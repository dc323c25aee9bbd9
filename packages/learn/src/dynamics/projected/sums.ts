import type { CountsFamily, SpeciesFamily } from "@dbd/boltzmann";
import { NumericalError } from "@dbd/numerics/errors";
import type { ReactionDrift, SpeciesDrift } from "./drift.ts";

/** Averages under p̃(ν) and solutions with its covariance. `at` moves to a ν; all else holds there. */
export interface Sums {
  /** ⟨L_r φ⟩, shape [R, P]. */
  readonly drift: Float64Array;
  at(nu: Float64Array): void;
  /** x ← C⁻¹ x, shape [P]. */
  solve(x: Float64Array): void;
  /** Visits every state with p̃, δφ [P] and h = Σ_r u_r δ(L_r φ) + δφ (δφ·F) [P]. */
  each(u: Float64Array, F: Float64Array, visit: (weight: number, delta: Float64Array, h: Float64Array) => void): void;
}

/** The states of a family at a ν: probabilities [N], statistics [N, P] and drifts [N, R, P] in the same order. */
interface States {
  readonly probability: Float64Array;
  readonly phi: Float64Array;
  readonly drifts: Float64Array;
}

/** Sums over the counts of one species; tables grow with the largest count that was needed. */
export function countsSums(family: CountsFamily, drifts: readonly ReactionDrift[]): Sums {
  const P = family.labels.length;
  const R = drifts.length;
  let phi: Float64Array = new Float64Array(0);
  let table: Float64Array = new Float64Array(0);
  const grow = (size: number): void => {
    const known = phi.length / P;
    if (size <= known) return;
    phi = extended(phi, size * P);
    table = extended(table, size * R * P);
    for (let n = known; n < size; n++) {
      family.statistics(n, phi.subarray(n * P, (n + 1) * P));
      for (let r = 0; r < R; r++) for (let k = 0; k < P; k++) table[(n * R + r) * P + k] = drifts[r][k](n);
    }
  };
  return sums(family.labels, R, (nu) => {
    const probability = family.distribution(nu);
    grow(probability.length);
    return { probability, phi, drifts: table };
  });
}

/** Sums over the states of several species; the drifts are listed anew when the list of states changes. */
export function speciesSums(family: SpeciesFamily, drifts: readonly SpeciesDrift[]): Sums {
  const P = family.labels.length;
  const R = drifts.length;
  const S = family.species.length;
  let listed: Int32Array | undefined;
  let table: Float64Array = new Float64Array(0);
  return sums(family.labels, R, (nu) => {
    const { states, probability, phi } = family.table(nu);
    if (states !== listed) {
      listed = states;
      table = new Float64Array((states.length / S) * R * P);
      for (let i = 0, at = 0; i < states.length; i += S)
        for (let r = 0; r < R; r++, at += P) drifts[r](states.subarray(i, i + S), table.subarray(at, at + P));
    }
    return { probability, phi, drifts: table };
  });
}

/**
 * C is never formed: with B = √p̃ δφ = Q R (modified Gram–Schmidt, Björck 1967, doi:10.1007/BF01934122), C = Rᵀ R and
 * the solution keeps digits where the condition of C, the square of that of B, would take them all.
 */
function sums(labels: readonly string[], reactions: number, statesAt: (nu: Float64Array) => States): Sums {
  const P = labels.length;
  const mean = new Float64Array(P);
  const drift = new Float64Array(reactions * P);
  const R = new Float64Array(P * P);
  const delta = new Float64Array(P);
  const h = new Float64Array(P);
  const last = new Float64Array(P).fill(Number.NaN);
  let states: States = { probability: new Float64Array(0), phi: new Float64Array(0), drifts: new Float64Array(0) };
  let columns: Float64Array[] = [];
  const average = (): void => {
    const { probability: p, phi, drifts } = states;
    mean.fill(0);
    drift.fill(0);
    for (let n = 0; n < p.length; n++) {
      const w = p[n];
      if (w === 0) continue;
      for (let k = 0; k < P; k++) mean[k] += w * phi[n * P + k];
      for (let i = 0; i < drift.length; i++) drift[i] += w * drifts[n * drift.length + i];
    }
  };
  const factor = (nu: Float64Array): void => {
    const { probability: p, phi } = states;
    if (columns.length !== P || columns[0].length !== p.length)
      columns = Array.from({ length: P }, () => new Float64Array(p.length));
    for (let k = 0; k < P; k++) {
      const column = columns[k];
      for (let n = 0; n < p.length; n++) column[n] = Math.sqrt(p[n]) * (phi[n * P + k] - mean[k]);
      const whole = Math.sqrt(dot(column, column));
      for (let j = 0; j < k; j++) {
        const along = dot(columns[j], column);
        R[j * P + k] = along;
        for (let n = 0; n < p.length; n++) column[n] -= along * columns[j][n];
      }
      const rest = Math.sqrt(dot(column, column));
      if (!(rest > 1e-13 * whole)) throw singular(labels, k, nu);
      R[k * P + k] = rest;
      for (let n = 0; n < p.length; n++) column[n] /= rest;
    }
  };
  return {
    drift,
    at(nu) {
      states = statesAt(nu); // again at the same ν too: a family may have been asked elsewhere in between
      if (last.every((v, k) => v === nu[k])) return;
      last.fill(Number.NaN);
      average();
      factor(nu);
      last.set(nu);
    },
    solve(x) {
      for (let i = 0; i < P; i++) {
        for (let k = 0; k < i; k++) x[i] -= R[k * P + i] * x[k];
        x[i] /= R[i * P + i];
      }
      for (let i = P - 1; i >= 0; i--) {
        for (let k = i + 1; k < P; k++) x[i] -= R[i * P + k] * x[k];
        x[i] /= R[i * P + i];
      }
    },
    each(u, F, visit) {
      const { probability: p, phi, drifts } = states;
      for (let n = 0; n < p.length; n++) {
        if (p[n] === 0) continue;
        let along = 0;
        for (let k = 0; k < P; k++) {
          delta[k] = phi[n * P + k] - mean[k];
          along += delta[k] * F[k];
        }
        for (let k = 0; k < P; k++) {
          h[k] = delta[k] * along;
          for (let r = 0; r < reactions; r++) h[k] += u[r] * (drifts[(n * reactions + r) * P + k] - drift[r * P + k]);
        }
        visit(p[n], delta, h);
      }
    },
  };
}

function singular(labels: readonly string[], k: number, nu: Float64Array): NumericalError {
  const others = k === 0 ? "constant" : `a linear function of ${labels.slice(0, k).join(", ")}`;
  return new NumericalError(
    "projected",
    `the covariance is singular: under p̃ the statistic ${labels[k]} is ${others}`,
    { nu: [...nu] },
    "Leave it out (it is redundant), or stop where the distribution collapses on a few states",
  );
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let n = 0; n < a.length; n++) total += a[n] * b[n];
  return total;
}

function extended(array: Float64Array, length: number): Float64Array {
  const out = new Float64Array(length);
  out.set(array);
  return out;
}
