import {
  adam,
  gaussNewton,
  growHorizon,
  lbfgs,
  learn,
  type LearnResult,
  matchDerivatives,
  type MatchOptions,
  sgd,
  trackPaths,
} from "@dbd/learn";
import { NumericalError, SourceError } from "@dbd/numerics/errors";
import type { RunControl } from "@dbd/numerics/run";
import type { AwakeData } from "./awake.ts";
import type { LearningProblem } from "./problem.ts";
import type { Setup } from "./setup.ts";

/** Horizons of `track`: a longer one only when the model can follow. */
const HORIZONS = [0.125, 0.25, 0.5, 0.75, 1];

/** Learns F as the document's optimizer says; `data` are those that the problem was made from. */
export async function train(
  setup: Setup,
  problem: LearningProblem,
  data: readonly AwakeData[],
  control: RunControl,
): Promise<LearnResult> {
  const { experiment } = setup;
  const { optimizer, seed } = experiment.input;
  const { method, iterations, tolerance, rate, draws, horizon } = optimizer;
  if (draws !== undefined && method !== "adam" && method !== "sgd")
    throw new SourceError(
      experiment.place(["optimizer", "draws"]),
      `found draws with ${method}; expected exact asleep moments`,
      {
        hint: "Remove draws, or take method: adam",
      },
    );
  const matching =
    optimizer.start === "matching" || method === "track" ? matchOptions(setup, problem, data) : undefined;
  const u0 = matching === undefined ? problem.u0 : matchDerivatives(problem, { ...matching, iterations: 100 });
  const limits = { ...control, iterations, ...(tolerance === undefined ? {} : { tolerance }) };
  if (method === "track" && matching !== undefined) {
    const fractions = horizon === "growing" ? HORIZONS : [1];
    return trackPaths(problem, u0, { ...limits, paths: trainingPaths(data), matching, fractions });
  }
  if (method === "gauss-newton")
    return horizon === "growing" ? growHorizon(problem, u0, limits) : gaussNewton(problem, u0, limits);
  if (method === "lbfgs") return lbfgs(problem, u0, limits);
  const step = rate === undefined ? {} : { rate };
  return learn(problem, {
    ...limits,
    u0,
    optimizer: method === "adam" ? adam(step) : sgd({ rate: rate ?? 0.05, normalised: true }),
    asleep: draws === undefined ? "exact" : { draws, seed },
  });
}

const trainingPaths = (data: readonly AwakeData[]): Float64Array[] =>
  data.filter(({ request }) => request.role === "training").map(({ path }) => path);

function matchOptions(setup: Setup, problem: LearningProblem, data: readonly AwakeData[]): MatchOptions {
  const paths = trainingPaths(data);
  if (!paths.every((path) => path.every(Number.isFinite)))
    throw new NumericalError(
      "optimizer.start",
      "the data leave the family before the end, so their slopes cannot be matched",
      {},
      "Use start: zero, or end earlier",
    );
  return { paths, tangents: problem.tangents, measure: setup.grid.measure, u0: problem.u0 };
}
