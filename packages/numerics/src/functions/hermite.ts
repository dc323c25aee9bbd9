import type { Axis } from "./function.ts";
import type { AxisBasis } from "./layout.ts";
import { curvature } from "./roughness.ts";
import { type GridFunction, tensorFunction } from "./tensor.ts";

const cubic: AxisBasis = {
  types: 2,
  evaluate(t, order, out, offset) {
    if (order === 0) {
      const s = 1 - t;
      out[offset] = s * s * (1 + 2 * t);
      out[offset + 1] = s * s * t;
      out[offset + 2] = t * t * (3 - 2 * t);
      out[offset + 3] = -t * t * s;
    } else if (order === 1) {
      out[offset] = 6 * t * (t - 1);
      out[offset + 1] = (1 - t) * (1 - 3 * t);
      out[offset + 2] = 6 * t * (1 - t);
      out[offset + 3] = t * (3 * t - 2);
    } else {
      out[offset] = 12 * t - 6;
      out[offset + 1] = 6 * t - 4;
      out[offset + 2] = 6 - 12 * t;
      out[offset + 3] = 6 * t - 2;
    }
  },
};

/**
 * Tensor product of C¹ cubic Hermite splines. Every node holds 2^d coefficients, one per subset of axes (the last axis
 * is the lowest bit): the derivative of f along the axes of the subset, in cell units (∂f/∂x · h). Reproduces cubics;
 * outside the grid the boundary's tangent. Use it where ∂f/∂x must be continuous, as for Taylor tests of a gradient.
 */
export function hermite(axes: readonly Axis[]): GridFunction {
  return tensorFunction("hermite", axes, cubic, (all) => curvature(all, cubic));
}
