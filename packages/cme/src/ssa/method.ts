import type { RandomSource } from "@dbd/numerics/random/source";
import type { CompiledNetwork } from "../compile.ts";

/** One trajectory to simulate. */
export interface Trajectory {
  /** State at `start`, shape [S + 1], the last entry a constant 1 for kernels' use; advanced in place. */
  readonly x: Float64Array;
  readonly start: number;
  /** Ascending, none before `start`, shape [T]. */
  readonly times: Float64Array;
  readonly random: RandomSource;
  /** States at the times, shape [T, S]: at each, the one just before the event that passes it. */
  readonly out: Int32Array;
  /** The trajectory ends unfinished when it would fire more events than this. */
  readonly maxEvents: number;
}

/** How far a trajectory came. */
export interface Outcome {
  readonly events: number;
  /** Rows written; fewer than T when the events did not suffice. */
  readonly rows: number;
  /** Time of the last event. */
  readonly time: number;
}

/** Simulates one trajectory. */
export type Simulator = (trajectory: Trajectory) => Outcome;

/**
 * A way to draw trajectories of the chemical master equation. `prepare` makes the arrays that a network needs, once; the
 * simulator then allocates nothing. It is deterministic in its random source, fires no event past the last time, and
 * throws NumericalError (reaction, state, time) for a propensity that is negative or not finite and for a count that
 * leaves [0, 2³¹).
 */
export interface Method {
  readonly name: string;
  prepare(net: CompiledNetwork): Simulator;
}
