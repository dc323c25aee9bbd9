/**
 * A scalar function f(x; u) of x in Rᵈ with q coefficients u, linear in them or not. Coefficients are read at
 * `u[offset … offset + q)`, so that many functions share one array. Kernels check nothing and allocate nothing.
 * `functionConformance` in functions/conformance.ts is the kit that every implementation must pass.
 */
export interface ParametricFunction {
  /** d */
  readonly inputs: number;
  /** q */
  readonly coefficients: number;
  /** f(x; u). */
  value(x: Float64Array, u: Float64Array, offset: number): number;
  /** out = ∂f/∂x, shape [d]. */
  gradient(x: Float64Array, u: Float64Array, offset: number, out: Float64Array): void;
  /** out[offset + i] += scale · ∂f/∂uᵢ: the vector–Jacobian product in u. */
  addWeights(x: Float64Array, u: Float64Array, offset: number, scale: number, out: Float64Array): void;
}

/** Equally spaced nodes from `start` to `end`, both included; at least two. */
export interface Axis {
  readonly start: number;
  readonly end: number;
  readonly nodes: number;
}

/** The tensor product of axes; the last axis runs fastest. */
export interface Grid {
  readonly axes: readonly Axis[];
}
