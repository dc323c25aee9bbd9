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
  /** The xoshiro128++ state (numerics/random/xoshiro) that `random` advances, shape [4], where it is one of these. */
  readonly state?: Int32Array;
  /**
   * States at the times, shape [T, S]: at each, the one just before the reaction that passes it and after the events
   * at it. Counts are limited to what the array can hold: 2³¹ − 1, or 2⁵³ − 1 in doubles.
   */
  readonly out: Int32Array | Float64Array;
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
 * leaves the range of the output. `prepare` throws UnsupportedError for a feature of the network that it cannot run.
 */
export interface Method {
  readonly name: string;
  prepare(net: CompiledNetwork): Simulator;
}
