import { ArgumentError } from "@dbd/numerics/errors";
import { variational, solve, type Dynamics } from "@dbd/ode";
import { addMetric, fisherMatrix, symmetrise } from "./fisher.ts";
import type { LearnResult } from "./learnResult.ts";
import { type GaussNewtonOptions, minimiseSquares, type Quadratic, type SquaresProblem } from "./leastSquares.ts";
import type { Penalty } from "./penalty.ts";
import { checkProblem, dynamicsOf, type Problem } from "./problem.ts";

/** Settings of multiple shooting. */
export interface ShootingOptions extends GaussNewtonOptions {
  /** The data's own path of every start, in chart coordinates, each [T, P]. */
  readonly paths: readonly Float64Array[];
  /** Number of segments of every trajectory, of equal numbers of times. */
  readonly segments: number;
  /** Weights of the gaps, one round each; rising ones close them. [1, 10, 100, 1000] unless given. */
  readonly continuity?: readonly number[];
}

/** A learned F, and what is left of the gaps. */
export interface ShootingResult extends LearnResult {
  /** Largest gap between two segments in the Fisher norm, √(dᵀGd), in standard deviations. */
  readonly gap: number;
}

/**
 * Multiple shooting: every trajectory is cut into segments with free initial states, which follow the data,
 * Σ w ½|y − y*|²_G, and are drawn together by ½ c |gap|²_G with rising c. Errors of F grow over one segment only, so it
 * converges where the whole trajectory of a poor F explodes or is caught in a far minimum: for oscillating and
 * separating flows, and instead of `growHorizon`. The last word has `gaussNewton` on the whole trajectory.
 * Bock (1981), doi:10.1007/978-3-642-68220-9_8.
 * @param u0 - Coefficients to start from, shape [Q].
 * @throws ArgumentError on wrong shapes or impossible segments; NumericalError when a segment has no trajectory at u0.
 */
export async function multipleShooting(
  problem: Problem,
  u0: Float64Array,
  options: ShootingOptions,
): Promise<ShootingResult> {
  checkProblem("multipleShooting", problem, u0);
  const { paths, segments, continuity = [1, 10, 100, 1000], ...settings } = options;
  const P = problem.dynamics.shape[0];
  const T = problem.times.length;
  if (!Number.isInteger(segments) || segments < 1 || segments >= T)
    throw new ArgumentError("multipleShooting", `segments must be an integer from 1 to ${T - 1}, got ${segments}`);
  if (continuity.length === 0 || continuity.some((c, i) => !(c > (continuity[i - 1] ?? 0))))
    throw new ArgumentError(
      "multipleShooting",
      `continuity must increase from above 0, got [${continuity.join(", ")}]`,
    );
  if (paths.length !== problem.starts.length || paths.some(({ length }) => length !== T * P))
    throw new ArgumentError("multipleShooting", `needs ${problem.starts.length} paths of length ${T * P} ([T, P])`);
  const borders = Array.from({ length: segments + 1 }, (_, s) => Math.round((s * (T - 1)) / segments));
  const cut = prepare(problem, paths, borders);
  let z = new Float64Array(u0.length + cut.nodes);
  z.set(u0);
  z.set(cut.first, u0.length);
  let iterations = 0;
  let last: LearnResult | undefined;
  for (const weight of continuity) {
    last = await minimiseSquares(cut.squares(weight), z, settings);
    z = last.u.slice();
    iterations += last.iterations;
    if (last.stopped === "aborted") break;
  }
  const { objective = new Float64Array(0), stopped = "budget" } = last ?? {};
  return { u: z.slice(0, u0.length), objective, iterations, stopped, gap: cut.largestGap(z) };
}

interface Cut {
  /** Number of free states, times P. */
  readonly nodes: number;
  /** Their values in the data. */
  readonly first: Float64Array;
  squares(continuity: number): SquaresProblem;
  largestGap(z: Float64Array): number;
}

function prepare(problem: Problem, paths: readonly Float64Array[], borders: readonly number[]): Cut {
  const { times, weights, starts, penalty } = problem;
  const [P, Q] = problem.dynamics.shape;
  const inner = borders.length - 2; // free states per start
  const nodes = starts.length * inner * P;
  const size = Q + nodes;
  const fisher = fisherMatrix(problem);
  const metrics = paths.map((path) =>
    Array.from(times, (_, t) => {
      const G = new Float64Array(P * P);
      fisher(path.subarray(t * P, (t + 1) * P), G);
      return G;
    }),
  );
  const first = new Float64Array(nodes);
  for (const [i, path] of paths.entries())
    for (let s = 0; s < inner; s++)
      first.set(path.subarray(borders[s + 1] * P, (borders[s + 1] + 1) * P), (i * inner + s) * P);
  const initial = new Float64Array(P * (Q + P)); // ∂y/∂(u, y₀) at the beginning of a segment
  for (let k = 0; k < P; k++) initial[k * (Q + P) + Q + k] = 1;
  /** Index in z of the state at the beginning of segment s, or −1 for the start's own. */
  const nodeOf = (i: number, s: number): number => (s === 0 ? -1 : Q + (i * inner + s - 1) * P);
  const stateOf = (z: Float64Array, i: number, s: number): Float64Array =>
    s === 0 ? starts[i].y0 : z.subarray(nodeOf(i, s), nodeOf(i, s) + P);

  /** Visits every residual: y − target at a time, its metric and weight, and where its derivatives go. */
  const each = (
    z: Float64Array,
    continuity: number,
    derivatives: boolean,
    visit: (off: Float64Array, G: Float64Array, weight: number, J: Float64Array) => void,
  ): void => {
    const u = z.subarray(0, Q);
    const J = new Float64Array(P * size);
    const off = new Float64Array(P);
    for (let i = 0; i < starts.length; i++) {
      const dynamics = withState(dynamicsOf(problem, starts[i]), P);
      const extended = new Float64Array(Q + P);
      extended.set(u);
      for (let s = 0; s + 1 < borders.length; s++) {
        const [from, to] = [borders[s], borders[s + 1]];
        const part = { ...problem, times: times.subarray(from, to + 1), y0: stateOf(z, i, s) };
        const path = derivatives
          ? variational(dynamics, extended, { ...part, initial })
          : solve(dynamics, extended, part);
        const sensitivity = derivatives ? (path as ReturnType<typeof variational>).sensitivity : undefined;
        const node = nodeOf(i, s);
        const next = s + 2 < borders.length ? nodeOf(i, s + 1) : -1;
        const load = (t: number): void => {
          J.fill(0);
          if (sensitivity === undefined) return;
          for (let k = 0; k < P; k++) {
            const row = sensitivity.subarray((t * P + k) * (Q + P), (t * P + k + 1) * (Q + P));
            J.set(row.subarray(0, Q), k * size);
            if (node >= 0) J.set(row.subarray(Q), k * size + node);
          }
        };
        for (let t = 1; t <= to - from; t++) {
          const at = from + t;
          if (weights[at] === 0) continue;
          for (let k = 0; k < P; k++) off[k] = path.values[t * P + k] - paths[i][at * P + k];
          load(t);
          visit(off, metrics[i][at], weights[at], J);
        }
        if (next < 0) continue;
        for (let k = 0; k < P; k++) off[k] = path.values[(to - from) * P + k] - z[next + k];
        load(to - from);
        for (let k = 0; k < P; k++) J[k * size + next + k] -= 1;
        visit(off, metrics[i][to], continuity, J);
      }
    }
  };
  const half = (off: Float64Array, G: Float64Array): number => {
    let sum = 0;
    for (let k = 0; k < P; k++) for (let l = 0; l < P; l++) sum += 0.5 * off[k] * G[k * P + l] * off[l];
    return sum;
  };
  const extendedPenalty = penalty === undefined ? undefined : padded(penalty, size);
  return {
    nodes,
    first,
    largestGap(z) {
      let most = 0;
      each(z, Number.NaN, false, (off, G, weight) => {
        if (Number.isNaN(weight)) most = Math.max(most, Math.sqrt(2 * half(off, G)));
      });
      return most;
    },
    squares: (continuity) => ({
      label: "multiple shooting",
      penalty: extendedPenalty,
      weight: weights.reduce((a, b) => a + b, 0) * starts.length,
      value(z) {
        let S = extendedPenalty?.evaluate(z) ?? 0;
        each(z, continuity, false, (off, G, weight) => (S += weight * half(off, G)));
        return S;
      },
      expand(z): Quadratic {
        const gradient = new Float64Array(size);
        const metric = new Float64Array(size * size);
        const scratch = new Float64Array(P * size);
        let S = extendedPenalty?.evaluate(z, gradient) ?? 0;
        each(z, continuity, true, (off, G, weight, J) => {
          S += weight * half(off, G);
          for (let k = 0; k < P; k++) {
            let pull = 0;
            for (let l = 0; l < P; l++) pull += weight * G[k * P + l] * off[l];
            for (let q = 0; q < size; q++) gradient[q] += pull * J[k * size + q];
          }
          addMetric(J, G, weight, scratch, metric);
        });
        symmetrise(metric, size);
        return { S, gradient, metric };
      },
    }),
  };
}

/** The same field with P coefficients more that it does not use: the derivatives by the initial state ride on them. */
function withState(dynamics: Dynamics, P: number): Dynamics {
  const Q = dynamics.shape[1];
  return {
    shape: [P, Q + P],
    evaluate: (y, u, out) => dynamics.evaluate(y, u.subarray(0, Q), out),
    jvp: (y, u, dy, du, out) => dynamics.jvp(y, u.subarray(0, Q), dy, du.subarray(0, Q), out),
    vjp: (y, u, seed, yBar, uBar) => dynamics.vjp(y, u.subarray(0, Q), seed, yBar, uBar.subarray(0, Q)),
  };
}

/** A penalty on the first coefficients of more. */
function padded(penalty: Penalty, size: number): Penalty {
  const Q = penalty.size;
  return {
    size,
    evaluate: (z, gradient) => penalty.evaluate(z.subarray(0, Q), gradient?.subarray(0, Q)),
    addHessian(hessian) {
      const H = new Float64Array(Q * Q);
      penalty.addHessian(H);
      for (let q = 0; q < Q; q++) for (let r = 0; r < Q; r++) hessian[q * size + r] += H[q * Q + r];
    },
  };
}
