import type { Axis } from "./function.ts";

/** The functions of one cell of one axis, in the cell's own coordinate t ∈ [0, 1]. */
export interface AxisBasis {
  /** Coefficients per node and axis: 1 (value) or 2 (value, slope). */
  readonly types: number;
  /** Writes the derivatives of the given order (0, 1 or 2, in t) of left and right node's functions, [2, types]. */
  evaluate(t: number, order: number, out: Float64Array, offset: number): void;
}

/** Where the coefficients lie: node by node, last axis fastest, and inside a node type by type, last axis fastest. */
export interface GridLayout {
  readonly coefficients: number;
  /** Distance in u of neighbouring nodes, per axis. */
  readonly strides: readonly number[];
  /** Distance of every local function's coefficient from the cell's first node, shape [(2·types)^d]. */
  readonly terms: Int32Array;
  /** The first coefficient of every cell. */
  cells(): Generator<number>;
}

export function gridLayout(axes: readonly Axis[], types: number): GridLayout {
  const d = axes.length;
  const perNode = types ** d;
  const strides = Array.from({ length: d }, () => perNode);
  for (let j = d - 2; j >= 0; j--) strides[j] = strides[j + 1] * axes[j + 1].nodes;
  let terms = [0];
  for (let j = 0; j < d; j++) {
    const local: number[] = [];
    for (let side = 0; side < 2; side++) {
      for (let type = 0; type < types; type++) local.push(side * strides[j] + type * types ** (d - 1 - j));
    }
    terms = terms.flatMap((term) => local.map((l) => term + l));
  }
  function* cells(j = 0, base = 0): Generator<number> {
    if (j === d) yield base;
    else for (let cell = 0; cell < axes[j].nodes - 1; cell++) yield* cells(j + 1, base + cell * strides[j]);
  }
  return { coefficients: strides[0] * axes[0].nodes, strides, terms: Int32Array.from(terms), cells: () => cells() };
}
