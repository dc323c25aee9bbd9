import type { GridFunction } from "@dbd/numerics/functions/tensor";
import type { ParametricDynamics } from "./dynamics/parametric/index.ts";

/** Where trajectories went on the grid of one output of F. */
export interface VisitedRegion {
  /** Smallest and largest value of each input, shape [d]. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Fraction of the states outside the grid, where F is only the boundary's tangent. */
  readonly outside: number;
  /**
   * 1 for the coefficients that some state inside the grid uses, shape [q]: the others are known by the penalty only.
   */
  readonly coefficients: Uint8Array;
}

/**
 * Reports the visited region per output of a field on grids: a learned F means nothing elsewhere.
 * @param paths - States, each [T, P], in the coordinates F acts on.
 */
export function visitedRegions(
  dynamics: ParametricDynamics<GridFunction>,
  paths: readonly Float64Array[],
): readonly VisitedRegion[] {
  const P = dynamics.shape[0];
  return dynamics.functions.map((f, k) => {
    const inputs = dynamics.inputs[k];
    const low = new Float64Array(f.inputs).fill(Infinity);
    const high = new Float64Array(f.inputs).fill(-Infinity);
    const x = new Float64Array(f.inputs);
    const u = new Float64Array(f.coefficients);
    const weights = new Float64Array(f.coefficients);
    const coefficients = new Uint8Array(f.coefficients);
    let states = 0;
    let outside = 0;
    for (const path of paths) {
      for (let t = 0; t < path.length; t += P) {
        let inside = true;
        for (let i = 0; i < x.length; i++) {
          x[i] = path[t + inputs[i]];
          low[i] = Math.min(low[i], x[i]);
          high[i] = Math.max(high[i], x[i]);
          if (x[i] < f.axes[i].start || x[i] > f.axes[i].end) inside = false;
        }
        states++;
        if (!inside) outside++;
        if (!inside) continue;
        weights.fill(0);
        f.addWeights(x, u, 0, 1, weights);
        for (let q = 0; q < weights.length; q++) if (weights[q] !== 0) coefficients[q] = 1;
      }
    }
    return { low, high, outside: states === 0 ? 0 : outside / states, coefficients };
  });
}
