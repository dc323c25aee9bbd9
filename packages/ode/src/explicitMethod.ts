import { ArgumentError } from "@dbd/numerics/errors";
import { begin } from "./begin.ts";
import { combination, combine, type Combination } from "./combination.ts";
import { errorNorm, worstComponent } from "./errorNorm.ts";
import { notFinite, vectors } from "./vectors.ts";
import type { AdaptiveMethod, Failure, Setup, Stepper } from "./method.ts";
import { oneStep, type Attempt } from "./oneStep.ts";
import { isSevenStage, sevenStageAttempt } from "./sevenStage.ts";
import { tableauProblems, type Integrator } from "./tableau.ts";

/** Whether the last stage is the next step's first. */
const reusesLast = ({ a, b }: Integrator): boolean => {
  const last = b.length - 1;
  return last > 0 && b[last] === 0 && a[last].every((w, i) => w === b[i]);
};

/**
 * The method of an explicit tableau with embedded weights, with step size control.
 * @throws ArgumentError when the tableau is wrong or has no embedded weights.
 */
export function explicitMethod(integrator: Integrator): AdaptiveMethod {
  const { name, order, embedded } = integrator;
  const problems = tableauProblems(integrator);
  if (problems.length > 0)
    throw new ArgumentError("integrate", `the tableau of ${name} is wrong: ${problems.join("; ")}`);
  if (embedded === undefined)
    throw new ArgumentError("integrate", `${name} has no embedded weights, so that its error is not known`, {
      hint: "Take tsit54 or dormandPrince54, or use solve with fixed steps",
    });
  const k = embedded.lower === undefined ? Math.min(order, embedded.order) + 1 : order;
  return {
    name,
    order,
    stiff: false,
    start(setup): Stepper | Failure {
      return begin(setup, (slope) => oneStep(setup, attemptOf(integrator, embedded, setup, slope), slope, order, k));
    },
  };
}

/** Beyond this many states the passes of `combine` are as fast: the loops, not the calls, then take the time. */
const mostWrittenOut = 32;

const attemptOf: typeof explicitAttempt = (integrator, embedded, setup, slope) =>
  setup.y.length <= mostWrittenOut && isSevenStage(integrator)
    ? sevenStageAttempt(integrator, setup, slope)
    : explicitAttempt(integrator, embedded, setup, slope);

function explicitAttempt(
  integrator: Integrator,
  { weights, lower }: NonNullable<Integrator["embedded"]>,
  setup: Setup,
  first: Float64Array,
): Attempt {
  const { field, rtol, atol, counts } = setup;
  const { a, b, interpolant } = integrator;
  const P = setup.y.length;
  const stages = b.length;
  const c = Float64Array.from(integrator.c);
  const reuses = reusesLast(integrator);
  const from = setup.y.slice();
  const next = setup.y.slice();
  const point = new Float64Array(P);
  const error = new Float64Array(P);
  const zero = new Float64Array(P);
  const extra = interpolant?.stages ?? [];
  const slopes = vectors(stages + extra.length, P);
  slopes[0].set(first);
  const arrivalSlope = reuses ? slopes[stages - 1] : new Float64Array(P);
  const toStage = a.map((row, s) => combination(row, 0, s, slopes));
  const toNext = combination(b, 0, stages, slopes);
  const difference = (from: readonly number[]): Combination =>
    combination(
      b.map((w, i) => w - from[i]),
      0,
      stages,
      slopes,
    );
  const toError = difference(weights);
  const toLower = lower && difference(lower.weights);
  const within = { weights: new Float64Array(slopes.length), terms: slopes };
  const rows = interpolant?.rows;
  const toExtra = extra.map((row) => combination(row, 0, row.length, slopes));
  const extraTimes = extra.map((row) => row.reduce((sum, v) => sum + v, 0));
  let start = setup.t;
  let extended = false; // whether the extra stages belong to the last step

  const estimate = (h: number): number => {
    let third = 0;
    if (toLower !== undefined) {
      combine(error, zero, h, toLower);
      third = errorNorm(error, from, next, rtol, atol);
    }
    combine(error, zero, h, toError);
    const norm = errorNorm(error, from, next, rtol, atol);
    return third === 0 ? norm : (norm * norm) / Math.hypot(norm, 0.1 * third);
  };

  /** Evaluates the stages that only the dense output needs. */
  const extend = (h: number): void => {
    extended = true;
    toExtra.forEach((sum, i) => {
      combine(point, from, h, sum);
      field.evaluate(start + extraTimes[i] * h, point, slopes[stages + i]);
      counts.evaluations++;
    });
  };

  return {
    next,
    move() {
      from.set(next);
      slopes[0].set(arrivalSlope);
    },
    try(t, h) {
      for (let s = 1; s < stages; s++) {
        const target = reuses && s === stages - 1 ? next : point;
        combine(target, from, h, toStage[s]);
        field.evaluate(t + c[s] * h, target, slopes[s]);
      }
      counts.evaluations += stages - 1;
      if (!reuses) combine(next, from, h, toNext);
      start = t;
      extended = false;
      const norm = estimate(h);
      if (!(norm <= 1)) return norm;
      if (!reuses) {
        field.evaluate(t + h, next, arrivalSlope);
        counts.evaluations++;
      }
      return notFinite(arrivalSlope) >= 0 || notFinite(next) >= 0 ? Number.NaN : norm;
    },
    interpolate(theta, h, out) {
      if (rows === undefined) return hermite(theta, h, from, slopes[0], next, arrivalSlope, out);
      if (!extended) extend(h);
      for (let s = 0; s < rows.length; s++) within.weights[s] = rows[s].reduceRight((sum, v) => (sum + v) * theta, 0);
      combine(out, from, h, within);
    },
    fault(t, h) {
      for (let s = 0; s <= stages; s++) {
        const slope = s < stages ? slopes[s] : arrivalSlope;
        const component = notFinite(slope);
        if (component < 0) continue;
        const time = t + (s < stages ? c[s] : 1) * h;
        return { time, h, component, value: slope[component], y: from.slice() };
      }
      return { time: t, h, component: worstComponent(error, from, rtol, atol), y: from.slice() };
    },
  };
}

/** The cubic with the values and slopes of both end points. Hairer, Nørsett & Wanner I, eq. II.6.7. */
export function hermite(
  theta: number,
  h: number,
  y0: Float64Array,
  f0: Float64Array,
  y1: Float64Array,
  f1: Float64Array,
  out: Float64Array,
): void {
  const left = theta * (theta - 1) * (theta - 1) * h;
  const right = theta * theta * (theta - 1) * h;
  const blend = theta * theta * (3 - 2 * theta);
  for (let p = 0; p < out.length; p++) out[p] = y0[p] + blend * (y1[p] - y0[p]) + left * f0[p] + right * f1[p];
}
