import { cholesky, solveCholesky } from "@dbd/numerics/dense";
import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { addMetric, fisherMatrix } from "./fisher.ts";
import { checkProblem, type Problem } from "./problem.ts";
import { splineDerivative } from "./spline.ts";

/** What F is fitted to. */
export interface MatchOptions {
  /** The data's own paths in chart coordinates, one per start, each [T, P]: `projectPaths(problem)`. */
  readonly paths: readonly Float64Array[];
  /** Variable of the splines: "logTime" for times spread over decades. "time" unless given. */
  readonly measure?: "time" | "logTime";
  /** Coefficients to start from, shape [Q]; zero unless given. The fit is exact in one step when F is linear in u. */
  readonly u0?: Float64Array;
}

/**
 * Derivative matching: the u that minimises Σ_starts Σ_t w_t |F(y(t); u) − ẏ(t)|²_G + penalty, with ẏ from cubic splines
 * through the projected paths and G the Fisher matrix. Linear least squares, no integration; the start for
 * `gaussNewton`, which then corrects what small derivative errors do to trajectories. In log time a residual counts
 * as t·(F − ẏ), the error per e-fold.
 * @returns u, shape [Q].
 * @throws ArgumentError on wrong shapes or fewer than 4 times; NumericalError when the equations are singular (add a penalty).
 */
export function matchDerivatives(problem: Problem, options: MatchOptions): Float64Array {
  const [P, Q] = problem.dynamics.shape;
  const { paths, measure = "time" } = options;
  const u = options.u0?.slice() ?? new Float64Array(Q);
  checkProblem("matchDerivatives", problem, u);
  const size = problem.times.length * P;
  for (const [i, { length }] of paths.entries())
    if (length !== size)
      throw new ArgumentError("matchDerivatives", `paths[${i}] must have length ${size} ([T, P]), got ${length}`);
  const downhill = new Float64Array(Q);
  const H = new Float64Array(Q * Q);
  problem.penalty?.evaluate(u, downhill);
  problem.penalty?.addHessian(H);
  const addPath = normalEquations(problem, u, measure === "logTime", downhill, H);
  for (const path of paths) addPath(path);
  let trace = 0;
  for (let q = 0; q < Q; q++) trace += H[q * Q + q];
  for (let q = 0; q < Q; q++) H[q * Q + q] += 1e-13 * (trace / Q);
  if (!cholesky(H, Q))
    throw new NumericalError("matchDerivatives", "the normal equations are singular", {}, "Add a roughness penalty");
  solveCholesky(H, Q, downhill);
  return u.map((v, q) => v - downhill[q]);
}

/** A kernel that adds the residuals of one path to the gradient [Q] and the matrix [Q, Q] of the least squares. */
function normalEquations(
  problem: Problem,
  u: Float64Array,
  log: boolean,
  gradient: Float64Array,
  H: Float64Array,
): (path: Float64Array) => void {
  const { dynamics, times, weights } = problem;
  const [P, Q] = dynamics.shape;
  const clock = log ? times.map(Math.log) : times;
  const fisher = fisherMatrix(problem);
  const J = new Float64Array(P * Q);
  const G = new Float64Array(P * P);
  const residual = new Float64Array(P);
  const scratch = new Float64Array(Q);
  return (path) => {
    const slope = splineDerivative(clock, path);
    for (let t = 0; t < weights.length; t++) {
      if (weights[t] === 0) continue;
      const y = path.subarray(t * P, (t + 1) * P);
      const scale = log ? times[t] : 1; // dy/dt = (dy/d log t)/t
      const weight = weights[t] * scale * scale;
      dynamics.evaluate(y, u, residual);
      for (let k = 0; k < P; k++) residual[k] -= slope[t * P + k] / scale;
      jacobian(problem, y, u, J);
      fisher(y, G);
      addMetric(J, G, weight, scratch, H);
      for (let k = 0; k < P; k++) {
        let pull = 0;
        for (let l = 0; l < P; l++) pull += weight * G[k * P + l] * residual[l];
        for (let q = 0; q < Q; q++) gradient[q] += pull * J[k * Q + q];
      }
    }
  };
}

/** ∂F/∂u at (y, u), written into J [P, Q]. */
function jacobian({ dynamics }: Problem, y: Float64Array, u: Float64Array, J: Float64Array): void {
  const [P, Q] = dynamics.shape;
  const seed = new Float64Array(P);
  const unused = new Float64Array(P);
  J.fill(0);
  for (let k = 0; k < P; k++) {
    seed.fill(0);
    seed[k] = 1;
    dynamics.vjp(y, u, seed, unused, J.subarray(k * Q, (k + 1) * Q));
  }
}
