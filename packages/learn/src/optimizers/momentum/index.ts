import { ArgumentError } from "@dbd/numerics/errors";
import { rateAt, type LearningRate, type Optimizer } from "../optimizer.ts";

/** Settings of descent with momentum. */
export interface MomentumOptions {
  readonly rate: LearningRate;
  /** Part of the last step that is kept; 0.9 unless given. */
  readonly momentum?: number;
}

/**
 * Descent of a heavy ball: v ← μ v − rate · g, u ← u + v. Averages noisy gradients and goes faster along valleys than
 * `sgd`; the rate still has to suit the scale of S. Polyak (1964), USSR Comput. Math. Math. Phys. 4, 1,
 * doi:10.1016/0041-5553(64)90137-5.
 */
export function momentum({ rate, momentum: mu = 0.9 }: MomentumOptions): Optimizer {
  checkMomentum("momentum", rate, mu);
  return {
    name: "momentum",
    state: (Q) => new Float64Array(Q), // the velocity
    step(u, gradient, state, iteration) {
      const alpha = rateAt(rate, iteration);
      for (let q = 0; q < u.length; q++) {
        state[q] = mu * state[q] - alpha * gradient[q];
        u[q] += state[q];
      }
    },
  };
}

/** Refuses what no momentum method can use. */
export function checkMomentum(where: string, rate: LearningRate, mu: number): void {
  if (typeof rate === "number" && !(rate > 0)) throw new ArgumentError(where, `rate must be positive, got ${rate}`);
  if (!(mu >= 0 && mu < 1)) throw new ArgumentError(where, `momentum must lie in [0, 1), got ${mu}`);
}
