import { adjoint, variational } from "@dbd/ode";
import { exactPhase, phaseDifference } from "./phases.ts";
import { checkProblem, dynamicsOf, trajectoryOf, type Problem } from "./problem.ts";

/**
 * ∂S/∂u by the discrete adjoint (docs/theory.md, eq. (9) to (11)): the exact gradient of `objective` through chart and
 * integrator, at the cost of about one more solve per start.
 * @param u - Coefficients of F, shape [Q].
 * @param out - Shape [Q]. Overwritten.
 * @returns S(u), the same number as `objective`.
 * @throws ArgumentError, NumericalError as `objective`.
 */
export function gradient(problem: Problem, u: Float64Array, out: Float64Array): number {
  checkProblem("gradient", problem, u);
  const asleep = exactPhase(problem.family);
  out.fill(0);
  let S = problem.penalty?.evaluate(u, out) ?? 0;
  for (const start of problem.starts) {
    const trajectory = trajectoryOf(problem, u, start);
    const { action, seeds } = phaseDifference(problem, start, trajectory, asleep);
    const { uBar } = adjoint(dynamicsOf(problem, start), u, { ...problem, y0: start.y0 }, trajectory, seeds);
    for (let q = 0; q < out.length; q++) out[q] += uBar[q];
    S += action;
  }
  return S;
}

/**
 * ∂S/∂u by the forward variational equation (docs/theory.md, eq. (6); slides, eq. 4): dS/du = Σ_t (∂S/∂y(t)) ·
 * ∂y(t)/∂u. The same number as `gradient` to rounding, at Q times its cost; for checks and figures.
 * @param out - Shape [Q]. Overwritten.
 * @returns S(u).
 */
export function gradientVariational(problem: Problem, u: Float64Array, out: Float64Array): number {
  checkProblem("gradientVariational", problem, u);
  const asleep = exactPhase(problem.family);
  const Q = out.length;
  out.fill(0);
  let S = problem.penalty?.evaluate(u, out) ?? 0;
  for (const start of problem.starts) {
    const path = variational(dynamicsOf(problem, start), u, { ...problem, y0: start.y0 });
    const { action, seeds } = phaseDifference(problem, start, path, asleep);
    for (let i = 0; i < seeds.length; i++) for (let q = 0; q < Q; q++) out[q] += seeds[i] * path.sensitivity[i * Q + q];
    S += action;
  }
  return S;
}
