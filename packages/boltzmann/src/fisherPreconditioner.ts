import { cholesky, solveCholesky } from "@dbd/numerics/dense";
import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import type { Rbm } from "./families/rbm.ts";
import { addOuter, conditionalStatistics, mirror } from "./families/rbmSums.ts";

/** Turns awake − asleep into the step that learning takes. */
export interface Preconditioner {
  readonly name: string;
  /**
   * Replaces gradient [P] in place. `rows` are visible configurations that sample p̃(ν), shape [rows, V], or undefined where
   * the asleep phase keeps none.
   */
  apply(machine: Rbm, nu: Float64Array, rows: Float64Array | undefined, gradient: Float64Array): void;
}

// Where all units are saturated F vanishes with the gradient, and their ratio is noise.
const FLOOR = 0.01;

/** The Fisher matrix of the visible law estimated from rows that sample it. Writes out [P, P]. */
function sampledFisher(machine: Rbm, nu: Float64Array, rows: Float64Array, out: Float64Array): void {
  const { graph } = machine;
  const V = graph.visible.size;
  const P = nu.length;
  const count = rows.length / V;
  const h = new Float64Array(graph.hidden.size);
  const [phi, mean] = [new Float64Array(P), new Float64Array(P)];
  for (let at = 0; at < rows.length; at += V) {
    conditionalStatistics(graph, nu, rows.subarray(at, at + V), h, phi);
    for (let k = 0; k < P; k++) mean[k] += phi[k] / count;
  }
  out.fill(0);
  for (let at = 0; at < rows.length; at += V) {
    conditionalStatistics(graph, nu, rows.subarray(at, at + V), h, phi);
    addOuter(phi, mean, 1 / count, out);
  }
  mirror(P, out);
}

/**
 * Static Boltzmann learning with the Fisher matrix F: the step is (F + damping · (diag F + mean diag F))⁻¹ (awake − asleep), no entry above 1,
 * the natural gradient (Amari 1998, doi:10.1162/089976698300017746) with Levenberg's damping. F is the covariance of ⟨φ | v⟩
 * under the model: exact with `exactPhase`, from the chains with `persistent` (there damping should grow with P over the
 * number of chains). When to use: machines of up to some hundred coefficients, where plain steps crawl; rates of 0.1 to 1. (In a deep machine F is that of the even layers: still a metric.)
 * Cost: P² per row and P³/6 an iteration.
 * @throws NumericalError when F is singular to rounding in spite of the damping.
 */
export function fisherPreconditioner(damping: number): Preconditioner {
  if (!(damping > 0 && damping < Infinity))
    throw new ArgumentError("fisherPreconditioner", `damping must be positive and finite, got ${damping}`);
  return {
    name: `Fisher, damping ${damping}`,
    apply(machine, nu, rows, gradient) {
      const P = nu.length;
      const F = new Float64Array(P * P);
      if (rows === undefined) machine.fisher(nu, F);
      else sampledFisher(machine, nu, rows, F);
      let trace = 0;
      for (let k = 0; k < P; k++) trace += F[k * P + k];
      for (let k = 0; k < P; k++) F[k * P + k] += damping * (F[k * P + k] + Math.max(trace / P, FLOOR));
      if (!cholesky(F, P))
        throw new NumericalError(
          "fisherPreconditioner",
          "the Fisher matrix is singular",
          { nu: [...nu] },
          "More damping",
        );
      solveCholesky(F, P, gradient);
      const longest = gradient.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      if (longest > 1) for (let k = 0; k < P; k++) gradient[k] /= longest;
    },
  };
}
