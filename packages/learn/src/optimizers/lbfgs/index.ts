import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { pace, type Stopped } from "@dbd/numerics/run";
import { gradient as gradientOf } from "../../gradient.ts";
import type { LearnResult } from "../../learnResult.ts";
import { checkProblem, type Problem } from "../../problem.ts";
import type { MinimiserOptions } from "../optimizer.ts";

/** Settings of L-BFGS. */
export interface LbfgsOptions extends MinimiserOptions {
  /** Pairs of steps and gradient changes that are kept; 10 unless given. */
  readonly memory?: number;
  /** Largest change of a coefficient in the first step; 0.1 unless given. */
  readonly firstStep?: number;
}

interface Point {
  readonly u: Float64Array;
  readonly S: number;
  readonly g: Float64Array;
}

interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly curvature: number;
}

/**
 * Limited-memory BFGS on the exact S and its adjoint gradient: O(memory · Q) beside one gradient, so it is the choice
 * with exact moments and thousands of coefficients, where `gaussNewton` would need Q × Q matrices. A step keeps S
 * falling and its slope flattening (weak Wolfe conditions, by bisection: Lewis & Overton 2013,
 * doi:10.1007/s10107-012-0514-2). Liu & Nocedal (1989), Math. Program. 45, 503, doi:10.1007/BF01589116.
 * @param u0 - Coefficients to start from, shape [Q].
 * @throws ArgumentError on wrong shapes; ArgumentError or NumericalError when there is no trajectory at u0.
 */
export async function lbfgs(problem: Problem, u0: Float64Array, options: LbfgsOptions = {}): Promise<LearnResult> {
  const { iterations = 200, tolerance = 1e-9, memory = 10, firstStep = 0.1 } = options;
  if (!Number.isInteger(memory) || memory < 1)
    throw new ArgumentError("lbfgs", `memory must be a positive integer, got ${memory}`);
  checkProblem("lbfgs", problem, u0);
  const proceed = pace(options);
  const pairs: Pair[] = [];
  let at = evaluate(problem, u0.slice());
  const history = [at.S];
  let stopped: Stopped = "budget";
  while (history.length <= iterations) {
    if (!(await proceed({ done: history.length - 1, total: iterations, label: "L-BFGS" }))) {
      stopped = "aborted";
      break;
    }
    const steepest = at.g.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    if (steepest === 0) stopped = "converged";
    if (steepest === 0) break;
    const direction = directionOf(at.g, pairs);
    const first = pairs.length === 0 ? Math.min(1, firstStep / steepest) : 1;
    const next = lineSearch(problem, at, direction, first);
    if (next === undefined) {
      stopped = "converged"; // no descent left above rounding
      break;
    }
    remember(pairs, memory, at, next);
    const gain = at.S - next.S;
    at = next;
    history.push(at.S);
    if (gain <= Math.max(tolerance, 1e-14) * Math.abs(at.S)) {
      stopped = "converged";
      break;
    }
  }
  const done = history.length - 1;
  options.onProgress?.({ done, total: Math.max(done, 1), label: "L-BFGS" });
  return { u: at.u, objective: Float64Array.from(history), iterations: done, stopped };
}

function evaluate(problem: Problem, u: Float64Array): Point {
  const g = new Float64Array(u.length);
  return { u, g, S: gradientOf(problem, u, g) };
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let total = 0;
  for (let q = 0; q < a.length; q++) total += a[q] * b[q];
  return total;
};

/** −H g by the two-loop recursion; H starts from sᵀy/yᵀy of the last pair. */
function directionOf(g: Float64Array, pairs: readonly Pair[]): Float64Array {
  const d = g.map((v) => -v);
  const kept = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y, curvature } = pairs[i];
    kept[i] = dot(s, d) / curvature;
    for (let q = 0; q < d.length; q++) d[q] -= kept[i] * y[q];
  }
  const last = pairs.at(-1);
  const scale = last === undefined ? 1 : last.curvature / dot(last.y, last.y);
  for (let q = 0; q < d.length; q++) d[q] *= scale;
  for (const [i, { s, y, curvature }] of pairs.entries()) {
    const add = kept[i] - dot(y, d) / curvature;
    for (let q = 0; q < d.length; q++) d[q] += add * s[q];
  }
  return d;
}

/** The first step that bisection finds with S(u + αd) ≤ S + 1e-4 α g·d and a slope of at least 0.9 g·d. */
function lineSearch(problem: Problem, at: Point, d: Float64Array, first: number): Point | undefined {
  const slope = dot(at.g, d);
  if (!(slope < 0)) return undefined;
  let low = 0;
  let high = Infinity;
  let best: Point | undefined;
  for (let alpha = first, tries = 0; tries < 40; tries++) {
    const there = tryAt(
      problem,
      at.u.map((v, q) => v + alpha * d[q]),
    );
    if (there === undefined || !(there.S <= at.S + 1e-4 * alpha * slope)) high = alpha;
    else {
      best = there;
      if (dot(there.g, d) >= 0.9 * slope) return there;
      low = alpha;
    }
    alpha = high < Infinity ? (low + high) / 2 : 2 * low;
    if (high - low <= 1e-14 * high) break;
  }
  return best !== undefined && best.S < at.S ? best : undefined;
}

/** Undefined where the model has no trajectory. */
function tryAt(problem: Problem, u: Float64Array): Point | undefined {
  try {
    const point = evaluate(problem, u);
    return Number.isFinite(point.S) && point.g.every(Number.isFinite) ? point : undefined;
  } catch (error) {
    if (error instanceof ArgumentError || error instanceof NumericalError) return undefined;
    throw error;
  }
}

/** Keeps the pair unless rounding spoilt its curvature. */
function remember(pairs: Pair[], memory: number, from: Point, to: Point): void {
  const s = to.u.map((v, q) => v - from.u[q]);
  const y = to.g.map((v, q) => v - from.g[q]);
  const curvature = dot(s, y);
  if (!(curvature > 1e-12 * Math.sqrt(dot(s, s) * dot(y, y)))) return;
  pairs.push({ s, y, curvature });
  if (pairs.length > memory) pairs.shift();
}
