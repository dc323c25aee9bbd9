import { piControl } from "./control/pi.ts";
import { initialStep } from "./initialStep.ts";
import type { Failure, Setup, Stepper } from "./method.ts";

/** The arithmetic of a one-step method with an error estimate. */
export interface Attempt {
  /** Shape [P]: the state reached by the last try. */
  readonly next: Float64Array;
  /** Makes the state reached the state to go from; called before the first try that follows an accepted step. */
  move(): void;
  /** Tries a step of length h from t and returns the error norm, NaN when something is not finite. */
  try(t: number, h: number): number;
  /** State at t + θ h of the accepted step, 0 ≤ θ ≤ 1, into `out`. */
  interpolate(theta: number, h: number, out: Float64Array): void;
  /** What went wrong in the last try. */
  fault(t: number, h: number): Failure;
}

/**
 * Steps with proportional–integral control.
 * @param slope - f(t, y) at the start, shape [P].
 * @param order - Order of the method.
 * @param k - The error estimate of one step falls as h^k.
 */
export function oneStep(setup: Setup, attempt: Attempt, slope: Float64Array, order: number, k: number): Stepper {
  const { counts, maxStep } = setup;
  const control = piControl(k);
  // numbers that change with every step are in a typed array: captured variables would each be a new object
  const state = Float64Array.of(setup.t, setup.t, initialStep(setup, slope, order), 0); // t, before, proposal, length
  let moved = true;
  return {
    y: attempt.next,
    get t() {
      return state[0];
    },
    get before() {
      return state[1];
    },
    advance(limit) {
      if (!moved) attempt.move();
      moved = true;
      const t = state[0];
      const proposal = state[2];
      // a step to a close recording time must not leave one that t cannot resolve
      const least = 16 * Number.EPSILON * Math.abs(t);
      let h = Math.sign(proposal) * Math.min(Math.max(Math.abs(proposal), least), maxStep);
      for (;;) {
        // a rest of a hundredth of a step is not left for the next one
        const reaches = Math.abs(1.01 * h) >= Math.abs(limit - t);
        const arrival = reaches ? limit : t + h;
        const step = arrival - t; // exact in floating point, so that `solve` on the accepted times repeats it
        if (0.1 * Math.abs(h) <= Math.abs(t) * Number.EPSILON || step === 0) return attempt.fault(t, h);
        const error = attempt.try(t, step);
        if (error <= 1) {
          const next = step * control.grow(error);
          state[2] = reaches && Math.abs(h) > Math.abs(next) ? h : next;
          state[1] = t;
          state[0] = arrival;
          state[3] = step;
          moved = false;
          counts.accepted++;
          return undefined;
        }
        counts.rejected++;
        h = step * control.shrink(error);
      }
    },
    interpolate(at, out) {
      attempt.interpolate((at - state[1]) / state[3], state[3], out);
    },
  };
}
