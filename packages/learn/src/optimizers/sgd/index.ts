import { ArgumentError } from "@dbd/numerics/errors";
import { rateAt, type LearningRate, type Optimizer } from "../optimizer.ts";

/** Settings of gradient descent. */
export interface SgdOptions {
  readonly rate: LearningRate;
  /** Scale the step so that its largest component is `rate` (Ernst et al. 2018); false unless given. */
  readonly normalised?: boolean;
}

/**
 * Plain gradient descent, u ← u − rate · g, as in the papers: with `normalised`, u ← u − rate · g / max|g|, so that
 * the rate is the largest change of F at a node. Kept for comparison; adam needs no tuning and ends closer.
 * Ernst, Bartol, Sejnowski & Mjolsness (2018), J. Chem. Phys. 149, 034107, algorithm 1, arXiv:1803.01063.
 */
export function sgd({ rate, normalised = false }: SgdOptions): Optimizer {
  if (typeof rate === "number" && !(rate > 0)) throw new ArgumentError("sgd", `rate must be positive, got ${rate}`);
  return {
    name: "sgd",
    state: () => new Float64Array(0),
    step(u, gradient, _state, iteration) {
      let scale = rateAt(rate, iteration);
      if (normalised) {
        let largest = 0;
        for (let q = 0; q < u.length; q++) largest = Math.max(largest, Math.abs(gradient[q]));
        if (largest === 0) return;
        scale /= largest;
      }
      for (let q = 0; q < u.length; q++) u[q] -= scale * gradient[q];
    },
  };
}
