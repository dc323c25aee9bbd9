import { ArgumentError } from "@dbd/numerics/errors";
import type { Dynamics } from "./dynamics.ts";
import { scheme, type InitialValueProblem, type Trajectory } from "./problem.ts";

/** Derivatives of a scalar S of the recorded states. */
export interface Gradient {
  /** ∂S/∂u, shape [Q]. */
  readonly uBar: Float64Array;
  /** ∂S/∂y0, shape [P]. */
  readonly y0Bar: Float64Array;
}

/**
 * The discrete adjoint: the exact gradient of S(y(t_0), …, y(t_T−1)) through the steps of the method themselves, not
 * the discretised continuous adjoint, so that it agrees with finite differences of `solve` and with `variational`
 * to rounding. Its cost does not grow with Q beyond that of vjp. Stages are recomputed one recording interval at a
 * time from `trajectory`, so that memory is O(substeps · stages · P); `adjointCheckpointed` bounds it.
 * Sanz-Serna (2016), SIAM Review 58, 3–33, doi:10.1137/151002769.
 * @param u - Coefficients, shape [Q].
 * @param trajectory - What `solve` returned for the same dynamics, u and problem.
 * @param seeds - ∂S/∂y(t_i), shape [T, P].
 * @throws ArgumentError on wrong shapes, or with a Rosenbrock method and dynamics without `second`, or when the trajectory belongs to another problem.
 */
export function adjoint(
  dynamics: Dynamics,
  u: Float64Array,
  problem: InitialValueProblem,
  trajectory: Trajectory,
  seeds: Float64Array,
): Gradient {
  const s = scheme("adjoint", dynamics, u, problem);
  const { where, P, Q, times, substeps, kernel } = s;
  const size = times.length * P;
  if (seeds.length !== size)
    throw new ArgumentError(where, `seeds must have length ${size} ([T, P]), got ${seeds.length}`);
  if (trajectory.values.length !== size || trajectory.times.some((t, i) => t !== times[i]))
    throw new ArgumentError(where, "the trajectory was not solved at the problem's times");
  if (s.y0.some((v, p) => v !== trajectory.values[p]))
    throw new ArgumentError(where, "the trajectory does not start at the problem's y0");
  const uBar = new Float64Array(Q);
  const lambda = seeds.slice(size - P);
  const y = new Float64Array(P);
  const tapes = Array.from({ length: substeps }, () => kernel.tape());
  const back = kernel.reverse(lambda, uBar);
  for (let i = times.length - 1; i > 0; i--) {
    const h = (times[i] - times[i - 1]) / substeps;
    y.set(trajectory.values.subarray((i - 1) * P, i * P));
    for (let m = 0; m < substeps; m++) kernel.step(h, y, tapes[m]);
    for (let m = substeps - 1; m >= 0; m--) back(h, tapes[m]);
    for (let p = 0; p < P; p++) lambda[p] += seeds[(i - 1) * P + p];
  }
  return { uBar, y0Bar: lambda };
}
