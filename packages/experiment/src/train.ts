import { adam, gaussNewton, learn, type LearnResult, matchDerivatives, sgd } from "@dbd/learn";
import { NumericalError, SourceError } from "@dbd/numerics/errors";
import type { RunControl } from "@dbd/numerics/run";
import type { AwakeData } from "./awake.ts";
import type { GridProblem } from "./problem.ts";
import type { Setup } from "./setup.ts";

/** Learns F as the document's optimizer says. */
export async function train(
  { experiment, grid }: Setup,
  problem: GridProblem,
  data: readonly AwakeData[],
  control: RunControl,
): Promise<LearnResult> {
  const { optimizer, seed } = experiment.input;
  const { method, iterations, tolerance, rate, draws } = optimizer;
  if (method === "gauss-newton" && draws !== undefined)
    throw new SourceError(
      experiment.place(["optimizer", "draws"]),
      "found draws with gauss-newton; expected exact asleep moments",
      {
        hint: "Remove draws, or take method: adam",
      },
    );
  const u0 =
    optimizer.start === "matching" ? matched(problem, data, grid.measure) : new Float64Array(problem.dynamics.shape[1]);
  const limits = tolerance === undefined ? {} : { tolerance };
  if (method === "gauss-newton") return gaussNewton(problem, u0, { ...control, iterations, ...limits });
  const step = rate === undefined ? {} : { rate };
  return learn(problem, {
    ...control,
    ...limits,
    u0,
    iterations,
    optimizer: method === "adam" ? adam(step) : sgd({ rate: rate ?? 0.05, normalised: true }),
    asleep: draws === undefined ? "exact" : { draws, seed },
  });
}

function matched(problem: GridProblem, data: readonly AwakeData[], measure: "time" | "logTime"): Float64Array {
  const paths = data.filter(({ request }) => request.role === "training").map(({ path }) => path);
  if (!paths.every((path) => path.every(Number.isFinite)))
    throw new NumericalError(
      "optimizer.start",
      "the data leave the family before the end, so their slopes cannot be matched",
      {},
      "Use start: zero, or end earlier",
    );
  return matchDerivatives(problem, { paths, measure });
}
