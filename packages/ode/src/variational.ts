import { ArgumentError } from "@dbd/numerics/errors";
import type { Dynamics } from "./dynamics.ts";
import { march } from "./march.ts";
import { scheme, type InitialValueProblem, type Trajectory } from "./problem.ts";

/** A problem whose initial state may depend on the coefficients. */
export interface VariationalProblem extends InitialValueProblem {
  /** ∂y0/∂u, shape [P, Q]; zero unless given. */
  readonly initial?: Float64Array | undefined;
}

/** A trajectory with its derivative by the coefficients. */
export interface Sensitivities extends Trajectory {
  /** ∂y/∂u at the recording times, shape [T, P, Q]. */
  readonly sensitivity: Float64Array;
}

/**
 * The forward variational equation ds/dt = J_y s + J_u (slides, eq. 4 with F = Σ u_a f_a), solved as the exact
 * derivative of the discrete scheme: it agrees with `adjoint` to rounding. Use it when every ∂y/∂u is wanted
 * (Gauss–Newton) or Q is small; for one gradient of a scalar use `adjoint`. Cost O(P² Q) a stage.
 * @param u - Coefficients, shape [Q].
 * @throws ArgumentError, NumericalError as `solve`.
 */
export function variational(dynamics: Dynamics, u: Float64Array, problem: VariationalProblem): Sensitivities {
  const s = scheme("variational", dynamics, u, problem);
  const { P, Q, times } = s;
  const values = new Float64Array(times.length * P);
  const sensitivity = new Float64Array(times.length * P * Q);
  const { block, advance } = s.kernel.tangent(Q, true);
  if (problem.initial !== undefined) {
    if (problem.initial.length !== P * Q)
      throw new ArgumentError(s.where, `initial must have length ${P * Q} ([P, Q]), got ${problem.initial.length}`);
    block.set(problem.initial);
  }
  const y = s.y0.slice();
  const record = (i: number): void => {
    values.set(y, i * P);
    sensitivity.set(block, i * P * Q);
  };
  march(s, y, record, advance);
  return { times, values, size: P, sensitivity };
}
