import { ArgumentError } from "@dbd/numerics/errors";
import { variational } from "@dbd/ode";
import { addMetric, fisherMatrix, symmetrise } from "./fisher.ts";
import { firstTimes, growing, type HorizonOptions } from "./horizon.ts";
import type { LearnResult } from "./learnResult.ts";
import { minimiseSquares, type Quadratic, type SquaresProblem } from "./leastSquares.ts";
import { derivativeSquares, type DerivativeSquares, type MatchOptions } from "./matchDerivatives.ts";
import { checkProblem, dynamicsOf, trajectoryOf, type Problem } from "./problem.ts";

/** What the trajectories are to follow. */
export interface TrackOptions extends HorizonOptions {
  /** The data's own path of every start, in chart coordinates, each [T, P]. */
  readonly paths: readonly Float64Array[];
  /**
   * Derivative matching kept on beside: it holds F to the data where no trajectory of the model goes yet, and takes in
   * paths that are not integrated, such as mixtures of solutions (which solve the master equation too).
   */
  readonly matching?: MatchOptions & {
    /** Relative to the tracked sum, per start; 0.1 unless given. */
    readonly strength?: number;
  };
}

/**
 * Minimises Σ_starts Σ_t w_t ½|y(t; u) − y*(t)|²_G + matching + penalty, with G the Fisher matrix *at the data's path*:
 * plain non-linear least squares whose second-order expansion at the path is that of KL. No sum over states is taken
 * inside the loop, and the sum has a value however far a trajectory is from any distribution. Use it where K ≥ 3 makes
 * `gaussNewton` dear or its KL infinite; finish with `gaussNewton` when KL itself counts. With `fractions` the horizon
 * grows as in `growHorizon`; without, it is the whole time.
 * @param u0 - Coefficients to start from, shape [Q].
 * @throws ArgumentError on wrong shapes; NumericalError when there is no trajectory at u0.
 */
export async function trackPaths(problem: Problem, u0: Float64Array, options: TrackOptions): Promise<LearnResult> {
  checkProblem("trackPaths", problem, u0);
  const { paths, matching, fractions = [1], ...settings } = options;
  const { starts, times } = problem;
  const P = problem.dynamics.shape[0];
  const T = times.length;
  if (paths.length !== starts.length || paths.some(({ length }) => length !== T * P))
    throw new ArgumentError("trackPaths", `needs ${starts.length} paths of length ${T * P} ([T, P]), one per start`);
  const fisher = fisherMatrix(problem);
  const metrics = paths.map((path) =>
    Array.from({ length: T }, (_, t) => {
      const G = new Float64Array(P * P);
      if (t > 0 && problem.weights[t] !== 0) fisher(path.subarray(t * P, (t + 1) * P), G);
      return G;
    }),
  );
  const match = matching === undefined ? undefined : derivativeSquares({ ...problem, penalty: undefined }, matching);
  const strength = (matching?.strength ?? 0.1) * (starts.length / Math.max(1, matching?.paths.length ?? 1));
  const beside = match === undefined ? undefined : { squares: match, strength };
  return growing("trackPaths", { T, fractions, u0 }, (first, u) =>
    minimiseSquares(tracking(firstTimes(problem, first), { paths, metrics, beside }), u, settings),
  );
}

interface Track {
  readonly paths: readonly Float64Array[];
  /** G at every time of every path. */
  readonly metrics: readonly (readonly Float64Array[])[];
  readonly beside: { readonly squares: DerivativeSquares; readonly strength: number } | undefined;
}

function tracking(problem: Problem, { paths, metrics, beside }: Track): SquaresProblem {
  const { weights, penalty, starts } = problem;
  const [P, Q] = problem.dynamics.shape;
  const off = new Float64Array(P);
  const pull = new Float64Array(P);
  /** ½ w |off|²_G; pull = w G off. */
  const distance = (values: Float64Array, i: number, t: number): number => {
    const G = metrics[i][t];
    let value = 0;
    for (let k = 0; k < P; k++) off[k] = values[t * P + k] - paths[i][t * P + k];
    for (let k = 0; k < P; k++) {
      pull[k] = 0;
      for (let l = 0; l < P; l++) pull[k] += weights[t] * G[k * P + l] * off[l];
      value += 0.5 * pull[k] * off[k];
    }
    return value;
  };
  const expand = (u: Float64Array): Quadratic => {
    const gradient = new Float64Array(Q);
    const metric = new Float64Array(Q * Q);
    const scratch = new Float64Array(P * Q);
    let S = penalty?.evaluate(u, gradient) ?? 0;
    for (const [i, start] of starts.entries()) {
      const path = variational(dynamicsOf(problem, start), u, { ...problem, y0: start.y0 });
      for (let t = 1; t < weights.length; t++) {
        if (weights[t] === 0) continue;
        S += distance(path.values, i, t);
        const s = path.sensitivity.subarray(t * P * Q, (t + 1) * P * Q);
        for (let k = 0; k < P; k++) for (let q = 0; q < Q; q++) gradient[q] += pull[k] * s[k * Q + q];
        addMetric(s, metrics[i][t], weights[t], scratch, metric);
      }
    }
    if (beside !== undefined) {
      const { value, gradient: slope, H } = beside.squares.expand(u);
      S += beside.strength * value;
      for (let q = 0; q < Q; q++) gradient[q] += beside.strength * slope[q];
      for (let q = 0; q < Q * Q; q++) metric[q] += beside.strength * H[q];
    }
    symmetrise(metric, Q);
    return { S, gradient, metric };
  };
  const value = (u: Float64Array): number => {
    let S = penalty?.evaluate(u) ?? 0;
    for (const [i, start] of starts.entries()) {
      const { values } = trajectoryOf(problem, u, start);
      for (let t = 1; t < weights.length; t++) if (weights[t] !== 0) S += distance(values, i, t);
    }
    return beside === undefined ? S : S + beside.strength * beside.squares.value(u);
  };
  const weight = weights.reduce((a, b) => a + b, 0) * starts.length;
  return { label: "tracking", penalty, weight, expand, value };
}
