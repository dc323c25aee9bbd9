import { ArgumentError } from "@dbd/numerics/errors";
import type { Dynamics } from "./dynamics.ts";
import { march } from "./march.ts";
import { scheme, type InitialValueProblem, type Trajectory } from "./problem.ts";

/** A trajectory with its response to a kick. */
export interface Responses extends Trajectory {
  /** R_lk(t; t') = δy_l(t)/δF_k at t', shape [T, P, P]: zero on the near side of t', the identity at t' forwards in time. */
  readonly response: Float64Array;
}

/**
 * The variational term of the slides' eq. 4: how y(t) answers a unit kick of F_k at t', that is, at ν = y(t').
 * F + ε δ(t − t') e_k makes y jump by ε e_k at t', so R is the identity there and obeys dR/dt = J_y R beyond.
 * With decreasing times the side beyond t' is the past and the jump is −e_k.
 * The grid is split at t' when t' is not one of the times.
 * @param u - Coefficients, shape [Q].
 * @param kickTime - t', between the first and the last time.
 * @throws ArgumentError, NumericalError as `solve`.
 */
export function response(
  dynamics: Dynamics,
  u: Float64Array,
  problem: InitialValueProblem,
  kickTime: number,
): Responses {
  const s = scheme("response", dynamics, u, problem);
  const { P, times } = s;
  const last = times[times.length - 1];
  const sign = last < times[0] ? -1 : 1;
  if (!(sign * (kickTime - times[0]) >= 0 && sign * (last - kickTime) >= 0))
    throw new ArgumentError(s.where, `the kick must lie between t = ${times[0]} and t = ${last}, got ${kickTime}`);
  const values = new Float64Array(times.length * P);
  const matrices = new Float64Array(times.length * P * P);
  const y = s.y0.slice();

  // Up to the kick: the plain solution. An entry past `near` is the kick's own time.
  const near = times.filter((t) => sign * (kickTime - t) > 0);
  march({ ...s, times: Float64Array.of(...near, kickTime) }, y, (i) => {
    if (i < near.length) values.set(y, i * P);
  });

  // From the kick on: the state and P tangent vectors.
  const far = times.subarray(near.length);
  const skipped = far[0] === kickTime ? 0 : 1;
  const { block, advance } = s.kernel.tangent(P, false);
  for (let k = 0; k < P; k++) block[k * P + k] = sign;
  const grid = skipped === 0 ? far : Float64Array.of(kickTime, ...far);
  const record = (i: number): void => {
    const row = near.length + i - skipped;
    if (i < skipped) return;
    values.set(y, row * P);
    matrices.set(block, row * P * P);
  };
  march({ ...s, times: grid }, y, record, advance);
  return { times, values, size: P, response: matrices };
}
