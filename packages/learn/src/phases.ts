import type { Trajectory } from "@dbd/ode";
import type { LearnableFamily, Problem, Start } from "./problem.ts";

/**
 * Writes the asleep moments ⟨φ⟩ of the model at ν into out [P]. Asked once per start and time, in order; t is the index
 * of the time, 0 where a start begins.
 */
export type AsleepPhase = (nu: Float64Array, out: Float64Array, t?: number) => void;

/** The asleep phase by exact summation. */
export function exactPhase(family: LearnableFamily): AsleepPhase {
  const state = family.state(() => 0); // an exact family keeps no chains, so no random number is used
  return (nu, out) => family.asleepMoments(nu, state, out);
}

/** What one start contributes: its action and the seeds of the adjoint. */
export interface Difference {
  /** Σ_t w_t KL_t. */
  readonly action: number;
  /** ∂(Σ_t w_t KL_t)/∂y(t) = w_t (∂ν/∂y)ᵀ (awake − asleep), shape [T, P]. */
  readonly seeds: Float64Array;
}

/** Awake minus asleep moments along a trajectory, pulled back to the chart's coordinates. */
export function phaseDifference(
  problem: Problem,
  start: Start,
  trajectory: Trajectory,
  asleep: AsleepPhase,
): Difference {
  const { family, chart, weights } = problem;
  const { values, size: P } = trajectory;
  const seeds = new Float64Array(values.length);
  const nu = new Float64Array(P);
  const awakeMoments = new Float64Array(P);
  const moments = new Float64Array(P);
  const state = family.state(() => 0);
  let action = 0;
  for (let t = 0; t < weights.length; t++) {
    const y = values.subarray(t * P, (t + 1) * P);
    chart.toNu(y, nu);
    family.awakeMoments(nu, start.awake.subarray(t * P, (t + 1) * P), state, awakeMoments);
    asleep(nu, moments, t);
    let kl = (start.negEntropy?.[t] ?? 0) + family.logZ(nu);
    for (let k = 0; k < P; k++) {
      kl += nu[k] * awakeMoments[k];
      moments[k] = weights[t] * (awakeMoments[k] - moments[k]);
    }
    action += weights[t] * kl;
    chart.vjp(y, moments, seeds.subarray(t * P, (t + 1) * P));
  }
  return { action, seeds };
}
