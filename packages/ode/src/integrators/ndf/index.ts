import { begin, implicitFailure } from "../../begin.ts";
import { highestOrder, interpolateDifferences, rescaleDifferences } from "../../differences.ts";
import { errorNorm, worstComponent } from "../../errorNorm.ts";
import { initialStep } from "../../initialStep.ts";
import { linearization } from "../../linearization.ts";
import { notFinite, vectors } from "../../vectors.ts";
import type { AdaptiveMethod, Failure, Setup, Stepper } from "../../method.ts";

const kappa = [0, -0.185, -1 / 9, -0.0823, -0.0415, 0]; // Shampine & Reichelt, table 1
const harmonic = [0, 1, 3 / 2, 11 / 6, 25 / 12, 137 / 60]; // γ_k = Σ_{j ≤ k} 1/j
const alpha = kappa.map((v, k) => (1 - v) * harmonic[k]);
const errorConstant = kappa.map((v, k) => v * harmonic[k] + 1 / (k + 1));
const mostIterations = 4;

/**
 * The numerical differentiation formulas of orders 1 to 5 in backward differences, with variable order, quasi-constant
 * step and dense output of the order in use: one evaluation or two a step, and a Jacobian only when the simplified Newton
 * iteration slows down. Take it with `integrate` for larger stiff systems, or when evaluations are dear; at tight
 * tolerances and few states `rodas4` is faster. Stability falls with the order (A(α), α = 52° at order 5).
 * Shampine & Reichelt (1997), SIAM J. Sci. Comput. 18, 1, doi:10.1137/S1064827594276424.
 */
export const ndf: AdaptiveMethod = Object.freeze({
  name: "ndf",
  order: highestOrder,
  stiff: true,
  start: (setup: Setup): Stepper | Failure => begin(setup, (slope) => multistep(setup, slope)),
});

function multistep(setup: Setup, first: Float64Array): Stepper {
  const { field, rtol, atol, maxStep, counts } = setup;
  const P = setup.y.length;
  const system = linearization(setup);
  const enough = Math.max((10 * Number.EPSILON) / rtol, Math.min(0.03, Math.sqrt(rtol))); // of the Newton iteration
  const d = vectors(highestOrder + 3, P); // backward differences ∇⁰ y = y, ∇¹ y, …
  const past = vectors(highestOrder + 3, P); // those of the last step, for dense output
  const y = setup.y.slice();
  const predicted = new Float64Array(P);
  const psi = new Float64Array(P);
  const trial = new Float64Array(P);
  const correction = new Float64Array(P);
  const change = new Float64Array(P);
  const slope = first.slice();
  const scaled = new Float64Array(P);
  let t = setup.t;
  let before = t;
  let h = initialStep(setup, first, 1);
  let order = 1;
  let equalSteps = 0;
  let pastOrder = 1;
  let pastStep = h;
  let factored = false;
  let singular = false;
  d[0].set(y);
  for (let p = 0; p < P; p++) d[1][p] = h * first[p];
  system.update(t, y, first, h);

  const stretch = (factor: number): void => {
    rescaleDifferences(d, order, factor);
    h *= factor;
    equalSteps = 0;
    factored = false;
  };

  const predict = (): void => {
    predicted.set(d[0]);
    psi.fill(0);
    for (let j = 1; j <= order; j++)
      for (let p = 0; p < P; p++) {
        predicted[p] += d[j][p];
        psi[p] += (harmonic[j] / alpha[order]) * d[j][p];
      }
  };

  /** Simplified Newton iteration for the correction; the number of iterations, 0 when it does not converge. */
  const correct = (arrival: number, c: number): number => {
    let last = 0;
    trial.set(predicted);
    correction.fill(0);
    for (let n = 1; n <= mostIterations; n++) {
      field.evaluate(arrival, trial, slope);
      counts.evaluations++;
      if (notFinite(slope) >= 0) return 0;
      // (1/c − J) Δ = f − (ψ + correction)/c
      for (let p = 0; p < P; p++) change[p] = slope[p] - (psi[p] + correction[p]) / c;
      system.solve(change);
      const norm = errorNorm(change, predicted, predicted, rtol, atol);
      const rate = norm / last;
      if (Number.isNaN(norm)) return 0;
      if (n > 1 && (rate >= 1 || (rate ** (mostIterations - n + 1) / (1 - rate)) * norm > enough)) return 0;
      for (let p = 0; p < P; p++) {
        correction[p] += change[p];
        trial[p] = predicted[p] + correction[p];
      }
      if (norm === 0 || (n > 1 && (rate / (1 - rate)) * norm < enough)) return n;
      last = norm;
    }
    return 0;
  };

  /** As `correct`, with a new Jacobian when the old one does not do. */
  const solveStep = (arrival: number): number => {
    const c = h / alpha[order];
    for (let renewed = false; ; renewed = true) {
      if (!factored) {
        singular = !system.factor(1 / c);
        factored = !singular;
      }
      const iterations = singular ? 0 : correct(arrival, c);
      if (iterations > 0 || renewed) return iterations;
      field.evaluate(arrival, predicted, slope);
      counts.evaluations++;
      if (notFinite(slope) >= 0) return 0;
      system.update(arrival, predicted, slope, h);
      factored = false;
    }
  };

  const errorAt = (of: Float64Array, constant: number): number => {
    for (let p = 0; p < P; p++) scaled[p] = constant * of[p];
    return errorNorm(scaled, y, trial, rtol, atol);
  };

  /** Takes the correction into the differences. */
  const accept = (arrival: number): void => {
    const top = d[order + 2];
    for (let p = 0; p < P; p++) top[p] = correction[p] - d[order + 1][p];
    d[order + 1].set(correction);
    for (let j = order; j >= 0; j--) for (let p = 0; p < P; p++) d[j][p] += d[j + 1][p];
    before = t;
    t = arrival;
    pastOrder = order;
    pastStep = h;
    for (let j = 0; j <= order; j++) past[j].set(d[j]);
    counts.accepted++;
    equalSteps++;
  };

  /** Picks the order and the step that promise the longest way, once enough equal steps lie behind. */
  const adapt = (error: number, safety: number): void => {
    if (equalSteps < order + 1) return;
    const factors = [order - 1, order, order + 1].map((k) => {
      if (k < 1 || k > highestOrder) return 0;
      const norm = k === order ? error : errorAt(d[k + 1], errorConstant[k]);
      return norm === 0 ? Infinity : norm ** (-1 / (k + 1));
    });
    const best = Math.max(...factors);
    order += factors.indexOf(best) - 1;
    stretch(Math.min(10, safety * best));
  };

  return {
    y,
    get t() {
      return t;
    },
    get before() {
      return before;
    },
    advance(limit) {
      const least = 16 * Number.EPSILON * Math.abs(t); // after a step to a close recording time
      if (Math.abs(h) < least) stretch((2 * least) / Math.abs(h));
      if (Math.abs(h) > maxStep) stretch(maxStep / Math.abs(h));
      for (;;) {
        const reaches = Math.abs(h) >= Math.abs(limit - t);
        if (reaches) stretch((limit - t) / h);
        const arrival = reaches ? limit : t + h;
        if (arrival === t || (!reaches && 0.1 * Math.abs(h) <= Math.abs(t) * Number.EPSILON)) return fault();
        predict();
        const iterations = solveStep(arrival);
        if (iterations === 0) {
          counts.rejected++;
          stretch(0.5);
          continue;
        }
        const safety = (0.9 * (2 * mostIterations + 1)) / (2 * mostIterations + iterations);
        const error = errorAt(correction, errorConstant[order]);
        if (error <= 1) {
          accept(arrival);
          adapt(error, safety);
          y.set(past[0]);
          return undefined;
        }
        counts.rejected++;
        stretch(Number.isFinite(error) ? Math.max(0.2, safety * error ** (-1 / (order + 1))) : 0.2);
      }
    },
    interpolate(at, out) {
      interpolateDifferences(past, pastOrder, (at - t) / pastStep, out);
    },
  };

  function fault(): Failure {
    const component = notFinite(slope);
    const state = y.slice();
    if (component >= 0) return { time: t + h, h, component, value: slope[component], y: state };
    const worst = worstComponent(correction, y, rtol, atol);
    return implicitFailure({ time: t, h, component: worst, y: state }, singular);
  }
}
