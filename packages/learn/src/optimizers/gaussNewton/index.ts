import { variational } from "@dbd/ode";
import { addFisher, symmetrise } from "../../fisher.ts";
import type { LearnResult } from "../../learnResult.ts";
import { type GaussNewtonOptions, minimiseSquares, type Quadratic } from "../../leastSquares.ts";
import { action } from "../../objective.ts";
import { exactPhase, phaseDifference } from "../../phases.ts";
import { checkProblem, dynamicsOf, type Problem } from "../../problem.ts";

function expand(problem: Problem, u: Float64Array): Quadratic {
  const Q = problem.dynamics.shape[1];
  const asleep = exactPhase(problem.family);
  const gradient = new Float64Array(Q);
  const metric = new Float64Array(Q * Q);
  let S = problem.penalty?.evaluate(u, gradient) ?? 0;
  for (const start of problem.starts) {
    const path = variational(dynamicsOf(problem, start), u, { ...problem, y0: start.y0 });
    const difference = phaseDifference(problem, start, path, asleep);
    S += difference.action;
    for (let i = 0; i < difference.seeds.length; i++)
      for (let q = 0; q < Q; q++) gradient[q] += difference.seeds[i] * path.sensitivity[i * Q + q];
    addFisher(problem, path, metric);
  }
  symmetrise(metric, Q);
  return { S, gradient, metric };
}

/**
 * Minimises S by Gauss–Newton with Levenberg–Marquardt damping. The Hessian of KL in ν is exactly the covariance, so
 * H = Σ w sᵀ G s with s = ∂y/∂u from the variational equation and G the Fisher matrix in the chart's coordinates
 * (docs/theory.md, eq. (7)) (natural-gradient descent of the trajectory). The merit is the true S, a step is kept only
 * if it lowers S, and the damping follows ×5 / ÷5 (Marquardt 1963). The method of choice with exact moments and Q up to
 * some hundreds; cost O(starts · T · P Q² + Q³) an iteration.
 * @param u0 - Coefficients to start from, shape [Q].
 * @throws ArgumentError on wrong shapes; NumericalError when there is no trajectory at u0.
 */
export async function gaussNewton(
  problem: Problem,
  u0: Float64Array,
  options: GaussNewtonOptions = {},
): Promise<LearnResult> {
  checkProblem("gaussNewton", problem, u0);
  return minimiseSquares(
    {
      label: "Gauss–Newton",
      penalty: problem.penalty,
      weight: problem.weights.reduce((a, b) => a + b, 0) * problem.starts.length,
      expand: (u) => expand(problem, u),
      value: (u) => action(problem, u) + (problem.penalty?.evaluate(u) ?? 0),
    },
    u0,
    options,
  );
}
