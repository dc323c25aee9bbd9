import { ArgumentError } from "@dbd/numerics/errors";
import type { Dynamics } from "@dbd/ode";

/** One term of a sum. */
export interface Term {
  readonly dynamics: Dynamics;
  /** When given, the term's coefficients are fixed at these and it adds none of its own. */
  readonly u?: Float64Array;
}

/**
 * F = Σ terms: a known field plus a learned rest, or fields of several reactions (the linearity proposition). The
 * coefficients are those of the terms without fixed `u`, one after the other.
 * @throws ArgumentError when there are no terms, or their P or a fixed u does not fit.
 */
export function sum(terms: readonly Term[]): Dynamics {
  if (terms.length === 0) throw new ArgumentError("sum", "needs at least one term");
  const P = terms[0].dynamics.shape[0];
  const part = new Float64Array(P);
  let Q = 0;
  const parts = terms.map(({ dynamics, u }, i) => {
    const [states, q] = dynamics.shape;
    if (states !== P) throw new ArgumentError("sum", `term ${i} has ${states} states, the first has ${P}`);
    if (u !== undefined && u.length !== q)
      throw new ArgumentError("sum", `the fixed u of term ${i} must have length ${q}, got ${u.length}`);
    const offset = Q;
    if (u === undefined) Q += q;
    const zero = new Float64Array(q); // the direction of fixed coefficients
    const unused = new Float64Array(q); // where their derivatives go
    const pick = (all: Float64Array): Float64Array => all.subarray(offset, offset + q);
    return u === undefined
      ? { dynamics, of: pick, along: pick, into: pick }
      : { dynamics, of: () => u, along: () => zero, into: () => unused };
  });
  return {
    shape: [P, Q],
    evaluate(y, u, out) {
      out.fill(0);
      for (const { dynamics, of } of parts) {
        dynamics.evaluate(y, of(u), part);
        for (let k = 0; k < P; k++) out[k] += part[k];
      }
    },
    jvp(y, u, dy, du, out) {
      out.fill(0);
      for (const { dynamics, of, along } of parts) {
        dynamics.jvp(y, of(u), dy, along(du), part);
        for (let k = 0; k < P; k++) out[k] += part[k];
      }
    },
    vjp(y, u, seed, yBar, uBar) {
      for (const { dynamics, of, into } of parts) dynamics.vjp(y, of(u), seed, yBar, into(uBar));
    },
  };
}
