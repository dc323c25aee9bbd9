import { cholesky, solveCholesky } from "@dbd/numerics/dense";
import { ArgumentError } from "@dbd/numerics/errors";
import { rateAt, type LearningRate, type Optimizer } from "../optimizer.ts";

/** Settings of the natural gradient. */
export interface NaturalGradientOptions {
  /** Part of the full step that is taken; 1 unless given. Let it decay when the asleep phase is sampled. */
  readonly rate?: LearningRate;
  /** Longest step in the Fisher norm, √(δᵀHδ), about √(2 Σ w KL) between the two models; 0.1 unless given. */
  readonly trust?: number;
  /**
   * Added to the metric: this part of its own diagonal, and a thousandth of that of the mean diagonal; 1e-4 unless
   * given.
   */
  readonly damping?: number;
}

/**
 * Natural-gradient descent: u ← u − rate · (H + λ diag H)⁻¹ g with H = Σ w sᵀ G s, the Fisher metric of whole
 * trajectories (and so the Gauss–Newton matrix). It needs no value of S: the method for a sampled asleep phase, where
 * `gaussNewton` cannot compare two noisy values. The trust radius keeps early steps, and steps from few draws, inside
 * what H describes. Amari (1998), Neural Comput. 10, 251, doi:10.1162/089976698300017746.
 */
export function naturalGradient({ rate = 1, trust = 0.1, damping = 1e-4 }: NaturalGradientOptions = {}): Optimizer {
  for (const [name, value] of Object.entries({ trust, damping, rate: typeof rate === "number" ? rate : 1 }))
    if (!(value > 0)) throw new ArgumentError("naturalGradient", `${name} must be positive, got ${value}`);
  return {
    name: "naturalGradient",
    curvature: "fisher",
    state: (Q) => new Float64Array(Q * Q + Q), // factor and step: scratch, nothing is remembered
    step(u, gradient, state, iteration, metric) {
      if (metric === undefined) throw new ArgumentError("naturalGradient", "step needs the metric [Q, Q]");
      const Q = u.length;
      const L = state.subarray(0, Q * Q);
      const delta = state.subarray(Q * Q);
      L.set(metric);
      let trace = 0;
      for (let q = 0; q < Q; q++) trace += metric[q * Q + q];
      for (let q = 0; q < Q; q++) {
        L[q * Q + q] += damping * (metric[q * Q + q] + (1e-3 * trace) / Q);
        delta[q] = gradient[q];
      }
      if (!cholesky(L, Q)) return; // not a metric: nothing is known about the way
      solveCholesky(L, Q, delta);
      let square = 0;
      for (let q = 0; q < Q; q++) for (let r = 0; r < Q; r++) square += delta[q] * metric[q * Q + r] * delta[r];
      const scale = rateAt(rate, iteration) * (square > trust * trust ? trust / Math.sqrt(square) : 1);
      for (let q = 0; q < Q; q++) u[q] -= scale * delta[q];
    },
  };
}
