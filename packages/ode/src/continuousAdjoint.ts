import { ArgumentError } from "@dbd/numerics/errors";
import type { AdaptiveProblem } from "./adaptiveProblem.ts";
import type { Gradient } from "./adjoint.ts";
import type { Dynamics } from "./dynamics.ts";
import { hermite } from "./explicitMethod.ts";
import { fieldOf } from "./field.ts";
import { integrate } from "./integrate.ts";
import { vectors } from "./vectors.ts";

/** What the continuous adjoint is given. */
export interface ContinuousAdjointProblem extends AdaptiveProblem {
  /**
   * ∂S/∂y(t_i), shape [T, P].
   * @param values - y at the recording times, shape [T, P].
   */
  readonly seedsOf: (values: Float64Array) => Float64Array;
}

/**
 * The gradient by the continuous adjoint equation dλ/dt = −J_yᵀ λ, solved backwards along the cubic through the steps of
 * the forward solution.
 *
 * **Warning: this is not the gradient of the numbers that the integrator returns.** It is the gradient of the exact
 * solution up to an error of the order of the tolerance (and of the cubic, h⁴), so that at rtol = 1e-3 a line search may
 * find that S rises along −gradient, and a Taylor test fails below that level. Take `frozen` with `adjoint`, which is exact,
 * unless the memory of the steps is what matters least and rtol is 1e-8 or tighter.
 * Plessix (2006), Geophys. J. Int. 167, 495, doi:10.1111/j.1365-246X.2006.02978.x.
 * @param u - Coefficients, shape [Q].
 * @throws ArgumentError on wrong shapes or when the forward integration ended early; else as `integrate`.
 */
export function continuousAdjoint(dynamics: Dynamics, u: Float64Array, problem: ContinuousAdjointProblem): Gradient {
  const where = "continuousAdjoint";
  const [P, Q] = dynamics.shape;
  const field = fieldOf(dynamics, u);
  const { seedsOf, ...forward } = problem;
  const path = integrate(field, { ...forward, land: true });
  if (path.stopped !== "end") throw new ArgumentError(where, `the forward integration ended early: ${path.reason}`);
  const { times } = path;
  const seeds = seedsOf(path.values);
  if (seeds.length !== times.length * P)
    throw new ArgumentError(where, `seeds must have length ${times.length * P} ([T, P]), got ${seeds.length}`);
  // The same steps once more, with the state at the end of each.
  const nodes = integrate(field, { ...forward, times: path.steps, land: true }).values;
  const at = along(dynamics, u, path.steps, nodes);
  const y = new Float64Array(P);
  const lambda = new Float64Array(P);
  const yBar = new Float64Array(P);
  const uBar = new Float64Array(Q);
  let state: Float64Array = new Float64Array(P + Q);
  for (let i = times.length - 1; i >= 0; i--) {
    for (let p = 0; p < P; p++) state[p] += seeds[i * P + p];
    if (i === 0) break;
    const back = integrate(
      (t, from, out) => {
        at(t, y);
        lambda.set(from.subarray(0, P));
        yBar.fill(0);
        uBar.fill(0);
        dynamics.vjp(y, u, lambda, yBar, uBar);
        for (let p = 0; p < P; p++) out[p] = -yBar[p];
        for (let q = 0; q < Q; q++) out[P + q] = -uBar[q];
      },
      {
        y0: state,
        times: [times[i], times[i - 1]],
        integrator: forward.integrator,
        rtol: forward.rtol,
        maxSteps: forward.maxSteps,
      },
    );
    if (back.stopped !== "end") throw new ArgumentError(where, `the backward integration ended early: ${back.reason}`);
    state = back.end.y;
  }
  return { uBar: state.slice(P), y0Bar: state.slice(0, P) };
}

/** y(t) by the cubic through the ends of the step that holds t, and their slopes. */
function along(
  dynamics: Dynamics,
  u: Float64Array,
  steps: Float64Array,
  nodes: Float64Array,
): (t: number, out: Float64Array) => void {
  const P = dynamics.shape[0];
  const sign = steps[steps.length - 1] < steps[0] ? -1 : 1;
  const states = Array.from(steps, (_, i) => nodes.slice(i * P, (i + 1) * P));
  const slopes = vectors(steps.length, P);
  states.forEach((y, i) => dynamics.evaluate(y, u, slopes[i]));
  return (t, out) => {
    let low = 0;
    let high = steps.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (sign * (steps[middle] - t) <= 0) low = middle;
      else high = middle;
    }
    const h = steps[high] - steps[low];
    hermite((t - steps[low]) / h, h, states[low], slopes[low], states[high], slopes[high], out);
  };
}
