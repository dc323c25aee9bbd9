import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import type { Gradient } from "./adjoint.ts";
import type { Dynamics } from "./dynamics.ts";
import { notFinite } from "./vectors.ts";
import { scheme, type InitialValueProblem } from "./problem.ts";

/** A problem with a bound on the states that may be kept. */
export interface CheckpointedProblem extends InitialValueProblem {
  /** States kept at one time, the initial one included, at least 1. Memory is (snapshots + 3 · stages) · P numbers. */
  readonly snapshots: number;
  /**
   * Adds ∂S/∂y(t_i) to `seed`, shape [P]. Called once for each recording time, backwards from the last one.
   * @param y - State at t_i, shape [P]. Read only.
   */
  readonly seedAt: (i: number, y: Float64Array, seed: Float64Array) => void;
}

/** A gradient and the work it took. */
export interface CheckpointedGradient extends Gradient {
  /** Steps made again to get back to a state; the T·substeps steps that each have a tape are not counted. */
  readonly advances: number;
  /** Most states kept at one time. */
  readonly kept: number;
}

/** Steps that can be reversed with s snapshots and r advances of each at most: (s + r)!/(s! r!). */
function reach(s: number, r: number): number {
  if (r < 0) return 0;
  let value = 1;
  for (let i = 1; i <= s; i++) value = (value * (r + i)) / i;
  return Math.round(value);
}

/** Where the next snapshot of `length` steps goes, with `s` snapshots in all, so that the fewest steps are made again. */
export function splitAt(length: number, s: number): number {
  let r = 1;
  while (reach(s, r) < length) r++;
  return Math.max(1, reach(s, r - 2), length - reach(s - 1, r));
}

/** The fewest advances that reverse `length` steps with `s` snapshots: r · length − (s + r)!/((s + 1)! (r − 1)!). */
export function fewestAdvances(length: number, s: number): number {
  if (length <= 1) return 0;
  let r = 1;
  while (reach(s, r) < length) r++;
  return r * length - reach(s + 1, r - 1);
}

/**
 * `adjoint` in bounded memory: the states along the path are not stored but made again from a few snapshots that are
 * placed by the binomial rule, which makes the fewest steps again. The gradient has the same bits as that of `adjoint`.
 * Griewank & Walther (2000), ACM TOMS 26, 19, doi:10.1145/347837.347846.
 * @param u - Coefficients, shape [Q].
 * @throws ArgumentError, NumericalError as `adjoint` and `solve`.
 */
export function adjointCheckpointed(
  dynamics: Dynamics,
  u: Float64Array,
  problem: CheckpointedProblem,
): CheckpointedGradient {
  const s = scheme("adjointCheckpointed", dynamics, u, problem);
  const { where, P, Q, times, substeps, kernel } = s;
  const { snapshots, seedAt } = problem;
  if (!Number.isInteger(snapshots) || snapshots < 1)
    throw new ArgumentError(where, `snapshots must be a positive integer, got ${snapshots}`);
  const uBar = new Float64Array(Q);
  const lambda = new Float64Array(P);
  const seed = new Float64Array(P);
  const tape = kernel.tape();
  const back = kernel.reverse(lambda, uBar);
  const scratch = new Float64Array(P);
  const lengthOf = (n: number): number => {
    const i = Math.floor(n / substeps);
    return (times[i + 1] - times[i]) / substeps;
  };
  let advances = 0;
  let kept = 0;
  const go = (n: number, y: Float64Array): void => {
    kernel.step(lengthOf(n), y, tape);
    const p = notFinite(y);
    if (p >= 0)
      throw new NumericalError(where, `y[${p}] is ${y[p]} after step ${n} of ${lengthOf(n)}`, {}, "Try more substeps");
  };
  const addSeed = (n: number, y: Float64Array): void => {
    if (n % substeps !== 0) return;
    seed.fill(0);
    seedAt(n / substeps, y, seed);
    for (let p = 0; p < P; p++) lambda[p] += seed[p];
  };

  const pool: Float64Array[] = [];
  /** Reverses the steps from `from` to `to`; `y` is the state at `from`, one of the snapshots. */
  const reverse = (from: number, to: number, y: Float64Array, free: number): void => {
    let end = to;
    while (end - from > 1) {
      if (free === 0) {
        scratch.set(y);
        for (let n = from; n < end - 1; n++) go(n, scratch);
        advances += end - 1 - from;
        last(end - 1, scratch);
        end--;
        continue;
      }
      const middle = from + splitAt(end - from, free + 1);
      const state = pool.pop() ?? new Float64Array(P);
      kept = Math.max(kept, snapshots - free + 1);
      state.set(y);
      for (let n = from; n < middle; n++) go(n, state);
      advances += middle - from;
      reverse(middle, end, state, free - 1);
      pool.push(state);
      end = middle;
    }
    scratch.set(y);
    last(from, scratch);
  };
  const N = (times.length - 1) * substeps;
  /** The step from n with its tape, and back over it. */
  const last = (n: number, y: Float64Array): void => {
    go(n, y);
    if (n === N - 1) addSeed(N, y);
    back(lengthOf(n), tape);
    addSeed(n, tape[0]); // the first point of every method is the state itself
  };
  kept = 1;
  if (N === 0) addSeed(0, s.y0);
  else reverse(0, N, s.y0, snapshots - 1);
  return { uBar, y0Bar: lambda, advances, kept };
}
