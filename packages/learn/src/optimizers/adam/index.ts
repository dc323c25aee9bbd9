import { ArgumentError } from "@dbd/numerics/errors";
import { rateAt, type LearningRate, type Optimizer } from "../optimizer.ts";

/** Settings of Adam, with the defaults of its authors. */
export interface AdamOptions {
  /** 0.001 unless given. */
  readonly rate?: LearningRate;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * Adam: steps of about `rate` per coefficient whatever the scale of the gradient. The robust choice when the moments
 * are sampled; with exact moments Gauss–Newton is far faster.
 * Kingma & Ba (2015), algorithm 1, arXiv:1412.6980.
 */
export function adam({ rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Optimizer {
  if (typeof rate === "number" && !(rate > 0)) throw new ArgumentError("adam", `rate must be positive, got ${rate}`);
  for (const [name, beta] of Object.entries({ beta1, beta2 }))
    if (!(beta >= 0 && beta < 1)) throw new ArgumentError("adam", `${name} must lie in [0, 1), got ${beta}`);
  return {
    name: "adam",
    state: (Q) => new Float64Array(2 * Q), // first moments, then second moments
    step(u, gradient, state, iteration) {
      const Q = u.length;
      const first = 1 - beta1 ** (iteration + 1);
      const second = 1 - beta2 ** (iteration + 1);
      const alpha = rateAt(rate, iteration) / first;
      for (let q = 0; q < Q; q++) {
        const g = gradient[q];
        const m = (state[q] = beta1 * state[q] + (1 - beta1) * g);
        const v = (state[Q + q] = beta2 * state[Q + q] + (1 - beta2) * g * g);
        u[q] -= (alpha * m) / (Math.sqrt(v / second) + epsilon);
      }
    },
  };
}
