import { ArgumentError } from "@dbd/numerics/errors";
import type { SparseRows } from "@dbd/numerics/sparse";

/** A quadratic penalty ½ uᵀ H u that keeps the coefficients which no data reach at sensible values. */
export interface Penalty {
  /** Q. */
  readonly size: number;
  /** Returns the penalty; when given, gradient [Q] += its gradient. */
  evaluate(u: Float64Array, gradient?: Float64Array): number;
  /** hessian [Q, Q] += H. */
  addHessian(hessian: Float64Array): void;
}

/** A function that knows a roughness operator D, such as `hat` and `hermite`. */
export interface RoughFunction {
  readonly coefficients: number;
  penalty(): SparseRows;
}

/**
 * Roughness: Σ_k strength_k ½‖D u_k‖², one function per output of F, one strength for all or one each. On a hat grid
 * of spacing h it is about strength · ½∫F″² dx. 1e-6 … 1e-4 of the action's scale is enough to fix unvisited nodes;
 * 1e-2 already biases F (measured on exponential decay: by 0.007).
 * @throws ArgumentError when a strength is negative or their number is wrong.
 */
export function roughnessPenalty(functions: readonly RoughFunction[], strength: number | readonly number[]): Penalty {
  const strengths = typeof strength === "number" ? functions.map(() => strength) : strength;
  if (strengths.length !== functions.length || !strengths.every((s) => s >= 0))
    throw new ArgumentError(
      "roughnessPenalty",
      `strength must be ${functions.length} non-negative numbers (one per function), got [${strengths.join(", ")}]`,
    );
  const terms: { rows: SparseRows; offset: number; weight: number }[] = [];
  let size = 0;
  for (const [k, f] of functions.entries()) {
    terms.push({ rows: f.penalty(), offset: size, weight: strengths[k] });
    size += f.coefficients;
  }
  return {
    size,
    evaluate: (u, gradient) => terms.reduce((sum, t) => sum + rough(t.rows, u, t.offset, t.weight, gradient), 0),
    addHessian(hessian) {
      for (const { rows, offset, weight } of terms) addSquare(rows, offset, weight, hessian, size);
    },
  };
}

/**
 * The norm penalty ½ strength |u|² (weight decay) that every network needs: without it the coefficients which the data
 * leave open drift. 1e-8 … 1e-6 of the action's scale; on badly scaled functions it dominates S.
 * @throws ArgumentError when the strength is negative.
 */
export function normPenalty(size: number, strength: number): Penalty {
  if (!(strength >= 0)) throw new ArgumentError("normPenalty", `strength must not be negative, got ${strength}`);
  return {
    size,
    evaluate(u, gradient) {
      let sum = 0;
      for (let q = 0; q < size; q++) {
        sum += u[q] * u[q];
        if (gradient !== undefined) gradient[q] += strength * u[q];
      }
      return (strength * sum) / 2;
    },
    addHessian(hessian) {
      for (let q = 0; q < size; q++) hessian[q * size + q] += strength;
    },
  };
}

function rough(
  { rows, start, index, value }: SparseRows,
  u: Float64Array,
  offset: number,
  weight: number,
  gradient: Float64Array | undefined,
): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    let r = 0;
    for (let e = start[i]; e < start[i + 1]; e++) r += value[e] * u[offset + index[e]];
    sum += r * r;
    if (gradient === undefined) continue;
    for (let e = start[i]; e < start[i + 1]; e++) gradient[offset + index[e]] += weight * r * value[e];
  }
  return (weight * sum) / 2;
}

/** hessian += weight DᵀD at the block that begins at `offset`. */
function addSquare(d: SparseRows, offset: number, weight: number, hessian: Float64Array, size: number): void {
  const { rows, start, index, value } = d;
  for (let i = 0; i < rows; i++)
    for (let e = start[i]; e < start[i + 1]; e++)
      for (let f = start[i]; f < start[i + 1]; f++)
        hessian[(offset + index[e]) * size + offset + index[f]] += weight * value[e] * value[f];
}
