import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import type { LearnResult } from "./learnResult.ts";

/** One fit from the random numbers of a seed. */
export type Fit = (seed: number) => Promise<LearnResult>;

/** How many fits, and which of them failed. */
export interface EnsembleOptions {
  /** Fits that are wanted. */
  readonly members: number;
  /** Fits beyond these that may be spent on replacing stuck ones; as many as members unless given. */
  readonly restarts?: number;
  /** A fit whose score is more than this factor above the best is stuck; 3 unless given. */
  readonly stuck?: number;
  /**
   * What is compared, positive, lower is better; the last S unless given. Take S minus its floor where that is known.
   */
  readonly score?: (result: LearnResult) => number;
  /** Seeds are first, first + 1, …; 0 unless given. */
  readonly first?: number;
}

/** A fit that counts. */
export interface Member extends LearnResult {
  readonly seed: number;
  readonly score: number;
}

/** What became of all fits. */
export interface FitEnsemble {
  /** Best first; fewer than wanted when restarts were used up. */
  readonly members: readonly Member[];
  /** Seeds that got stuck or had no trajectory, with the reason. */
  readonly discarded: readonly { readonly seed: number; readonly reason: string }[];
}

/**
 * Fits the same problem from several seeds and replaces those that got stuck: a training that fails shows it in its
 * loss (in one study 0.42 against 0.008–0.011 for nine others), so no truth is needed to detect it. The members' spread
 * says where F is known: see `ensembleBand`.
 * @throws ArgumentError on impossible numbers; what `fit` throws, unless it is that there is no trajectory;
 * NumericalError when no fit succeeded.
 */
export async function fitEnsemble(fit: Fit, options: EnsembleOptions): Promise<FitEnsemble> {
  const { members: wanted, restarts = wanted, stuck = 3, first = 0 } = options;
  const score = options.score ?? ((result: LearnResult): number => result.objective.at(-1) ?? Infinity);
  if (!Number.isInteger(wanted) || wanted < 1 || !Number.isInteger(restarts) || restarts < 0)
    throw new ArgumentError(
      "fitEnsemble",
      `needs whole numbers of members ≥ 1 and restarts ≥ 0, got ${wanted} and ${restarts}`,
    );
  if (!(stuck > 1)) throw new ArgumentError("fitEnsemble", `stuck must be above 1, got ${stuck}`);
  const failed: { readonly seed: number; readonly reason: string }[] = [];
  const fits: Member[] = [];
  const good = (): Member[] => {
    const best = Math.min(...fits.map((member) => member.score));
    return fits.filter((member) => member.score <= stuck * best);
  };
  for (let run = 0; run < wanted + restarts && good().length < wanted; run++) {
    const seed = first + run;
    try {
      const result = await fit(seed);
      const value = score(result);
      if (Number.isFinite(value)) fits.push({ ...result, seed, score: value });
      else failed.push({ seed, reason: `its score is ${value}` });
      if (result.stopped === "aborted") break;
    } catch (error) {
      if (!(error instanceof NumericalError || error instanceof ArgumentError)) throw error;
      failed.push({ seed, reason: error.message });
    }
  }
  if (fits.length === 0)
    throw new NumericalError("fitEnsemble", `no fit succeeded: ${failed.map(({ reason }) => reason).join("; ")}`);
  const members = good().toSorted((a, b) => a.score - b.score);
  const left = fits.filter((member) => !members.includes(member));
  const worse = left.map(({ seed, score: value }) => ({
    seed,
    reason: `stuck: its score is ${value.toPrecision(3)}, the best is ${members[0].score.toPrecision(3)}`,
  }));
  return { members, discarded: [...failed, ...worse] };
}

/** What an ensemble says of one quantity at every time. */
export interface Band {
  /** Average over the members that have a prediction, shape as theirs. */
  readonly mean: Float64Array;
  /** Standard deviation over them; 0 with one member. */
  readonly spread: Float64Array;
  /** Smallest and largest of them. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Members without one: their trajectory left the distributions that exist. Any but 0 is a warning. */
  readonly lost: number;
}

/**
 * The uncertainty band of an ensemble of learned F: the same quantity from every member. A member that cannot predict
 * (its trajectory does not exist) is counted, not averaged.
 * @param predict - From coefficients to any numbers, such as ⟨n⟩ at every time.
 * @throws NumericalError when no member has a prediction.
 */
export function ensembleBand(
  members: readonly { readonly u: Float64Array }[],
  predict: (u: Float64Array) => Float64Array,
): Band {
  const all: Float64Array[] = [];
  for (const { u } of members) {
    try {
      const values = predict(u);
      if (values.every(Number.isFinite)) all.push(values);
    } catch (error) {
      if (!(error instanceof NumericalError || error instanceof ArgumentError)) throw error;
    }
  }
  if (all.length === 0) throw new NumericalError("ensembleBand", `none of ${members.length} members has a prediction`);
  const each = (of: (column: readonly number[]) => number): Float64Array =>
    all[0].map((_, i) => of(all.map((values) => values[i])));
  const average = (column: readonly number[]): number => column.reduce((a, b) => a + b, 0) / column.length;
  return {
    mean: each(average),
    spread: each((column) => {
      const centre = average(column);
      return Math.sqrt(column.reduce((sum, v) => sum + (v - centre) ** 2, 0) / Math.max(1, column.length - 1));
    }),
    low: each((column) => Math.min(...column)),
    high: each((column) => Math.max(...column)),
    lost: members.length - all.length,
  };
}
