import { ArgumentError } from "@dbd/numerics/errors";
import type { AdaptiveProblem } from "./adaptiveProblem.ts";
import type { Dynamics } from "./dynamics.ts";
import { fieldOf, type Field } from "./field.ts";
import { integrate, type Integration } from "./integrate.ts";
import type { InitialValueProblem } from "./problem.ts";
import { isRosenbrock } from "./rosenbrock.ts";
import type { Sensitivities } from "./variational.ts";

/** The accepted steps of one adaptive integration as a problem of fixed steps. */
export interface Frozen {
  /** For `solve`, `variational`, `adjoint` and `response`: its times are the ends of the accepted steps. */
  readonly problem: InitialValueProblem;
  /** Row of each asked recording time among `problem.times`, shape [T]. */
  readonly rows: Int32Array;
  /** What the adaptive integration returned. */
  readonly path: Integration;
}

/**
 * Chooses steps by error control once and freezes them. `solve` on `problem` repeats them, and `adjoint` and `variational`
 * give the exact derivatives of that result with the steps held fixed: put the seeds of recording time i into row `rows[i]`
 * of [problem.times, P] and zeros elsewhere. How the steps themselves would move with u is left out on purpose: it is
 * noise of the order of the tolerance ("internal differentiation", Bock 1981).
 * @param u - Coefficients, shape [Q].
 * @throws ArgumentError when the method is neither an explicit tableau nor a Rosenbrock method, or the integration ended early; else as `integrate`.
 */
export function frozen(dynamics: Dynamics, u: Float64Array, problem: AdaptiveProblem): Frozen {
  const { integrator } = problem;
  if ("start" in integrator && !isRosenbrock(integrator))
    throw new ArgumentError(
      "frozen",
      `the steps of ${integrator.name} cannot be frozen: they end in iterations that stop within the tolerance, so that a derivative of the equations they solve is not that of the numbers they return`,
      { hint: "Take tsit54, or rodas4 for stiff problems, or differentiate with sensitivityField" },
    );
  const path = integrate(fieldOf(dynamics, u), { ...problem, land: true });
  if (path.stopped !== "end") throw new ArgumentError("frozen", `the integration ended early: ${path.reason}`);
  const rows = new Int32Array(path.times.length);
  for (let i = 0, row = 0; i < rows.length; i++) {
    while (path.steps[row] !== path.times[i]) row++;
    rows[i] = row;
  }
  return { problem: { y0: problem.y0, times: path.steps, integrator }, rows, path };
}

/** Where to look for the sensitivities, and how accurate. */
export interface SensitivityProblem extends AdaptiveProblem {
  /** ∂y0/∂u, shape [P, Q]; zero unless given. */
  readonly initial?: ArrayLike<number> | undefined;
}

/**
 * y and ∂y/∂u at `times` with both in the error norm (Caracotsios & Stewart 1985, Comput. Chem. Eng. 9, 359), by any
 * method of `integrate`. For the exact derivative of a discrete scheme see `variational`.
 * @param u - Coefficients, shape [Q].
 * @throws ArgumentError on wrong shapes or when the integration ended early; else as `integrate`.
 */
export function sensitivities(dynamics: Dynamics, u: Float64Array, problem: SensitivityProblem): Sensitivities {
  const [P, Q] = dynamics.shape;
  const { initial = new Float64Array(P * Q), y0, atol, ...rest } = problem;
  if (initial.length !== P * Q)
    throw new ArgumentError("sensitivities", `initial must have length ${P * Q} ([P, Q]), got ${initial.length}`);
  if (y0.length !== P) throw new ArgumentError("sensitivities", `y0 must have length ${P} ([P]), got ${y0.length}`);
  const whole = P + P * Q;
  const each = typeof atol === "object" && atol.length === P;
  const floor = each ? Float64Array.from({ length: whole }, (_, i) => atol[i < P ? i : Math.floor((i - P) / Q)]) : atol;
  const start = Float64Array.from([...Array.from(y0), ...Array.from(initial)]);
  const path = integrate(sensitivityField(dynamics, u), { ...rest, y0: start, atol: floor });
  if (path.stopped !== "end") throw new ArgumentError("sensitivities", `the integration ended early: ${path.reason}`);
  const T = path.times.length;
  const values = new Float64Array(T * P);
  const sensitivity = new Float64Array(T * P * Q);
  for (let i = 0; i < T; i++) {
    values.set(path.values.subarray(i * whole, i * whole + P), i * P);
    sensitivity.set(path.values.subarray(i * whole + P, (i + 1) * whole), i * P * Q);
  }
  return { times: path.times, values, size: P, sensitivity };
}

/**
 * The variational equation as a field of its own, for `integrate`: state [y, ∂y/∂u], length P + P Q with the derivative
 * [P, Q] row by row, so that the error of the derivative is controlled like that of y. Works with stiff methods.
 * ds/dt = J_y s + J_u. For the exact derivative of a discrete scheme see `variational`.
 * @param u - Coefficients, shape [Q].
 */
export function sensitivityField(dynamics: Dynamics, u: Float64Array): Field {
  const [P, Q] = dynamics.shape;
  if (u.length !== Q) throw new ArgumentError("sensitivityField", `u must have length ${Q} ([Q]), got ${u.length}`);
  const y = new Float64Array(P);
  const out = new Float64Array(P);
  const dy = new Float64Array(P);
  const du = new Float64Array(Q);
  return {
    size: P + P * Q,
    evaluate(_t, state, slope) {
      for (let p = 0; p < P; p++) y[p] = state[p];
      dynamics.evaluate(y, u, out);
      slope.set(out);
      for (let q = 0; q < Q; q++) {
        for (let p = 0; p < P; p++) dy[p] = state[P + p * Q + q];
        du[q] = 1;
        dynamics.jvp(y, u, dy, du, out);
        du[q] = 0;
        for (let p = 0; p < P; p++) slope[P + p * Q + q] = out[p];
      }
    },
    timeDerivative: (_t, _y, slope) => void slope.fill(0),
  };
}
