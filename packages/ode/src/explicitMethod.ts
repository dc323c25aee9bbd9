import { ArgumentError } from "@dbd/numerics/errors";
import { errorNorm, worstComponent } from "./errorNorm.ts";
import { notFinite } from "./march.ts";
import type { AdaptiveMethod, Failure, Setup, Stepper } from "./method.ts";
import { oneStep, type Attempt } from "./oneStep.ts";
import { tableauProblems, type Integrator } from "./tableau.ts";

/** A tableau unpacked for the kernel. */
interface Weights {
  readonly stages: number;
  /** Shape [stages, stages]. */
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
  /** b minus the embedded weights. */
  readonly e: Float64Array;
  /** Polynomials b_i(θ), shape [stages, degree]; undefined for the cubic through both end points. */
  readonly dense: Float64Array | undefined;
  /** Whether the last stage is the next step's first. */
  readonly reuses: boolean;
}

function unpack({ a, b, c, embedded, interpolant }: Integrator, embeddedWeights: readonly number[]): Weights {
  const stages = b.length;
  const square = new Float64Array(stages * stages);
  a.forEach((row, i) => square.set(row, i * stages));
  const last = a[stages - 1];
  return {
    stages,
    a: square,
    b: Float64Array.from(b),
    c: Float64Array.from(c),
    e: Float64Array.from(embedded === undefined ? b : b.map((w, i) => w - embeddedWeights[i])),
    dense: interpolant && Float64Array.from(interpolant.rows.flat()),
    reuses: stages > 1 && b[stages - 1] === 0 && last.every((w, i) => w === b[i]),
  };
}

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
  const weights = unpack(integrator, embedded.weights);
  const k = Math.min(order, embedded.order) + 1;
  return {
    name,
    order,
    stiff: false,
    start(setup): Stepper | Failure {
      const { field, t, y, counts } = setup;
      const slope = new Float64Array(y.length).fill(Number.NaN); // what the field forgets to write stays NaN
      field.evaluate(t, y, slope);
      counts.evaluations++;
      const wrong = notFinite(slope);
      if (wrong >= 0) return { time: t, h: 0, component: wrong, value: slope[wrong], y };
      return oneStep(setup, explicitAttempt(weights, setup, slope), slope, order, k);
    },
  };
}

function explicitAttempt(weights: Weights, setup: Setup, first: Float64Array): Attempt {
  const { stages, a, b, c, e, dense, reuses } = weights;
  const { field, rtol, atol, counts } = setup;
  const P = setup.y.length;
  const from = setup.y.slice();
  const next = setup.y.slice();
  const point = new Float64Array(P);
  const error = new Float64Array(P);
  const k = new Float64Array((stages + 1) * P); // one more row for the slope at the end, where no stage has it
  const slopes = Array.from({ length: stages + 1 }, (_, s) => k.subarray(s * P, (s + 1) * P));
  slopes[0].set(first);
  const arrivalSlope = slopes[reuses ? stages - 1 : stages];

  /** target = from + h Σ_j w[offset + j] k_j */
  const combine = (target: Float64Array, h: number, w: Float64Array, offset: number, count: number): void => {
    for (let p = 0; p < P; p++) {
      let sum = 0;
      for (let j = 0; j < count; j++) sum += w[offset + j] * k[j * P + p];
      target[p] = from[p] + h * sum;
    }
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
        combine(target, h, a, s * stages, s);
        field.evaluate(t + c[s] * h, target, slopes[s]);
      }
      counts.evaluations += stages - 1;
      if (!reuses) combine(next, h, b, 0, stages);
      for (let p = 0; p < P; p++) {
        let sum = 0;
        for (let j = 0; j < stages; j++) sum += e[j] * k[j * P + p];
        error[p] = h * sum;
      }
      const norm = errorNorm(error, from, next, rtol, atol);
      if (!(norm <= 1)) return norm;
      if (!reuses) {
        field.evaluate(t + h, next, arrivalSlope);
        counts.evaluations++;
      }
      return notFinite(arrivalSlope) >= 0 || notFinite(next) >= 0 ? Number.NaN : norm;
    },
    interpolate: dense
      ? (theta, h, out) => interpolateRows(dense, stages, theta, h, from, k, out)
      : (theta, h, out) => hermite(theta, h, from, slopes[0], next, arrivalSlope, out),
    fault(t, h) {
      for (let s = 0; s <= (reuses ? stages - 1 : stages); s++) {
        const component = notFinite(slopes[s]);
        if (component < 0) continue;
        const time = t + (s < stages ? c[s] : 1) * h;
        return { time, h, component, value: slopes[s][component], y: from.slice() };
      }
      return { time: t, h, component: worstComponent(error, from, rtol, atol), y: from.slice() };
    },
  };
}

/** out = from + h Σ_i b_i(θ) k_i. */
function interpolateRows(
  rows: Float64Array,
  stages: number,
  theta: number,
  h: number,
  from: Float64Array,
  k: Float64Array,
  out: Float64Array,
): void {
  const P = from.length;
  const degree = rows.length / stages;
  out.set(from);
  for (let s = 0; s < stages; s++) {
    let weight = 0;
    for (let j = degree - 1; j >= 0; j--) weight = (weight + rows[s * degree + j]) * theta;
    weight *= h;
    if (weight !== 0) for (let p = 0; p < P; p++) out[p] += weight * k[s * P + p];
  }
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
