import { ArgumentError } from "../errors.ts";
import type { SparseRows } from "../sparse.ts";
import type { Axis, Grid, ParametricFunction } from "./function.ts";
import { type AxisBasis, type GridLayout, gridLayout } from "./layout.ts";
import { roughness } from "./roughness.ts";

/** A piecewise polynomial on a grid, linear in its coefficients. */
export interface GridFunction extends ParametricFunction, Grid {
  /** Coordinates of the nodes, shape [∏ nodes, d], last axis fastest. */
  readonly nodes: Float64Array;
  /**
   * A number for the cell in which x lies, ∏ (nodes + 1) of them: below the grid, the nodes − 1 cells and above it on
   * every axis. Two points with one number have no kink between them.
   */
  cellIndex(x: Float64Array): number;
  /** ½‖D u‖² of `penalty()`; when `out` is given, out[offset …] += DᵀD u. */
  roughness(u: Float64Array, offset: number, out?: Float64Array): number;
  /** The roughness operator D, shape [rows, q]. */
  penalty(): SparseRows;
}

function checkAxes(where: string, axes: readonly Axis[]): void {
  if (axes.length === 0) throw new ArgumentError(where, "needs at least one axis");
  for (const [j, { start, end, nodes }] of axes.entries()) {
    if (!Number.isFinite(start) || !Number.isFinite(end) || !(start < end)) {
      throw new ArgumentError(where, `axes[${j}] must run from a finite start to a larger end, got ${start} to ${end}`);
    }
    if (!Number.isInteger(nodes) || nodes < 2) {
      throw new ArgumentError(where, `axes[${j}].nodes must be an integer of at least 2, got ${nodes}`);
    }
  }
}

function nodeCoordinates(axes: readonly Axis[]): Float64Array {
  let points: number[][] = [[]];
  for (const { start, end, nodes } of axes) {
    const steps = nodes - 1;
    const along = Array.from({ length: nodes }, (_, i) => (start * (steps - i) + end * i) / steps);
    points = points.flatMap((point) => along.map((x) => point.concat(x)));
  }
  return Float64Array.from(points.flat());
}

/**
 * Builds the tensor product of one-dimensional bases. Outside the grid the function is the tangent at the nearest point
 * c of the grid, f(c) + ∇f(c)·(x − c): linear growth, so that a trajectory that leaves the grid cannot explode in
 * finite time. The price, from two inputs on: where a second input leaves the grid while a first is outside already,
 * the slope along the second jumps (by ∂²f/∂x₁∂x₂ times the first one's distance). `cellIndex` changes there.
 */
export function tensorFunction(
  where: string,
  axes: readonly Axis[],
  basis: AxisBasis,
  operator: (axes: readonly Axis[]) => SparseRows,
): GridFunction {
  checkAxes(where, axes);
  const layout = gridLayout(axes, basis.types);
  const evaluator = tensorEvaluator(axes, basis, layout);
  let rows: SparseRows | undefined;
  const penalty = (): SparseRows => (rows ??= operator(axes));
  return {
    axes,
    inputs: axes.length,
    coefficients: layout.coefficients,
    nodes: nodeCoordinates(axes),
    ...evaluator,
    cellIndex(x) {
      let index = 0;
      for (let j = 0; j < axes.length; j++) {
        const { start, end, nodes } = axes[j];
        const cell =
          x[j] < start ? 0 : x[j] >= end ? nodes : 1 + Math.floor(((x[j] - start) / (end - start)) * (nodes - 1));
        index = index * (nodes + 1) + cell;
      }
      return index;
    },
    roughness: (u, offset, out) => roughness(penalty(), u, offset, out),
    penalty,
  };
}

/** The three kernels. Scratch lives in typed arrays made once. */
function tensorEvaluator(
  axes: readonly Axis[],
  basis: AxisBasis,
  { strides, terms }: GridLayout,
): Pick<GridFunction, "value" | "gradient" | "addWeights"> {
  const d = axes.length;
  const locals = 2 * basis.types;
  const size = terms.length;
  const starts = Float64Array.from(axes, ({ start }) => start);
  const inverse = Float64Array.from(axes, ({ start, end, nodes }) => (nodes - 1) / (end - start));
  const lastCell = Int32Array.from(axes, ({ nodes }) => nodes - 2);
  const stride = Int32Array.from(strides);
  const values = new Float64Array(d * locals);
  const slopes = new Float64Array(d * locals);
  const within = new Float64Array(d); // place in the cell, 0 to 1
  const beyond = new Float64Array(d); // distance to the grid in cells, per axis
  const weights = new Float64Array(size); // at the nearest point of the grid
  const tangent = new Float64Array(size); // their derivative along x − c
  const place = new Int32Array(2); // first coefficient of the cell; 1 when x is outside

  /** Finds the cell and evaluates the axes' bases at the nearest point of the grid. */
  function locate(x: Float64Array, withSlopes: boolean): void {
    place[0] = 0;
    place[1] = 0;
    for (let j = 0; j < d; j++) {
      const s = (x[j] - starts[j]) * inverse[j];
      const last = lastCell[j];
      const cell = s >= 1 ? (s < last ? Math.floor(s) : last) : 0; // NaN goes to cell 0 and stays NaN in t
      let t = s - cell;
      if (t < 0) t = 0;
      else if (t > 1) t = 1;
      beyond[j] = s - cell - t;
      if (beyond[j] !== 0) place[1] = 1;
      place[0] += cell * stride[j];
      within[j] = t;
      basis.evaluate(t, 0, values, j * locals);
    }
    if (withSlopes || place[1] === 1) {
      for (let j = 0; j < d; j++) basis.evaluate(within[j], 1, slopes, j * locals);
    }
  }

  /** Multiplies the axes' functions out, that of axis k (if any) differentiated, and adds the tangent when asked. */
  function expand(k: number, outside: boolean): void {
    weights[0] = 1;
    tangent[0] = 0;
    for (let j = 0, n = 1; j < d; j++, n *= locals) {
      const row = j === k ? slopes : values;
      const step = beyond[j];
      for (let i = n - 1; i >= 0; i--) {
        const w = weights[i];
        const v = tangent[i];
        for (let l = locals - 1; l >= 0; l--) {
          const b = row[j * locals + l];
          weights[i * locals + l] = w * b;
          if (outside) tangent[i * locals + l] = v * b + w * step * slopes[j * locals + l];
        }
      }
    }
    if (outside) for (let i = 0; i < size; i++) weights[i] += tangent[i];
  }

  function sum(u: Float64Array, first: number): number {
    let total = 0;
    for (let i = 0; i < size; i++) total += weights[i] * u[first + terms[i]];
    return total;
  }

  return {
    value(x, u, offset) {
      locate(x, false);
      expand(-1, place[1] === 1);
      return sum(u, offset + place[0]);
    },
    gradient(x, u, offset, out) {
      locate(x, true);
      for (let k = 0; k < d; k++) {
        // Along an axis on which x is outside, the slope is that at c.
        expand(k, place[1] === 1 && beyond[k] === 0);
        out[k] = sum(u, offset + place[0]) * inverse[k];
      }
    },
    addWeights(x, _u, offset, scale, out) {
      locate(x, false);
      expand(-1, place[1] === 1);
      const first = offset + place[0];
      for (let i = 0; i < size; i++) out[first + terms[i]] += scale * weights[i];
    },
  };
}
