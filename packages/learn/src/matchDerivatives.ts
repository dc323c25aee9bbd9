import { cholesky, solveCholesky } from "@dbd/numerics/dense";
import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import type { Dynamics } from "@dbd/ode";
import { addMetric, fisherMatrix } from "./fisher.ts";
import { checkProblem, type Problem } from "./problem.ts";
import { splineDerivative } from "./spline.ts";

/** What F is fitted to. */
export interface MatchOptions {
  /** The data's own paths in chart coordinates, one per start, each [T, P]. */
  readonly paths: readonly Float64Array[];
  /** dy/dt along the paths, one per start, each [T, P]; slopes of cubic splines through the paths unless given. */
  readonly tangents?: readonly Float64Array[] | undefined;
  /** F of every path where it differs from the problem's, as `Start.dynamics`. */
  readonly dynamics?: readonly Dynamics[] | undefined;
  /** Variable of the splines: "logTime" for times spread over decades. "time" unless given. */
  readonly measure?: "time" | "logTime";
  /** Coefficients to start from, shape [Q]; zero unless given. */
  readonly u0?: Float64Array;
  /** Most Levenberg–Marquardt steps; 200 unless given. Where F is linear in u the first one is the last. */
  readonly iterations?: number;
}

/**
 * Half the weighted sum of squares at u, its gradient [Q] and Gauss–Newton matrix [Q, Q] (lower triangle), penalty
 * included.
 */
interface Squares {
  readonly value: number;
  readonly gradient: Float64Array;
  readonly H: Float64Array;
}

/** What derivative matching minimises. */
export interface DerivativeSquares {
  value(u: Float64Array): number;
  expand(u: Float64Array): Squares;
}

/**
 * Derivative matching: the u that minimises Σ_starts Σ_t w_t ½|F(y(t); u) − ẏ(t)|²_G + penalty, with ẏ exact or from
 * cubic splines through the projected paths and G the Fisher matrix. Least squares by Levenberg–Marquardt, no
 * integration; the start for `gaussNewton`, which then corrects what small derivative errors do to trajectories: always
 * integrate. In log time a residual counts as t·(F − ẏ), the error per e-fold.
 * @returns u, shape [Q].
 * @throws ArgumentError on wrong shapes or, for splines, fewer than 4 times; NumericalError when the equations are
 * singular (add a penalty).
 */
export function matchDerivatives(problem: Problem, options: MatchOptions): Float64Array {
  const { iterations = 200 } = options;
  let u = options.u0?.slice() ?? new Float64Array(problem.dynamics.shape[1]);
  checkProblem("matchDerivatives", problem, u);
  const squares = derivativeSquares(problem, options);
  let at = squares.expand(u);
  let mu = 0;
  for (let i = 0; i < iterations; i++) {
    const delta = stepOf(at, mu);
    const next = u.map((v, q) => v - delta[q]);
    const value = squares.value(next);
    if (!(value < at.value)) {
      if (mu > 1e8) break; // no descent left above rounding
      mu = Math.max(1e-4, mu * 5);
      continue;
    }
    // The model's own gain tells whether F is linear in u: then the minimum is reached.
    let promised = 0;
    for (let q = 0; q < delta.length; q++) promised += 0.5 * delta[q] * at.gradient[q];
    const gain = at.value - value;
    const linear = mu === 0 && Math.abs(gain - promised) <= 1e-6 * promised;
    mu = mu < 1e-10 ? 0 : mu / 5;
    u = next;
    if (linear || gain <= 1e-10 * value) break;
    at = squares.expand(u);
  }
  return u;
}

/** The damped step H⁻¹g. */
function stepOf({ H, gradient }: Squares, mu: number): Float64Array {
  const Q = gradient.length;
  const A = H.slice();
  let trace = 0;
  for (let q = 0; q < Q; q++) trace += A[q * Q + q];
  for (let q = 0; q < Q; q++) A[q * Q + q] += mu * A[q * Q + q] + (1e-13 + 1e-6 * mu) * (trace / Q);
  if (!cholesky(A, Q))
    throw new NumericalError("matchDerivatives", "the normal equations are singular", {}, "Add a penalty");
  const delta = gradient.slice();
  solveCholesky(A, Q, delta);
  return delta;
}

function checkPaths(size: number, { paths, tangents, dynamics }: MatchOptions): void {
  for (const [name, lists] of [
    ["paths", paths],
    ["tangents", tangents ?? []],
  ] as const)
    for (const [i, { length }] of lists.entries())
      if (length !== size)
        throw new ArgumentError("matchDerivatives", `${name}[${i}] must have length ${size} ([T, P]), got ${length}`);
  if (tangents !== undefined && tangents.length !== paths.length)
    throw new ArgumentError("matchDerivatives", `there are ${tangents.length} tangents for ${paths.length} paths`);
  if (dynamics !== undefined && dynamics.length !== paths.length)
    throw new ArgumentError("matchDerivatives", `there are ${dynamics.length} fields for ${paths.length} paths`);
}

/** dy/dt of splines through the paths. */
function slopesOf({ times }: Problem, paths: readonly Float64Array[], measure: "time" | "logTime"): Float64Array[] {
  const clock = measure === "logTime" ? times.map(Math.log) : times;
  return paths.map((path) => {
    const P = path.length / times.length;
    const slope = splineDerivative(clock, path);
    return measure === "time" ? slope : slope.map((v, i) => v / times[Math.floor(i / P)]); // dy/dt = (dy/d log t)/t
  });
}

/**
 * The sum that derivative matching minimises, as a function of u; what does not depend on u is done once.
 * @throws ArgumentError when paths or tangents do not fit.
 */
export function derivativeSquares(problem: Problem, options: MatchOptions): DerivativeSquares {
  const { times, weights, penalty } = problem;
  const [P, Q] = problem.dynamics.shape;
  const { paths, measure = "time" } = options;
  checkPaths(times.length * P, options);
  const tangents = options.tangents ?? slopesOf(problem, paths, measure);
  const fisher = fisherMatrix(problem);
  const metrics = paths.map((path) =>
    Array.from(weights, (w, t) => {
      const G = new Float64Array(P * P);
      if (w !== 0) fisher(path.subarray(t * P, (t + 1) * P), G);
      return G;
    }),
  );
  const J = new Float64Array(P * Q);
  const residual = new Float64Array(P);
  const pull = new Float64Array(P);
  const scratch = new Float64Array(P * Q);
  /** Visits every point: leaves F − ẏ in `residual`, its pull weight·G·residual in `pull`, and adds ½ residual·pull. */
  const each = (
    u: Float64Array,
    visit: (dynamics: Dynamics, y: Float64Array, G: Float64Array, w: number) => void,
  ): number => {
    let value = 0;
    for (const [i, path] of paths.entries()) {
      const dynamics = options.dynamics?.[i] ?? problem.dynamics;
      for (let t = 0; t < weights.length; t++) {
        if (weights[t] === 0) continue;
        const y = path.subarray(t * P, (t + 1) * P);
        const weight = weights[t] * (measure === "logTime" ? times[t] ** 2 : 1);
        const G = metrics[i][t];
        dynamics.evaluate(y, u, residual);
        for (let k = 0; k < P; k++) residual[k] -= tangents[i][t * P + k];
        for (let k = 0; k < P; k++) {
          pull[k] = 0;
          for (let l = 0; l < P; l++) pull[k] += weight * G[k * P + l] * residual[l];
          value += 0.5 * pull[k] * residual[k];
        }
        visit(dynamics, y, G, weight);
      }
    }
    return value;
  };
  return {
    value: (u) => (penalty?.evaluate(u) ?? 0) + each(u, () => undefined),
    expand(u) {
      const gradient = new Float64Array(Q);
      const H = new Float64Array(Q * Q);
      const own = penalty?.evaluate(u, gradient) ?? 0;
      penalty?.addHessian(H);
      const value = each(u, (dynamics, y, G, weight) => {
        jacobian(dynamics, y, u, J);
        addMetric(J, G, weight, scratch, H);
        for (let k = 0; k < P; k++) for (let q = 0; q < Q; q++) gradient[q] += pull[k] * J[k * Q + q];
      });
      return { value: own + value, gradient, H };
    },
  };
}

/** ∂F/∂u at (y, u), written into J [P, Q]. */
function jacobian(dynamics: Dynamics, y: Float64Array, u: Float64Array, J: Float64Array): void {
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
