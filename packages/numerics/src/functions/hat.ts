import type { Axis } from "./function.ts";
import type { AxisBasis } from "./layout.ts";
import { secondDifferences } from "./roughness.ts";
import { type GridFunction, tensorFunction } from "./tensor.ts";

const linear: AxisBasis = {
  types: 1,
  evaluate(t, order, out, offset) {
    out[offset] = order === 0 ? 1 - t : order === 1 ? -1 : 0;
    out[offset + 1] = order === 0 ? t : order === 1 ? 1 : 0;
  },
};

/**
 * Multilinear interpolation between nodal values: q = ∏ nodes coefficients, last axis fastest. Continuous, with kinks at
 * the nodes' coordinates; outside the grid the boundary's tangent. Use it for a function known only by data on a box;
 * take `hermite` where a derivative must be continuous.
 */
export function hat(axes: readonly Axis[]): GridFunction {
  return tensorFunction("hat", axes, linear, secondDifferences);
}
