import { objective, trajectoryOf } from "@dbd/learn";
import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { drawNormal } from "@dbd/numerics/random/normal";
import { stream } from "@dbd/numerics/random/stream";
import type { LearningProblem } from "./problem.ts";

/** Where a gradient is tested: a problem (perhaps with smaller steps), coefficients and a direction. */
export interface TestPoint {
  readonly problem: LearningProblem;
  /** Shape [Q]. */
  readonly u: Float64Array;
  /** Shape [Q]. */
  readonly direction: Float64Array;
  /** Number of the draw, from 1. */
  readonly draws: number;
  /** Share of the random part in u. */
  readonly share: number;
}

const TRIES = 60;
/** After that many draws a point that has trajectories is taken though its S is not seen to be smooth. */
const MOST = 200;
const REFINEMENTS = [1, 4, 16];
// Short enough that h ≤ 1e-3 moves few stages across a node, where a cubic grid's second derivative jumps.
const REACH = 0.1;
/** Functions without nodes have nothing to cross: far enough that the second order shows where S hardly depends on u. */
const SMOOTH_REACH = 0.3;
const SMALL = 2 ** -9;

export const norm = (v: Float64Array): number => Math.hypot(...v);

const normals = (length: number, seed: string | number, index: number): Float64Array => {
  const random = stream(seed, index);
  return Float64Array.from({ length }, () => drawNormal(random));
};

const scaled = (v: Float64Array, size: number): Float64Array => {
  const factor = size / norm(v);
  return v.map((x) => x * factor);
};

export const moved = (u: Float64Array, h: number, d: Float64Array): Float64Array => u.map((v, q) => v + h * d[q]);

/** Whether every trajectory stays near where F is learned: beyond it the search for ν may be endless work for nothing. */
function staysNear(problem: LearningProblem, u: Float64Array): boolean {
  const P = problem.dynamics.shape[0];
  const { region, grid } = problem;
  const reads = grid?.inputs[0] ?? Array.from({ length: P }, (_, k) => k);
  return problem.starts.every((start) => {
    const { values } = trajectoryOf(problem, u, start);
    return reads.every((k) => {
      const [low, high] = region.subarray(2 * k, 2 * k + 2);
      const margin = (high - low) / 4;
      for (let t = k; t < values.length; t += P)
        if (!(values[t] >= low - margin && values[t] <= high + margin)) return false;
      return true;
    });
  });
}

/** Whether half the step gives the same trajectories: otherwise they are the integrator's, and chaotic in u. */
function isResolved(problem: LearningProblem, u: Float64Array): boolean {
  const finer = { ...problem, substeps: 2 * (problem.substeps ?? 1) };
  return problem.starts.every((start) => {
    const { values } = trajectoryOf(problem, u, start);
    const fine = trajectoryOf(finer, u, start).values;
    return values.every((v, i) => Math.abs(v - fine[i]) <= 1e-2);
  });
}

/** Whether every start has a trajectory, near the grid, that half the step confirms. */
export function hasTrajectories(problem: LearningProblem, u: Float64Array): boolean {
  try {
    if (!staysNear(problem, u)) return false;
    return isResolved(problem, u) && Number.isFinite(objective(problem, u));
  } catch (error) {
    if (error instanceof ArgumentError || error instanceof NumericalError) return false;
    throw error;
  }
}

/**
 * Whether S is twice differentiable for rounding and nodes of F to play no part: second differences
 * S(u + 2h) − 2 S(u + h) + S(u) must fall as h² where slopes are judged, and be rounding errors for tiny h. It asks
 * nothing of the gradient, so that a wrong one is not spared.
 */
function isSmooth(problem: LearningProblem, u: Float64Array, direction: Float64Array): boolean {
  const S = objective(problem, u);
  const second = (h: number): number =>
    objective(problem, moved(u, 2 * h, direction)) - 2 * objective(problem, moved(u, h, direction)) + S;
  const size = Math.max(1e-3, Math.abs(S));
  if (![2 ** -22, 2 ** -25, 2 ** -27].every((h) => Math.abs(second(h)) < 5e-14 * size)) return false;
  const falling = [2 ** -10, 2 ** -11, 2 ** -12].map(second);
  return falling.every((value, k) => k === 0 || Math.abs(falling[k - 1] / value - 4) < 0.1);
}

/**
 * A random u of the learned norm from which every start has a trajectory that the integrator resolves. Random fields are
 * steeper than learned ones, so the steps are made smaller first; when still none serves (most drive ν out of the
 * normalisable region), the learned u is mixed in, more and more.
 * @throws NumericalError when there is none.
 */
export function randomPoint(problem: LearningProblem, learned: Float64Array, seed: string | number): TestPoint {
  const size = norm(learned);
  const direction = scaled(
    normals(learned.length, seed, 1_000_003),
    (problem.grid === undefined ? SMOOTH_REACH : REACH) * size,
  );
  const tries = Math.min(TRIES, 4 * learned.length); // of one coefficient there are only two of the same size
  const noise = Array.from({ length: tries }, (_, i) => scaled(normals(learned.length, seed, i), 1));
  const refined = REFINEMENTS.map((factor) => ({ ...problem, substeps: factor * (problem.substeps ?? 1) }));
  let draws = 0;
  let rough: TestPoint | undefined;
  for (let share = 1; share > 1e-3; share /= 2)
    for (const candidate of refined) {
      for (const part of noise) {
        if (draws === MOST && rough !== undefined) return rough;
        draws++;
        const mixed = part.map((v, q) => share * v + ((1 - share) * learned[q]) / size);
        const u = scaled(mixed, size);
        const good = [0, SMALL].every((h) => hasTrajectories(candidate, moved(u, h, direction)));
        if (!good) continue;
        const point = { problem: candidate, u, direction, draws, share };
        if (isSmooth(candidate, u, direction)) return point;
        rough ??= point;
      }
    }
  if (rough !== undefined) return rough;
  throw new NumericalError(
    "gradient",
    "no random coefficients near the learned ones have trajectories from every start",
  );
}

/** In how many places two paths of cells differ. */
export const crossings = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((count, cell, i) => count + (cell === b[i] ? 0 : 1), Math.abs(a.length - b.length));

/** The cells that the stages of all starts visit, in order; none where the functions have no cells. */
export function cellPath(problem: LearningProblem, u: Float64Array): readonly number[] {
  const { dynamics, grid } = problem;
  if (grid === undefined) return [];
  const cells: number[] = [];
  const x = grid.inputs.map((list) => new Float64Array(list.length));
  const watched: LearningProblem = {
    ...problem,
    dynamics: {
      ...dynamics,
      evaluate(y, coefficients, out) {
        grid.functions.forEach((f, k) => {
          grid.inputs[k].forEach((component, i) => {
            x[k][i] = y[component];
          });
          cells.push(f.cellIndex(x[k]));
        });
        dynamics.evaluate(y, coefficients, out);
      },
    },
  };
  objective(watched, u);
  return cells;
}
