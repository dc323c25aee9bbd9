import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { gaussNewton } from "./optimizers/gaussNewton/index.ts";
import type { LearnResult } from "./learnResult.ts";
import type { GaussNewtonOptions } from "./leastSquares.ts";
import { checkProblem, type Problem } from "./problem.ts";

/** The same problem on its first T times only: for growing horizons and sliding windows. */
export function firstTimes(problem: Problem, T: number): Problem {
  const P = problem.dynamics.shape[0];
  if (!Number.isInteger(T) || T < 1 || T > problem.times.length)
    throw new ArgumentError("firstTimes", `T must be an integer from 1 to ${problem.times.length}, got ${T}`);
  return {
    ...problem,
    times: problem.times.subarray(0, T),
    weights: problem.weights.subarray(0, T),
    starts: problem.starts.map((start) => ({
      ...start,
      awake: start.awake.subarray(0, T * P),
      negEntropy: start.negEntropy?.subarray(0, T),
    })),
  };
}

const tenths: readonly number[] = Array.from({ length: 10 }, (_, i) => (i + 1) / 10);

/** Settings of `growHorizon`. */
export interface HorizonOptions extends GaussNewtonOptions {
  /** Horizons as fractions of the number of times, increasing to 1; tenths unless given (doubling fails more often). */
  readonly fractions?: readonly number[] | undefined;
}

/**
 * Gauss–Newton on a growing horizon, each start of which is the last one's F: what to do when the whole trajectory of
 * the first F is so wrong (F = 0, say), or does not exist, that its gradient leads nowhere. A horizon on which the
 * model has no trajectory is halved towards the last that worked.
 * @param u0 - Coefficients to start from, shape [Q].
 * @returns The last run's result; `iterations` counts all runs.
 * @throws ArgumentError, NumericalError as `gaussNewton`, when not even one more time can be reached.
 */
export async function growHorizon(
  problem: Problem,
  u0: Float64Array,
  options: HorizonOptions = {},
): Promise<LearnResult> {
  checkProblem("growHorizon", problem, u0);
  const { fractions = tenths, ...settings } = options;
  const T = problem.times.length;
  if (T === 1) return gaussNewton(problem, u0, settings); // nothing to learn but the penalty's minimum
  return growing("growHorizon", { T, fractions, u0 }, (first, u) =>
    gaussNewton(firstTimes(problem, first), u, settings),
  );
}

/**
 * Runs `minimise` on the first T₁ < T₂ < … < T times, each from the last one's result.
 * @throws ArgumentError when the fractions do not increase to 1; else what `minimise` throws one time beyond the last.
 */
export async function growing(
  where: string,
  { T, fractions, u0 }: { readonly T: number; readonly fractions: readonly number[]; readonly u0: Float64Array },
  minimise: (first: number, u: Float64Array) => Promise<LearnResult>,
): Promise<LearnResult> {
  if (fractions.at(-1) !== 1 || fractions.some((f, i) => !(f > (fractions[i - 1] ?? 0))))
    throw new ArgumentError(where, `fractions must increase from above 0 to 1, got [${fractions.join(", ")}]`);
  let u = u0;
  let last: LearnResult | undefined;
  let reached = 1;
  let iterations = 0;
  for (const fraction of fractions) {
    const goal = Math.min(T, Math.max(2, Math.round(fraction * T)));
    let next = goal;
    while (reached < goal) {
      try {
        last = await minimise(next, u);
        u = last.u;
        iterations += last.iterations;
        reached = next;
        next = goal;
        if (last.stopped === "aborted") return { ...last, iterations };
      } catch (error) {
        const noTrajectory = error instanceof NumericalError || error instanceof ArgumentError;
        if (!noTrajectory || next - reached <= 1) throw error;
        next = reached + Math.floor((next - reached) / 2);
      }
    }
  }
  if (last === undefined) throw new ArgumentError(where, "needs at least two times");
  return { ...last, iterations };
}
