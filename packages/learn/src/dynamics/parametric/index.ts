import { ArgumentError } from "@dbd/numerics/errors";
import type { ParametricFunction } from "@dbd/numerics/functions/function";
import type { Dynamics } from "@dbd/ode";

/** F with one function per output. */
export interface ParametricDynamics<F extends ParametricFunction = ParametricFunction> extends Dynamics {
  /** Output k is functions[k] with the coefficients at offsets[k]. */
  readonly functions: readonly F[];
  readonly offsets: readonly number[];
  /** Which components of y output k reads, in order. */
  readonly inputs: readonly (readonly number[])[];
}

/** Which components of y the functions see; all of them unless given. */
export interface ParametricOptions {
  /** One list for all outputs, e.g. [0], or one per output. */
  readonly inputs?: readonly number[] | readonly (readonly number[])[];
  /**
   * Inputs that are known and constant in a start, such as log rates: components P, P + 1, … of what the functions see.
   * One field per start, all with the same coefficients (`Start.dynamics`), so that F depends on the rates.
   */
  readonly known?: Float64Array;
}

/**
 * The learned field dy_k/dt = f_k(y; u_k): one `ParametricFunction` (hat or Hermite grid, network, …) per output, u the
 * outputs' coefficients one after the other. Use it when nothing is known about F.
 * @throws ArgumentError when a function's number of inputs is not that of the components it reads.
 */
export function parametric<F extends ParametricFunction>(
  functions: readonly F[],
  options: ParametricOptions = {},
): ParametricDynamics<F> {
  const P = functions.length;
  const known = options.known ?? new Float64Array(0);
  const inputs = inputLists(functions, options.inputs, known.length);
  const offsets: number[] = [];
  let Q = 0;
  for (const f of functions) {
    offsets.push(Q);
    Q += f.coefficients;
  }
  const points = inputs.map((list) => new Float64Array(list.length)); // scratch: what each function sees
  const slopes = inputs.map((list) => new Float64Array(list.length));
  const weights = new Float64Array(Q);
  const read = (k: number, y: Float64Array): Float64Array => {
    const x = points[k];
    for (let i = 0; i < x.length; i++) {
      const c = inputs[k][i];
      x[i] = c < P ? y[c] : known[c - P];
    }
    return x;
  };
  return {
    shape: [P, Q],
    functions,
    offsets,
    inputs,
    evaluate(y, u, out) {
      for (let k = 0; k < P; k++) out[k] = functions[k].value(read(k, y), u, offsets[k]);
    },
    jvp(y, u, dy, du, out) {
      for (let k = 0; k < P; k++) {
        const x = read(k, y);
        const f = functions[k];
        f.gradient(x, u, offsets[k], slopes[k]);
        let sum = 0;
        for (let i = 0; i < x.length; i++) if (inputs[k][i] < P) sum += slopes[k][i] * dy[inputs[k][i]];
        const end = offsets[k] + f.coefficients;
        weights.fill(0, offsets[k], end);
        f.addWeights(x, u, offsets[k], 1, weights);
        for (let q = offsets[k]; q < end; q++) sum += weights[q] * du[q];
        out[k] = sum;
      }
    },
    vjp(y, u, seed, yBar, uBar) {
      for (let k = 0; k < P; k++) {
        if (seed[k] === 0) continue;
        const x = read(k, y);
        functions[k].gradient(x, u, offsets[k], slopes[k]);
        for (let i = 0; i < x.length; i++) if (inputs[k][i] < P) yBar[inputs[k][i]] += seed[k] * slopes[k][i];
        functions[k].addWeights(x, u, offsets[k], seed[k], uBar);
      }
    },
  };
}

function inputLists(
  functions: readonly ParametricFunction[],
  wanted: ParametricOptions["inputs"],
  known: number,
): readonly (readonly number[])[] {
  const P = functions.length;
  const M = P + known;
  const all = Array.from({ length: M }, (_, k) => k);
  return functions.map((f, k) => {
    const entry = wanted?.[k];
    const list = wanted === undefined ? all : Array.isArray(entry) ? (entry as readonly number[]) : wanted;
    const components = list as readonly number[];
    if (components.length !== f.inputs || !components.every((c) => Number.isInteger(c) && c >= 0 && c < M))
      throw new ArgumentError(
        "parametric",
        `functions[${k}] has ${f.inputs} inputs and cannot read the components [${components.join(", ")}] of ${M}`,
      );
    return components;
  });
}
