import type { RandomSource } from "@dbd/numerics/random/source";

/** `advance` came to the time it was given. */
export const REACHED = -1;
/** `advance` has fired as many events as it may. */
export const SPENT = -2;

/** A start for an engine. */
export interface Start {
  /** State, shape [S + 1] or longer, entry S a constant 1; advanced in place. */
  readonly x: Float64Array;
  readonly time: number;
  readonly random: RandomSource;
  /** The xoshiro128++ state behind `random`, where it has one: compiled engines draw from it themselves. */
  readonly state?: Int32Array | undefined;
  /** Largest count that is allowed. */
  readonly most: number;
}

/**
 * Fires the reactions of one network by one method. Between calls others may change the state, when they say so by
 * `refresh`: that is how events and laws of time are put on top of every method.
 */
export interface Engine {
  /** Time of the last event, and the number of events since `begin`. */
  readonly clock: Float64Array;
  /** Where the engine keeps its state, shape of `Start.x`: a trajectory that begins there is not copied to and fro. */
  readonly home?: Float64Array;
  begin(start: Start): void;
  /**
   * Fires every event before `until`.
   * @param budget - Largest number of events since `begin`.
   * @param stops - 1 for reactions after which to come back at once, shape [R].
   * @returns The reaction that stopped it, REACHED or SPENT. The waiting time in progress is kept.
   */
  advance(until: number, budget: number, stops: Uint8Array): number;
  /** Takes up propensities that something else has changed at time t. */
  refresh(t: number, reactions: ArrayLike<number>): void;
}
