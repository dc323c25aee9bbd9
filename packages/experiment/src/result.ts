/** One array of a result: row-major values and their shape. NaN marks "not available here", and figures leave a gap. */
export interface ResultArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** One start of the reduced model. Rows of every [A, …] array follow the order of `Result.starts`. */
export interface ResultStart {
  readonly label: string;
  /** Held-out starts were never seen by the learning. */
  readonly role: "training" | "heldOut";
}

/** One line of the accuracy table. Errors are relative, the largest over all times; KL in nats. */
export interface AccuracyRow {
  readonly method: "learned" | "analytic";
  readonly start: string;
  readonly role: "training" | "heldOut";
  readonly meanError: number;
  readonly varianceError: number;
  /** KL(p‖p̃) at the last time. */
  readonly kl: number;
  /** KL of the best member of the family at the last time. */
  readonly floor: number;
  /** Largest KL − floor over all times. */
  readonly excess: number;
}

/** Names of the arrays of a result with A starts, T times, P interactions. See `Result.arrays`. */
export type ArrayName =
  | "times"
  | "awake"
  | "asleep"
  | "exactMean"
  | "exactSd"
  | "learnedMean"
  | "learnedSd"
  | "analyticMean"
  | "analyticSd"
  | "kl"
  | "floor"
  | "analyticKl"
  | "nu"
  | "nuBest"
  | "y"
  | "snapshotTimes"
  | "snapshotExact"
  | "snapshotLearned"
  | "objective"
  | "coefficients"
  | "fieldAxis0"
  | "fieldAxis1"
  | "fieldLearned"
  | "fieldAnalytic"
  | "visited"
  | "pathLearned"
  | "pathAnalytic"
  | "trajectories"
  | "responseKicks"
  | "response";

/**
 * What a finished experiment knows: plain data, the same in the runner, the figures and the browser. Holds no date, host, path,
 * duration or worker count, so that the same input and seed give the same bytes.
 */
export interface Result {
  readonly title: string;
  /** The observed species. */
  readonly species: string;
  /** The network, one line each reaction, with its propensity. */
  readonly network: string;
  readonly family: { readonly base: string; readonly order: number; readonly labels: readonly string[] };
  readonly chart: { readonly name: string; readonly labels: readonly string[] };
  readonly dynamics: { readonly kind: string; readonly labels: readonly string[] };
  readonly starts: readonly ResultStart[];
  /** "exact" (truncated master equation) or "simulated" (an ensemble: then `floor` and `kl` are cross-entropies, see README). */
  readonly awake: string;
  readonly stopped: string;
  readonly iterations: number;
  readonly accuracy: readonly AccuracyRow[];
  /** Sentences the reader must know: leakage, grid left by a start, KL not available, … */
  readonly notes: readonly string[];
  readonly arrays: Readonly<Partial<Record<ArrayName, ResultArray>>>;
}
