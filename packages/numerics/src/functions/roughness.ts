import { type SparseRows, sparseRows } from "../sparse.ts";
import type { Axis } from "./function.ts";
import { type AxisBasis, gridLayout } from "./layout.ts";

export type { SparseRows } from "../sparse.ts";

/**
 * ½‖D u‖², with u read at `u[offset … offset + columns)`. When `out` is given, out[offset …] += DᵀD u, the gradient.
 * No allocation.
 */
export function roughness(d: SparseRows, u: Float64Array, offset: number, out?: Float64Array): number {
  const { rows, start, index, value } = d;
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    let r = 0;
    for (let e = start[i]; e < start[i + 1]; e++) r += value[e] * u[offset + index[e]];
    sum += r * r;
    if (out) for (let e = start[i]; e < start[i + 1]; e++) out[offset + index[e]] += r * value[e];
  }
  return sum / 2;
}

/**
 * Second differences of nodal values along every axis and every grid line, each (u₋ − 2u + u₊)/h^{3/2}, so that in one
 * dimension ½‖D u‖² approximates ½∫f″² dx and equals ½‖D₂u‖²/h³. Lines count equally: no weight for the other spacings.
 */
export function secondDifferences(axes: readonly Axis[]): SparseRows {
  const { strides, coefficients } = gridLayout(axes, 1);
  const rows: [number, number][][] = [];
  for (const [j, { start, end, nodes }] of axes.entries()) {
    const scale = ((end - start) / (nodes - 1)) ** -1.5;
    const stride = strides[j];
    for (let node = 0; node < coefficients; node++) {
      const along = Math.floor(node / stride) % nodes;
      if (along === 0 || along === nodes - 1) continue;
      rows.push([
        [node - stride, scale],
        [node, -2 * scale],
        [node + stride, scale],
      ]);
    }
  }
  return sparseRows(coefficients, rows);
}

// Gauss–Legendre points and weights on [0, 1]: two points are exact for cubics, four up to degree 7.
const TWO = [
  [0.5 - Math.sqrt(1 / 12), 0.5],
  [0.5 + Math.sqrt(1 / 12), 0.5],
] as const;
const INNER = Math.sqrt(3 / 7 - (2 / 7) * Math.sqrt(6 / 5)) / 2;
const OUTER = Math.sqrt(3 / 7 + (2 / 7) * Math.sqrt(6 / 5)) / 2;
const INNER_WEIGHT = (18 + Math.sqrt(30)) / 72;
const OUTER_WEIGHT = (18 - Math.sqrt(30)) / 72;
const FOUR = [
  [0.5 - OUTER, OUTER_WEIGHT],
  [0.5 - INNER, INNER_WEIGHT],
  [0.5 + INNER, INNER_WEIGHT],
  [0.5 + OUTER, OUTER_WEIGHT],
] as const;

/**
 * Rows D with ‖D u‖² = Σⱼ ∫(∂²f/∂xⱼ²)² dx / ∏_{i≠j} hᵢ for a tensor basis of cubics, by Gauss quadrature that is exact
 * for them. The divisor makes a grid line count like one line of `secondDifferences`: the two penalties are of the
 * same size for the same smooth function.
 */
export function curvature(axes: readonly Axis[], basis: AxisBasis): SparseRows {
  const layout = gridLayout(axes, basis.types);
  const rows: [number, number][][] = [];
  for (const [j, { start, end, nodes }] of axes.entries()) {
    const scale = ((end - start) / (nodes - 1)) ** -1.5;
    const points = axes.reduce<Point[]>(
      (all, _, i) => all.flatMap((point) => (i === j ? TWO : FOUR).map((q) => extend(point, q, i === j, basis))),
      [{ weight: scale * scale, terms: [1] }],
    );
    for (const base of layout.cells()) {
      for (const { weight, terms } of points) {
        const root = Math.sqrt(weight);
        rows.push(terms.map((term, l) => [base + layout.terms[l], root * term]));
      }
    }
  }
  return sparseRows(layout.coefficients, rows);
}

interface Point {
  readonly weight: number;
  readonly terms: readonly number[];
}

/** Adds one axis to a quadrature point: its local functions, or their second derivatives along the axis in question. */
function extend(point: Point, [t, w]: readonly [number, number], along: boolean, basis: AxisBasis): Point {
  const local = new Float64Array(2 * basis.types);
  basis.evaluate(t, along ? 2 : 0, local, 0);
  return { weight: point.weight * w, terms: point.terms.flatMap((term) => Array.from(local, (b) => term * b)) };
}
