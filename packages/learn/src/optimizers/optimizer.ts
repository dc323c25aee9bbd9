import type { RunControl } from "@dbd/numerics/run";
import type { LearnResult } from "../learnResult.ts";
import type { Problem } from "../problem.ts";

/** An optimiser that sees gradients only, as plain data: its memory is an array, part of a checkpoint. */
export interface Optimizer {
  /** The method's name in the literature, camelCase. */
  readonly name: string;
  /** "fisher" when `step` needs the metric Σ w sᵀ G s, which costs one variational solve in place of the adjoint. */
  readonly curvature?: "fisher";
  /** Fresh memory for Q coefficients. */
  state(Q: number): Float64Array;
  /**
   * One update in place. Hot path: no checks, no allocation.
   * @param u - Coefficients, shape [Q]. Overwritten.
   * @param gradient - ∂S/∂u, shape [Q].
   * @param state - Memory from `state`. Overwritten.
   * @param iteration - Counts from 0.
   * @param metric - Shape [Q, Q], penalty included; given only when `curvature` asks for it.
   */
  step(u: Float64Array, gradient: Float64Array, state: Float64Array, iteration: number, metric?: Float64Array): void;
}

/** An optimiser that also compares values of S, and so needs them exact. `minimiserConformance` is its kit. */
export type Minimiser = (problem: Problem, u0: Float64Array, options?: MinimiserOptions) => Promise<LearnResult>;

/** What every minimiser takes. */
export interface MinimiserOptions extends RunControl {
  /** Most accepted steps. */
  readonly iterations?: number;
  /** Stop when a step lowers S by less than this fraction. */
  readonly tolerance?: number;
}

/** A learning rate: constant, or a schedule by iteration (from 0). */
export type LearningRate = number | ((iteration: number) => number);

/** The rate at one iteration. */
export const rateAt = (rate: LearningRate, iteration: number): number =>
  typeof rate === "number" ? rate : rate(iteration);

/** A schedule from `first` to `last` over `iterations`, in equal ratios. */
export function decay(first: number, last: number, iterations: number): LearningRate {
  const span = Math.max(iterations - 1, 1);
  return (iteration) => first * (last / first) ** (Math.min(iteration, span) / span);
}
