import { ArgumentError } from "@dbd/numerics/errors";
import type { Dynamics } from "./dynamics.ts";
import type { Sparsity } from "./sparseLu.ts";

/** What `integrate` takes: dy/dt = f(t, y) with P states. Hot paths; they must not keep or change their arguments. */
export interface Field {
  /** Writes f(t, y) into `out`, shape [P]. */
  evaluate(t: number, y: Float64Array, out: Float64Array): void;
  /** Writes ∂f_i/∂y_j into `out`, shape [P, P]. Stiff methods take finite differences when it is missing. */
  jacobian?: ((t: number, y: Float64Array, out: Float64Array) => void) | undefined;
  /** Writes ∂f/∂t into `out`, shape [P]; finite differences when it is missing. */
  timeDerivative?: ((t: number, y: Float64Array, out: Float64Array) => void) | undefined;
  /** Places where the Jacobian may be nonzero; everywhere when it is missing. */
  readonly sparsity?: Sparsity | undefined;
  /** f as a sum, for implicit–explicit methods; `splitField` makes such a field. */
  readonly split?: { readonly explicit: Pick<Field, "evaluate">; readonly implicit: Field } | undefined;
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

/**
 * f = explicit + implicit for `kennedyCarpenter43`: the implicit part holds what is stiff and may be cheap to linearise
 * (diffusion, fast reactions), the explicit part the rest. Other methods see the sum.
 * @param implicit - The stiff part; its own Jacobian and sparsity when it has them.
 */
export function splitField(explicit: Field["evaluate"], implicit: Field | Field["evaluate"]): Field {
  const stiff: Field = typeof implicit === "function" ? { evaluate: implicit } : implicit;
  let slow = new Float64Array(0);
  return {
    size: stiff.size,
    split: { explicit: { evaluate: explicit }, implicit: stiff },
    evaluate(t, y, out) {
      if (slow.length !== y.length) slow = new Float64Array(y.length);
      slow.fill(Number.NaN);
      explicit(t, y, slow);
      stiff.evaluate(t, y, out);
      for (let p = 0; p < y.length; p++) out[p] += slow[p];
    },
  };
}
