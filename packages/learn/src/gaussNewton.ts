import { cholesky, solveCholesky } from "@dbd/numerics/dense";
import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { pace, type RunControl, type Stopped } from "@dbd/numerics/run";
import { variational } from "@dbd/ode";
import { addMetric, fisherMatrix, symmetrise } from "./fisher.ts";
import type { LearnResult } from "./learn.ts";
import { action } from "./objective.ts";
import { exactPhase, phaseDifference } from "./phases.ts";
import { checkProblem, type Problem } from "./problem.ts";

/** Settings of Gauss–Newton; the defaults serve. */
export interface GaussNewtonOptions extends RunControl {
  /** Most accepted steps; 30 unless given. */
  readonly iterations?: number;
  /** Stop when a step lowers S by less than this fraction; 1e-9 unless given. */
  readonly tolerance?: number;
  /** Longest step in the Fisher norm per unit of weight, √(δᵀHδ / Σw); 1 unless given. */
  readonly trust?: number;
  /** First Levenberg–Marquardt damping, relative to the diagonal; 1e-3 unless given. */
  readonly damping?: number;
}

/** S, its gradient and its Gauss–Newton matrix at u. */
interface Quadratic {
  readonly S: number;
  /** Shape [Q]. */
  readonly gradient: Float64Array;
  /** Σ w sᵀ G s without the penalty, shape [Q, Q]. */
  readonly metric: Float64Array;
}

function expand(problem: Problem, u: Float64Array): Quadratic {
  const [P, Q] = problem.dynamics.shape;
  const { penalty, weights } = problem;
  const asleep = exactPhase(problem.family);
  const fisher = fisherMatrix(problem);
  const gradient = new Float64Array(Q);
  const metric = new Float64Array(Q * Q);
  const G = new Float64Array(P * P);
  const scratch = new Float64Array(Q);
  let S = penalty?.evaluate(u, gradient) ?? 0;
  for (const start of problem.starts) {
    const path = variational(problem.dynamics, u, { ...problem, y0: start.y0 });
    const difference = phaseDifference(problem, start, path, asleep);
    S += difference.action;
    for (let i = 0; i < difference.seeds.length; i++)
      for (let q = 0; q < Q; q++) gradient[q] += difference.seeds[i] * path.sensitivity[i * Q + q];
    for (let t = 1; t < weights.length; t++) {
      if (weights[t] === 0) continue;
      fisher(path.values.subarray(t * P, (t + 1) * P), G);
      addMetric(path.sensitivity.subarray(t * P * Q, (t + 1) * P * Q), G, weights[t], scratch, metric);
    }
  }
  symmetrise(metric, Q);
  return { S, gradient, metric };
}

/** S at u, or ∞ where the model has no trajectory there: such a step is rejected. */
function merit(problem: Problem, u: Float64Array): number {
  try {
    const S = action(problem, u) + (problem.penalty?.evaluate(u) ?? 0);
    return Number.isNaN(S) ? Infinity : S;
  } catch (error) {
    if (error instanceof ArgumentError || error instanceof NumericalError) return Infinity;
    throw error;
  }
}

/** The damped step −(H + μ diag H)⁻¹ g, clipped to the trust radius; undefined when H is not positive definite. */
function dampedStep(
  { gradient, metric }: Quadratic,
  penalty: Problem["penalty"],
  mu: number,
  longest: number,
): Float64Array | undefined {
  const Q = gradient.length;
  const H = metric.slice();
  penalty?.addHessian(H);
  let trace = 0;
  for (let q = 0; q < Q; q++) trace += H[q * Q + q];
  for (let q = 0; q < Q; q++) H[q * Q + q] += mu * H[q * Q + q] + (1e-12 + 1e-6 * mu) * (trace / Q);
  const delta = gradient.map((g) => -g);
  if (!cholesky(H, Q)) return undefined;
  solveCholesky(H, Q, delta);
  let square = 0;
  for (let q = 0; q < Q; q++) for (let r = 0; r < Q; r++) square += delta[q] * metric[q * Q + r] * delta[r];
  const scale = Math.min(1, longest / Math.sqrt(square));
  return delta.map((d) => d * scale);
}

/**
 * Minimises S by Gauss–Newton with Levenberg–Marquardt damping. The Hessian of KL in ν is exactly the covariance, so
 * H = Σ w sᵀ G s with s = ∂y/∂u from the variational equation and G the Fisher matrix in the chart's coordinates
 * (natural-gradient descent of the trajectory). The merit is the true S, a step is kept only if it lowers S, and the
 * damping follows ×5 / ÷5 (Marquardt 1963). The method of choice with exact moments and Q up to some hundreds; cost
 * O(starts · T · P Q² + Q³) an iteration.
 * @param u0 - Coefficients to start from, shape [Q].
 * @throws ArgumentError on wrong shapes; NumericalError when there is no trajectory at u0.
 */
export async function gaussNewton(
  problem: Problem,
  u0: Float64Array,
  options: GaussNewtonOptions = {},
): Promise<LearnResult> {
  checkProblem("gaussNewton", problem, u0);
  const { iterations = 30, tolerance = 1e-9, trust = 1, damping = 1e-3 } = options;
  const total = problem.weights.reduce((a, b) => a + b, 0) * problem.starts.length;
  const proceed = pace(options);
  let u = u0.slice();
  let mu = damping;
  let stopped: Stopped = "budget";
  let at = expand(problem, u);
  const history = [at.S];
  while (history.length <= iterations) {
    if (!(await proceed({ done: history.length - 1, total: iterations, label: "Gauss–Newton" }))) {
      stopped = "aborted";
      break;
    }
    const delta = dampedStep(at, problem.penalty, mu, trust * Math.sqrt(total));
    const next = u.map((v, q) => v + (delta?.[q] ?? 0));
    const S = delta === undefined ? Infinity : merit(problem, next);
    if (!(S < at.S)) {
      mu *= 5;
      if (mu > 1e10) stopped = "converged"; // no descent left above rounding
      if (mu > 1e10) break;
      continue;
    }
    const gain = at.S - S;
    mu = Math.max(mu / 5, 1e-12);
    u = next;
    at = expand(problem, u);
    history.push(at.S);
    if (gain <= Math.max(tolerance, 1e-14) * Math.abs(at.S)) {
      stopped = "converged";
      break;
    }
  }
  const done = history.length - 1;
  options.onProgress?.({ done, total: Math.max(done, 1), label: "Gauss–Newton" });
  return { u, objective: Float64Array.from(history), iterations: done, stopped };
}
