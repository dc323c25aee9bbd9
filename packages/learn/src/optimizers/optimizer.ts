/** A first-order optimiser as plain data: its memory is an array, part of a checkpoint. */
export interface Optimizer {
  /** The method's name in the literature, camelCase. */
  readonly name: string;
  /** Fresh memory for Q coefficients. */
  state(Q: number): Float64Array;
  /**
   * One update in place. Hot path: no checks, no allocation.
   * @param u - Coefficients, shape [Q]. Overwritten.
   * @param gradient - ∂S/∂u, shape [Q].
   * @param state - Memory from `state`. Overwritten.
   * @param iteration - Counts from 0.
   */
  step(u: Float64Array, gradient: Float64Array, state: Float64Array, iteration: number): void;
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
