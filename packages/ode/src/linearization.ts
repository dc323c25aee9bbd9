import { ArgumentError } from "@dbd/numerics/errors";
import { factorLu, solveLu, type Bandwidth } from "./lu.ts";
import type { Setup } from "./method.ts";
import { columnGroups, sparseLu, type Sparsity } from "./sparseLu.ts";

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

/** What `linearization` looks at. */
export type LinearizationSetup = Pick<
  Setup,
  "field" | "y" | "rtol" | "atol" | "end" | "bandwidth" | "sparsity" | "counts"
>;

/**
 * The one set-up of Jacobians and iteration matrices, for every implicit method: J from the field or by differences
 * with grouped columns; dense, banded or sparse factors.
 */
export function linearization(setup: LinearizationSetup): Linearization {
  const { field, rtol, atol, end, bandwidth, sparsity, counts } = setup;
  const P = setup.y.length;
  const jacobian = new Float64Array(P * P);
  const point = new Float64Array(P);
  const shifted = new Float64Array(P);
  const increments = new Float64Array(P);
  const columns = sparsity === undefined ? bandGroups(P, bandwidth) : columnGroups(P, sparsity);
  const solver = sparsity === undefined ? denseSolver(P, bandwidth) : sparseSolver(P, sparsity);
  let checked = sparsity === undefined;

  const differences = (t: number, y: Float64Array, slope: Float64Array, h: number): void => {
    let norm = 0;
    for (let p = 0; p < P; p++) norm += ((h * slope[p]) / (atol[p] + rtol * Math.abs(y[p]))) ** 2;
    const least = roundings * Math.sqrt(P * norm);
    for (const group of columns) {
      point.set(y);
      for (const { column: l } of group) {
        const weight = atol[l] + rtol * Math.abs(y[l]);
        point[l] =
          y[l] + Math.max(rootEpsilon * Math.abs(y[l]), least === 0 ? Math.min(weight, rootEpsilon) : least * weight);
        increments[l] = point[l] - y[l]; // as it was rounded
      }
      field.evaluate(t, point, shifted);
      for (const { column: l, rows } of group)
        for (const k of rows) jacobian[k * P + l] = (shifted[k] - slope[k]) / increments[l];
    }
    counts.evaluations += columns.length;
  };

  return {
    update(t, y, slope, h) {
      counts.jacobians++;
      if (field.jacobian === undefined) return differences(t, y, slope, h);
      jacobian.fill(0);
      field.jacobian(t, y, jacobian);
      if (!checked) checkPattern(jacobian, P, sparsity ?? []);
      checked = true;
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
      return solver.factor(jacobian, shift);
    },
    solve: (b) => solver.solve(b),
  };
}

/** Columns of a banded matrix that share no row: every (lower + upper + 1)-th. */
function bandGroups(P: number, { lower, upper }: Bandwidth): { column: number; rows: number[] }[][] {
  const count = Math.min(P, lower + upper + 1);
  const rowsOf = (column: number): number[] => {
    const first = Math.max(0, column - upper);
    return Array.from({ length: Math.min(P - 1, column + lower) - first + 1 }, (_, i) => first + i);
  };
  return Array.from({ length: count }, (_, g) =>
    Array.from({ length: Math.ceil((P - g) / count) }, (__, i) => ({
      column: g + i * count,
      rows: rowsOf(g + i * count),
    })),
  );
}

/** Factors and solutions of shift · 1 − J. */
interface Solver {
  factor(jacobian: Float64Array, shift: number): boolean;
  solve(b: Float64Array): void;
}

function denseSolver(P: number, bandwidth: Bandwidth): Solver {
  const { lower, upper } = bandwidth;
  const factors = new Float64Array(P * P);
  const pivots = new Int32Array(P);
  return {
    factor(jacobian, shift) {
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

/** Sparse factors, and dense ones with row swaps where a pivot cancels. */
function sparseSolver(P: number, sparsity: Sparsity): Solver {
  const sparse = sparseLu(P, sparsity);
  let dense: Solver | undefined;
  let current: Solver = sparse;
  return {
    factor(jacobian, shift) {
      current = sparse;
      if (sparse.factor(jacobian, shift)) return true;
      dense ??= denseSolver(P, { lower: P - 1, upper: P - 1 });
      current = dense;
      return dense.factor(jacobian, shift);
    },
    solve: (b) => current.solve(b),
  };
}

function checkPattern(jacobian: Float64Array, P: number, sparsity: Sparsity): void {
  const allowed = new Uint8Array(P * P);
  for (const [row, column] of sparsity) allowed[row * P + column] = 1;
  for (let i = 0; i < P * P; i++) {
    const [row, column] = [Math.floor(i / P), i % P];
    if (jacobian[i] !== 0 && allowed[i] === 0 && row !== column)
      throw new ArgumentError("integrate", `the Jacobian has ${jacobian[i]} at [${row}, ${column}], outside sparsity`, {
        hint: "Add the place to sparsity, or leave sparsity out",
      });
  }
}
