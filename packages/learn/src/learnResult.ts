import type { Stopped } from "@dbd/numerics/run";

/** A learned F. */
export interface LearnResult {
  /** Coefficients, shape [Q]. */
  readonly u: Float64Array;
  /** S (exact, with the penalty) before each iteration; Gauss–Newton appends the last. */
  readonly objective: Float64Array;
  readonly iterations: number;
  readonly stopped: Stopped;
}
