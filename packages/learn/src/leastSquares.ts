import { cholesky, solveCholesky } from "@dbd/numerics/dense";
import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { pace, type RunControl, type Stopped } from "@dbd/numerics/run";
import type { LearnResult } from "./learnResult.ts";
import type { Penalty } from "./penalty.ts";

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
export interface Quadratic {
  readonly S: number;
  /** Shape [Q]. */
  readonly gradient: Float64Array;
  /** Σ w sᵀ G s without the penalty, shape [Q, Q]. */
  readonly metric: Float64Array;
}

/** What is minimised. */
export interface SquaresProblem {
  /** For progress reports. */
  readonly label: string;
  expand(u: Float64Array): Quadratic;
  /** S(u) alone; an ArgumentError or NumericalError where u means nothing rejects the step. */
  value(u: Float64Array): number;
  readonly penalty: Penalty | undefined;
  /** Σw over all starts. */
  readonly weight: number;
}

/** S at u, or ∞ where the model has no trajectory there: such a step is rejected. */
function merit(problem: SquaresProblem, u: Float64Array): number {
  try {
    const S = problem.value(u);
    return Number.isNaN(S) ? Infinity : S;
  } catch (error) {
    if (error instanceof ArgumentError || error instanceof NumericalError) return Infinity;
    throw error;
  }
}

/** The damped step −(H + μ diag H)⁻¹ g, clipped to the trust radius; undefined when H is not positive definite. */
function dampedStep(
  { gradient, metric }: Quadratic,
  penalty: Penalty | undefined,
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
 * Gauss–Newton with Levenberg–Marquardt damping on any sum that has such an expansion. The merit is the true S, a step
 * is kept only if it lowers S, and the damping follows ×5 / ÷5 (Marquardt 1963, doi:10.1137/0111030).
 */
export async function minimiseSquares(
  problem: SquaresProblem,
  u0: Float64Array,
  options: GaussNewtonOptions,
): Promise<LearnResult> {
  const { iterations = 30, tolerance = 1e-9, trust = 1, damping = 1e-3 } = options;
  const proceed = pace(options);
  let u = u0.slice();
  let mu = damping;
  let stopped: Stopped = "budget";
  let at = problem.expand(u);
  const history = [at.S];
  while (history.length <= iterations) {
    if (!(await proceed({ done: history.length - 1, total: iterations, label: problem.label }))) {
      stopped = "aborted";
      break;
    }
    const delta = dampedStep(at, problem.penalty, mu, trust * Math.sqrt(problem.weight));
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
    at = problem.expand(u);
    history.push(at.S);
    if (gain <= Math.max(tolerance, 1e-14) * Math.abs(at.S)) {
      stopped = "converged";
      break;
    }
  }
  const done = history.length - 1;
  options.onProgress?.({ done, total: Math.max(done, 1), label: problem.label });
  return { u, objective: Float64Array.from(history), iterations: done, stopped };
}
