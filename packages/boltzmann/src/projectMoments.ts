import { cholesky, solveCholesky } from "@dbd/numerics/dense";
import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import type { BoltzmannFamily, ExactFamily } from "./family.ts";
import type { Projection, ProjectOptions } from "./projection.ts";

const ITERATIONS = 200;

/** Solves C x = gap in units of the standard deviations, with a ridge where C is singular to rounding; gap becomes x. */
function solveScaled(C: Float64Array, P: number, gap: Float64Array): void {
  const scale = Float64Array.from({ length: P }, (_, k) => 1 / Math.sqrt(C[k * P + k] || 1));
  for (let ridge = 0; ridge < 1; ridge = ridge === 0 ? 1e-14 : 10 * ridge) {
    const L = C.map((c, i) => c * scale[Math.floor(i / P)] * scale[i % P]);
    for (let k = 0; k < P; k++) L[k * P + k] += ridge;
    if (!cholesky(L, P)) continue;
    for (let k = 0; k < P; k++) gap[k] *= scale[k];
    solveCholesky(L, P, gap);
    for (let k = 0; k < P; k++) gap[k] *= scale[k];
    return;
  }
}

const edge = (problem: string, nu: Float64Array, iteration: number): NumericalError =>
  new NumericalError(
    "projectMoments",
    problem,
    { nu: [...nu], iteration },
    "No finite ν has these moments when they lie at the edge of what the family can have",
  );

/** At an edge the moments fit ever better while ν runs off with steps that do not shrink. */
function checkSettled(labels: readonly string[], nu: Float64Array, step: Float64Array, iteration: number): void {
  const k = step.findIndex((x, i) => Math.abs(x) > 1e-3 * (1 + Math.abs(nu[i])));
  if (k >= 0) throw edge(`the ν of ${labels[k]} runs off to ${nu[k] < 0 ? "−" : ""}∞`, nu, iteration);
}

/** What a family may offer to a search: where ν has a sum, and where to start. */
interface Searchable {
  normalisable?(nu: Float64Array): string | undefined;
  firstGuess?(moments: Float64Array): Float64Array;
}

/**
 * Static Boltzmann learning with Fisher preconditioning: the member of any exact, visible family with the given ⟨φ⟩, by
 * damped Newton on the convex log Z(ν) + ν·m. From samples, give their averages: the result is the maximum-likelihood ν.
 * (Families of counts have `project`, which also knows their edges.)
 * @throws NumericalError when no finite ν has these moments.
 */
export function projectMoments<State>(
  family: BoltzmannFamily<Float64Array, State> & ExactFamily & Searchable,
  moments: Float64Array,
  options: ProjectOptions = {},
): Projection {
  const P = family.labels.length;
  if (moments.length !== P || !moments.every(Number.isFinite))
    throw new ArgumentError("projectMoments", `moments must be ${P} finite numbers, got (${moments.join(", ")})`);
  const tolerance = options.tolerance ?? 1e-12;
  const nu = options.start?.slice() ?? family.firstGuess?.(moments) ?? new Float64Array(P);
  const logZ = (at: Float64Array): number => (family.normalisable?.(at) === undefined ? family.logZ(at) : Infinity);
  const state = family.state(() => 0.5);
  const [model, step, trial] = [new Float64Array(P), new Float64Array(P), new Float64Array(P)];
  const C = new Float64Array(P * P);
  let residual = Infinity;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    family.covariance(nu, C);
    family.asleepMoments(nu, state, model);
    for (let k = 0; k < P; k++) step[k] = model[k] - moments[k];
    const gap = step.slice();
    solveScaled(C, P, step); // ∂⟨φ⟩/∂ν = −C
    const decrement = gap.reduce((sum, g, k) => sum + g * step[k], 0);
    residual = Math.sqrt(Math.max(decrement, 0));
    const rounding = 8 * Number.EPSILON * Math.sqrt(model.reduce((sum, m, k) => sum + Math.abs(m * step[k]), 0));
    if (residual <= tolerance || residual <= rounding) {
      checkSettled(family.labels, nu, step, iteration);
      return { nu, iterations: iteration, residual };
    }
    const level = family.logZ(nu);
    const size = 1 + Math.abs(level) + nu.reduce((sum, x, k) => sum + Math.abs(x * moments[k]), 0);
    let moved = false;
    for (let fraction = 1; fraction > 1e-12 && !moved; fraction /= 2) {
      for (let k = 0; k < P; k++) trial[k] = nu[k] + fraction * step[k];
      const linear = step.reduce((sum, x, k) => sum + x * moments[k], 0);
      const fall = logZ(trial) - level + fraction * linear;
      moved = fall <= -1e-4 * fraction * decrement + 4e-15 * size;
    }
    if (!moved) break;
    nu.set(trial);
    if (residual < 1e-9 && decrement < 1e-15 * size) {
      checkSettled(family.labels, nu, step, iteration);
      return { nu, iterations: iteration + 1, residual };
    }
  }
  throw edge(`moment matching stopped at residual ${residual.toExponential(2)}`, nu, ITERATIONS);
}
