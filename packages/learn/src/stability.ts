import { ArgumentError } from "@dbd/numerics/errors";
import type { Dynamics } from "@dbd/ode";

/** What the linearised field does at one state. */
export interface Stability {
  /** max Re λ of ∂F/∂y in 1/time: neighbouring trajectories part at this rate (positive) or meet (negative). */
  readonly growth: number;
  /** max |λ| in 1/time. An explicit method needs steps of about 2.5/radius (rk4: 2.79 on the real axis). */
  readonly radius: number;
}

/** Squarings: the norm's own factor is then felt as its 2⁻²⁸th power. */
const SQUARINGS = 28;

/**
 * Growth rate and spectral radius of a learned field along a path, by Gelfand's formula on powers of J and of exp J (no
 * eigenvalues are computed). Look at it before an F is trusted outside its data: a small derivative loss does not imply
 * that trajectories stay, and a growth rate that is positive over a long time makes them as uncertain as exp(∫ growth
 * dt).
 * @param states - Shape [T, P].
 * @returns One per state.
 */
export function linearStability(dynamics: Dynamics, u: Float64Array, states: Float64Array): readonly Stability[] {
  const [P, Q] = dynamics.shape;
  if (states.length % P !== 0)
    throw new ArgumentError("linearStability", `states must have length T·${P} ([T, P]), got ${states.length}`);
  const J = new Float64Array(P * P);
  const unit = new Float64Array(P);
  const column = new Float64Array(P);
  const still = new Float64Array(Q);
  return Array.from({ length: states.length / P }, (_, t) => {
    for (let l = 0; l < P; l++) {
      unit.fill(0);
      unit[l] = 1;
      dynamics.jvp(states.subarray(t * P, (t + 1) * P), u, unit, still, column);
      for (let k = 0; k < P; k++) J[k * P + l] = column[k];
    }
    const size = norm(J);
    if (size === 0) return { growth: 0, radius: 0 };
    const scaled = J.map((v) => v / size);
    return { growth: size * logRadius(exponential(scaled, P), P), radius: size * Math.exp(logRadius(scaled, P)) };
  });
}

/**
 * Steps between neighbouring times that keep an explicit method stable along a path: ⌈Δt · radius / reach⌉, at least 1.
 * @param reach - |hλ| that the method allows; 2.5 suits rk4.
 */
export function stableSubsteps(times: ArrayLike<number>, rows: readonly Stability[], reach = 2.5): number {
  let most = 1;
  for (let t = 1; t < times.length; t++)
    most = Math.max(
      most,
      Math.ceil(((times[t] - times[t - 1]) * Math.max(rows[t - 1].radius, rows[t].radius)) / reach),
    );
  return most;
}

const norm = (a: Float64Array): number => Math.sqrt(a.reduce((sum, v) => sum + v * v, 0));

/** log of the spectral radius; −∞ for a nilpotent matrix. */
function logRadius(a: Float64Array, P: number): number {
  let power = a;
  let log = 0; // log of the scale taken out of `power`, per factor of a
  for (let k = 0; k < SQUARINGS; k++) {
    const size = norm(power);
    if (size === 0) return -Infinity;
    log += Math.log(size) / 2 ** k;
    power = product(
      power.map((v) => v / size),
      power.map((v) => v / size),
      P,
    );
  }
  const size = norm(power);
  return size === 0 ? -Infinity : log + Math.log(size) / 2 ** SQUARINGS;
}

/** exp(A) of a matrix of norm 1, by its series to rounding. */
function exponential(a: Float64Array, P: number): Float64Array {
  const sum = new Float64Array(P * P);
  let term = sum.map((_, i) => (i % (P + 1) === 0 ? 1 : 0));
  for (let n = 1; n < 24; n++) {
    for (let i = 0; i < sum.length; i++) sum[i] += term[i];
    term = product(term, a, P).map((v) => v / n);
  }
  return sum;
}

function product(a: Float64Array, b: Float64Array, P: number): Float64Array {
  const out = new Float64Array(P * P);
  for (let i = 0; i < P; i++)
    for (let k = 0; k < P; k++) for (let j = 0; j < P; j++) out[i * P + j] += a[i * P + k] * b[k * P + j];
  return out;
}
