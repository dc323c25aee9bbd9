import { checkMomentum, type MomentumOptions } from "../momentum/index.ts";
import { rateAt, type Optimizer } from "../optimizer.ts";

/** Settings of Nesterov's method. */
export type NesterovOptions = MomentumOptions;

/**
 * Nesterov's accelerated descent: the gradient is taken where the momentum leads, which damps the swings of `momentum`.
 * The coefficients kept are the point looked at, so that one gradient a step suffices: v ← μ v − rate · g,
 * u ← u + μ v − rate · g (Bengio, Boulanger-Lewandowski & Pascanu 2013, arXiv:1212.0901, eq. 7).
 * Nesterov (1983), Dokl. Akad. Nauk SSSR 269, 543.
 */
export function nesterov({ rate, momentum: mu = 0.9 }: NesterovOptions): Optimizer {
  checkMomentum("nesterov", rate, mu);
  return {
    name: "nesterov",
    state: (Q) => new Float64Array(Q), // the velocity
    step(u, gradient, state, iteration) {
      const alpha = rateAt(rate, iteration);
      for (let q = 0; q < u.length; q++) {
        state[q] = mu * state[q] - alpha * gradient[q];
        u[q] += mu * state[q] - alpha * gradient[q];
      }
    },
  };
}
