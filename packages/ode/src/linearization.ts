import { factorLu, solveLu } from "./lu.ts";
import type { Setup } from "./method.ts";

/** The Jacobian of a field at a state, and linear systems with it. */
export interface Linearization {
  /**
   * Takes the Jacobian at (t, y), from the field or by differences.
   * @param slope - f(t, y), shape [P].
   * @param h - Step length, for the size of the differences.
   */
  update(t: number, y: Float64Array, slope: Float64Array, h: number): void;
  /** Writes ∂f/∂t at (t, y) into `out`. */
  timeDerivative(t: number, y: Float64Array, slope: Float64Array, h: number, out: Float64Array): void;
  /** Factors `shift` · 1 − J; false when that is singular or not finite. */
  factor(shift: number): boolean;
  /** Solves (shift · 1 − J) x = b in place. */
  solve(b: Float64Array): void;
}

/** Differences reach at least this many roundings of f; Hindmarsh et al. (2005), ACM TOMS 31, 363 (CVODE). */
const roundings = 1000 * Number.EPSILON;
const rootEpsilon = Math.sqrt(Number.EPSILON);

export function linearization({ field, y: { length: P }, rtol, atol, end, bandwidth, counts }: Setup): Linearization {
  const jacobian = new Float64Array(P * P);
  const factors = new Float64Array(P * P);
  const pivots = new Int32Array(P);
  const point = new Float64Array(P);
  const shifted = new Float64Array(P);
  const increments = new Float64Array(P);
  const { lower, upper } = bandwidth;
  const groups = Math.min(P, lower + upper + 1);

  /** Columns that share no row are taken together: Curtis, Powell & Reid (1974). */
  const differences = (t: number, y: Float64Array, slope: Float64Array, h: number): void => {
    let norm = 0;
    for (let p = 0; p < P; p++) norm += ((h * slope[p]) / (atol[p] + rtol * Math.abs(y[p]))) ** 2;
    const least = roundings * Math.sqrt(P * norm);
    for (let group = 0; group < groups; group++) {
      point.set(y);
      for (let l = group; l < P; l += groups) {
        const weight = atol[l] + rtol * Math.abs(y[l]);
        point[l] =
          y[l] + Math.max(rootEpsilon * Math.abs(y[l]), least === 0 ? Math.min(weight, rootEpsilon) : least * weight);
        increments[l] = point[l] - y[l]; // as it was rounded
      }
      field.evaluate(t, point, shifted);
      for (let l = group; l < P; l += groups) {
        const bottom = Math.min(P - 1, l + lower);
        for (let k = Math.max(0, l - upper); k <= bottom; k++)
          jacobian[k * P + l] = (shifted[k] - slope[k]) / increments[l];
      }
    }
    counts.evaluations += groups;
  };

  return {
    update(t, y, slope, h) {
      counts.jacobians++;
      if (field.jacobian === undefined) return differences(t, y, slope, h);
      jacobian.fill(0);
      field.jacobian(t, y, jacobian);
    },
    timeDerivative(t, y, slope, h, out) {
      if (field.timeDerivative !== undefined) return field.timeDerivative(t, y, out);
      const reach = Math.min(Math.sqrt(Number.EPSILON * Math.max(1e-5, Math.abs(t))), Math.abs(end - t)); // as in rodas.f
      const later = t + (h < 0 ? -reach : reach);
      field.evaluate(later, y, out);
      counts.evaluations++;
      for (let p = 0; p < P; p++) out[p] = (out[p] - slope[p]) / (later - t);
    },
    factor(shift) {
      counts.factorizations++;
      for (let i = 0; i < P; i++) {
        const right = Math.min(P - 1, i + lower + upper); // up to where the factors fill in
        for (let k = Math.max(0, i - lower); k <= right; k++) factors[i * P + k] = -jacobian[i * P + k];
        factors[i * P + i] += shift;
      }
      return factorLu(factors, P, pivots, bandwidth);
    },
    solve: (b) => solveLu(factors, P, pivots, bandwidth, b),
  };
}
