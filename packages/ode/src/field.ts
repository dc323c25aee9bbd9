import { ArgumentError } from "@dbd/numerics/errors";
import type { Dynamics } from "./dynamics.ts";

/** What `integrate` takes: dy/dt = f(t, y) with P states. Hot paths; they must not keep or change their arguments. */
export interface Field {
  /** Writes f(t, y) into `out`, shape [P]. */
  evaluate(t: number, y: Float64Array, out: Float64Array): void;
  /** Writes ∂f_i/∂y_j into `out`, shape [P, P]. Stiff methods take finite differences when it is missing. */
  jacobian?: ((t: number, y: Float64Array, out: Float64Array) => void) | undefined;
  /** Writes ∂f/∂t into `out`, shape [P]; finite differences when it is missing. */
  timeDerivative?: ((t: number, y: Float64Array, out: Float64Array) => void) | undefined;
  /** P, when the field knows it: a y0 of another length is refused. */
  readonly size?: number | undefined;
}

/**
 * The field of `dynamics` at fixed coefficients: autonomous, its Jacobian by P calls of jvp.
 * @param u - Coefficients, shape [Q]. Read at every call, not copied.
 * @throws ArgumentError when u has another length.
 */
export function fieldOf(dynamics: Dynamics, u: Float64Array): Field {
  const [P, Q] = dynamics.shape;
  if (u.length !== Q) throw new ArgumentError("fieldOf", `u must have length ${Q} ([Q]), got ${u.length}`);
  const unit = new Float64Array(P);
  const column = new Float64Array(P);
  const noChange = new Float64Array(Q);
  return {
    size: P,
    evaluate: (_t, y, out) => dynamics.evaluate(y, u, out),
    jacobian(_t, y, out) {
      for (let l = 0; l < P; l++) {
        unit[l] = 1;
        dynamics.jvp(y, u, unit, noChange, column);
        unit[l] = 0;
        for (let k = 0; k < P; k++) out[k * P + l] = column[k];
      }
    },
    timeDerivative: (_t, _y, out) => void out.fill(0),
  };
}
