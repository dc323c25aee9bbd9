import type { ResultArray, ResultStart } from "../result.ts";

/** What a method is: a moment closure, the projected field, a field learned from data, or a sequence model. */
export type MethodKind = "closure" | "analytic" | "learned" | "baseline";

/** How one method does from one start. Errors are relative, the largest over the times that it reached. */
export interface Score {
  readonly meanError: number;
  readonly varianceError: number;
  /** KL(p‖p̃) at the last time and its largest value, in nats; NaN where the method has no distribution. */
  readonly kl: number;
  readonly worstKl: number;
  /** ok, or where and how it failed. */
  readonly verdict: string;
}

/** One method of a comparison, with A starts, T times and S observed species. */
export interface ComparisonRow {
  readonly method: string;
  readonly kind: MethodKind;
  /** Numbers that were fitted to data. */
  readonly coefficients: number;
  /** What it took, learning included. */
  readonly seconds: number;
  /** Of these, one prediction from one start, for fields. */
  readonly predictionSeconds?: number | undefined;
  /** The worst of the starts that it is judged on. */
  readonly verdict: string;
  /** In the order of the starts; empty where the method could not be set up. */
  readonly scores: readonly Score[];
  /** The family of its distributions, in words; none for closures. */
  readonly family?: string | undefined;
  /** Shapes [A, T, S], [A, T, S] and [A, T]; NaN beyond the time that was reached. */
  readonly mean: ResultArray;
  readonly variance: ResultArray;
  readonly kl: ResultArray;
  /** KL of the best member of that family, of the document's for closures: [A, T]. */
  readonly floor: ResultArray;
}

/** The best reduced model beside stochastic runs of the whole model from one start. */
export interface Replacement {
  readonly start: string;
  readonly method: string;
  readonly runs: number;
  readonly events: number;
  /** Largest relative difference of the two means, over all times. */
  readonly meanGap: number;
  /** The same in standard errors of the runs, where a perfect model would have about 2 to 3. */
  readonly meanGapErrors: number;
  /** What the runs took, and one prediction. */
  readonly simulationSeconds: number;
  readonly predictionSeconds: number;
}

/** Every method on one system, against the exact (or simulated) truth. Plain data. */
export interface Comparison {
  readonly title: string;
  readonly species: readonly string[];
  readonly network: string;
  /** The document's family, in words. */
  readonly family: string;
  readonly starts: readonly ResultStart[];
  readonly truth: string;
  readonly remark?: string | undefined;
  readonly notes: readonly string[];
  readonly rows: readonly ComparisonRow[];
  readonly replacement?: Replacement | undefined;
  /** Shapes [T], [A, T, S], [A, T, S] and [A, T]; the floor is NaN where no member of the family fits. */
  readonly times: ResultArray;
  readonly mean: ResultArray;
  readonly variance: ResultArray;
  readonly floor: ResultArray;
}

/** Starts that a row is judged on: the held-out ones, or, where there are none, all. */
export function judged(starts: readonly ResultStart[]): number[] {
  const held = starts.flatMap(({ role }, a) => (role === "heldOut" ? [a] : []));
  return held.length > 0 ? held : starts.map((_, a) => a);
}

/** The worst score over the judged starts; NaN where one has none. */
export function worstScore({ scores }: ComparisonRow, starts: readonly ResultStart[]): Omit<Score, "verdict"> {
  const of = (key: "meanError" | "varianceError" | "kl" | "worstKl"): number =>
    judged(starts).reduce((most, a) => {
      const value = scores[a]?.[key] ?? Number.NaN;
      return Number.isNaN(value) || Number.isNaN(most) ? Number.NaN : Math.max(most, value);
    }, -Infinity);
  return { meanError: of("meanError"), varianceError: of("varianceError"), kl: of("kl"), worstKl: of("worstKl") };
}

/** Errors below this are the integrators', and tell no method from another. */
const ROUNDING = 1e-6;

/** The worse of the two errors; without a variance a method is behind all that have one. NaN where it did not come through. */
function rank(row: ComparisonRow, starts: readonly ResultStart[]): number {
  const { meanError, varianceError } = worstScore(row, starts);
  if (row.verdict !== "ok" || Number.isNaN(meanError)) return Number.NaN;
  return Math.max(ROUNDING, meanError, Number.isNaN(varianceError) ? 1e9 : varianceError);
}

/** The row of a kind with the smallest of its worse errors (mean or variance), among those that came through. */
export function bestOf(
  { rows, starts }: Pick<Comparison, "rows" | "starts">,
  wanted: (row: ComparisonRow) => boolean,
): ComparisonRow | undefined {
  return rows
    .filter((row) => wanted(row) && !Number.isNaN(rank(row, starts)))
    .toSorted((a, b) => rank(a, starts) - rank(b, starts))[0];
}
