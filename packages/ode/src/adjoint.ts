import { ArgumentError } from "@dbd/numerics/errors";
import type { Dynamics } from "./dynamics.ts";
import { addScaled, step, vectors } from "./march.ts";
import { scheme, type InitialValueProblem, type Scheme, type Trajectory } from "./problem.ts";

/** Derivatives of a scalar S of the recorded states. */
export interface Gradient {
  /** ∂S/∂u, shape [Q]. */
  readonly uBar: Float64Array;
  /** ∂S/∂y0, shape [P]. */
  readonly y0Bar: Float64Array;
}

/**
 * The discrete adjoint: the exact gradient of S(y(t_0), …, y(t_T−1)) through the Runge–Kutta steps themselves, not
 * the discretised continuous adjoint, so that it agrees with finite differences of `solve` and with `variational`
 * to rounding. Its cost does not grow with Q beyond that of vjp. Stages are recomputed one recording interval at a
 * time from `trajectory`, so that memory is O(substeps · stages · P).
 * Sanz-Serna (2016), SIAM Review 58, 3–33, doi:10.1137/151002769.
 * @param u - Coefficients, shape [Q].
 * @param trajectory - What `solve` returned for the same dynamics, u and problem.
 * @param seeds - ∂S/∂y(t_i), shape [T, P].
 * @throws ArgumentError on wrong shapes, or when the trajectory belongs to another problem.
 */
export function adjoint(
  dynamics: Dynamics,
  u: Float64Array,
  problem: InitialValueProblem,
  trajectory: Trajectory,
  seeds: Float64Array,
): Gradient {
  const s = scheme("adjoint", dynamics, u, problem);
  const { where, P, Q, times, substeps, stages } = s;
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
  const slopes = vectors(stages, P);
  const points = Array.from({ length: substeps }, () => vectors(stages, P));
  const back = reverseStep(s, dynamics, u, lambda, uBar);
  for (let i = times.length - 1; i > 0; i--) {
    const h = (times[i] - times[i - 1]) / substeps;
    y.set(trajectory.values.subarray((i - 1) * P, i * P));
    for (let m = 0; m < substeps; m++) step(s, dynamics, u, h, y, points[m], slopes);
    for (let m = substeps - 1; m >= 0; m--) back(h, points[m]);
    for (let p = 0; p < P; p++) lambda[p] += seeds[(i - 1) * P + p];
  }
  return { uBar, y0Bar: lambda };
}

/** One step backwards: λ(t + h) becomes λ(t), and uBar collects. */
function reverseStep(
  { P, stages, a, b }: Scheme,
  dynamics: Dynamics,
  u: Float64Array,
  lambda: Float64Array,
  uBar: Float64Array,
): (h: number, points: readonly Float64Array[]) => void {
  const pointBars = vectors(stages, P);
  const slopeBar = new Float64Array(P);
  const above = new Float64Array(stages * stages); // column s of a, read as row s
  for (let i = 0; i < stages; i++) for (let j = 0; j < i; j++) above[j * stages + i] = a[i * stages + j];
  return (h, points) => {
    for (let s = stages - 1; s >= 0; s--) {
      for (let p = 0; p < P; p++) slopeBar[p] = h * b[s] * lambda[p];
      addScaled(slopeBar, h, above, s * stages, stages, pointBars); // only stages after s weigh
      pointBars[s].fill(0);
      dynamics.vjp(points[s], u, slopeBar, pointBars[s], uBar);
    }
    for (let s = 0; s < stages; s++) for (let p = 0; p < P; p++) lambda[p] += pointBars[s][p];
  };
}
