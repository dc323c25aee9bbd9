import type { InitialDistribution, Network } from "@dbd/cme";
import type { RunControl } from "@dbd/numerics/run";
import type { ResultStart } from "../result.ts";
import type { MethodKind } from "./comparison.ts";

/** One start with its truth, for S observed species at T times. */
export interface Truth extends ResultStart {
  /** The law at time 0; the model's own when undefined. */
  readonly initial: InitialDistribution | readonly InitialDistribution[] | undefined;
  /** Shapes [T, S], [T, S] and [T]. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly floor: Float64Array;
}

/** What the methods of a comparison are set against. */
export interface Contest {
  readonly network: Network;
  readonly species: readonly string[];
  readonly times: Float64Array;
  readonly truths: readonly Truth[];
  /** KL at a time of a start of the family's member with given raw moments ⟨nᵏ⟩, k = 1 …; NaN where there is none. */
  divergence?(a: number, t: number, raw: readonly number[]): number;
}

/** What a method says of one start. NaN beyond the time that it reached. */
export interface Forecast {
  /** Shapes [T, S], [T, S] and [T]. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly kl: Float64Array;
  /** ok, or where and how it failed. */
  readonly verdict: string;
  /** KL of the best member of the method's own family, shape [T]; that of the document's unless given. */
  readonly floor?: Float64Array | undefined;
}

/** A method that takes part. */
export interface Contestant {
  readonly method: string;
  readonly kind: MethodKind;
  /** About how long it takes, for the time left; a closure is 1. */
  readonly weight: number;
  /**
   * Forecasts from every start, in their order; undefined when aborted. An ArgumentError, NumericalError or
   * UnsupportedError becomes the row's verdict.
   */
  run(control: ContestControl): Promise<Forecasts | undefined>;
}

/** Control, and a clock in milliseconds. */
export interface ContestControl extends RunControl {
  readonly clock?: (() => number) | undefined;
}

export interface Forecasts {
  readonly coefficients: number;
  readonly forecasts: readonly Forecast[];
  /** In words; none for closures. */
  readonly family?: string | undefined;
  /** What one forecast took, learning left out. */
  readonly predictionSeconds?: number | undefined;
}

/** Seconds of the quickest of some calls, NaN without a clock. */
export function timed<R>(
  clock: (() => number) | undefined,
  calls: readonly (() => R)[],
): { results: R[]; seconds: number } {
  let seconds = Infinity;
  const results = calls.map((call) => {
    const begun = clock?.() ?? Number.NaN;
    const result = call();
    const took = ((clock?.() ?? Number.NaN) - begun) / 1000;
    seconds = Number.isNaN(took) ? Number.NaN : Math.min(seconds, took);
    return result;
  });
  return { results, seconds };
}

/** A forecast that says nothing but why. */
export function noForecast(T: number, S: number, verdict: string): Forecast {
  const none = (length: number): Float64Array => new Float64Array(length).fill(Number.NaN);
  return { mean: none(T * S), variance: none(T * S), kl: none(T), verdict };
}

/** A time in a verdict. */
export const shortTime = (t: number): string => String(Number(t.toPrecision(3)));
