import { divergences, toNuPath } from "@dbd/learn";
import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { type Dynamics, type Integrator, solve } from "@dbd/ode";
import type { AwakeData } from "./awake.ts";
import type { AccuracyRow } from "./result.ts";
import type { Setup } from "./setup.ts";

/** A trajectory of the reduced model against its data. NaN after the time where it ends. */
export interface Prediction {
  /** In the coordinates F acts on, shape [T, P]. */
  readonly y: Float64Array;
  readonly nu: Float64Array;
  /** ⟨φ⟩ of p̃, shape [T, P]. */
  readonly asleep: Float64Array;
  /** Shapes [T]. */
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  readonly kl: Float64Array;
  /** Why there is no (whole) trajectory. */
  readonly failure?: string;
}

/** How a model is run: its field, coefficients and step. */
export interface Model {
  readonly dynamics: Dynamics;
  readonly u: Float64Array;
  /** Whether y is the chart's coordinate or ν itself. */
  readonly coordinates: "chart" | "nu";
  readonly integrator: Integrator;
  readonly substeps: number;
}

const expectedFailure = (error: unknown): error is Error =>
  error instanceof ArgumentError || error instanceof NumericalError;

/** Runs a model from one start over the experiment's times. */
export function predict(setup: Setup, model: Model, data: AwakeData): Prediction {
  const { family, chart, grid } = setup;
  const P = family.order;
  const size = grid.times.length * P;
  const y0 = data.y0.slice();
  if (model.coordinates === "nu") chart.toNu(data.y0, y0);
  try {
    const { values } = solve(model.dynamics, model.u, { ...model, y0, times: grid.times });
    const nu = model.coordinates === "nu" ? values : toNuPath({ chart, family }, values);
    return { y: values, nu, ...observe(setup, nu, data) };
  } catch (error) {
    if (!expectedFailure(error)) throw error;
    const none = (length: number): Float64Array => new Float64Array(length).fill(Number.NaN);
    const T = grid.times.length;
    return {
      y: none(size),
      nu: none(size),
      asleep: none(size),
      mean: none(T),
      sd: none(T),
      kl: none(T),
      failure: error.message,
    };
  }
}

function observe(
  { family }: Setup,
  nu: Float64Array,
  data: AwakeData,
): Pick<Prediction, "asleep" | "mean" | "sd" | "kl"> {
  const P = family.order;
  const T = nu.length / P;
  const asleep = new Float64Array(nu.length);
  const mean = new Float64Array(T);
  const sd = new Float64Array(T);
  for (let t = 0; t < T; t++) {
    const at = nu.subarray(t * P, (t + 1) * P);
    family.asleepMoments(at, null, asleep.subarray(t * P, (t + 1) * P));
    const m = asleep[t * P];
    mean[t] = m;
    sd[t] = Math.sqrt(family.expectation(at, (n) => (n - m) ** 2));
  }
  const kl = divergences(family, nu, { awake: data.moments, negEntropy: data.negEntropy });
  return { asleep, mean, sd, kl };
}

/** The accuracy of one prediction: relative errors, the largest over all times. */
export function accuracyOf(method: AccuracyRow["method"], data: AwakeData, prediction: Prediction): AccuracyRow {
  const T = data.mean.length;
  let meanError = 0;
  let varianceError = 0;
  let excess = data.exact ? -Infinity : 0;
  for (let t = 0; t < T; t++) {
    meanError = largest(meanError, Math.abs(prediction.mean[t] / data.mean[t] - 1));
    varianceError = largest(varianceError, Math.abs((prediction.sd[t] / data.sd[t]) ** 2 - 1));
    const gap = prediction.kl[t] - (data.exact ? data.floor[t] : 0);
    if (data.exact ? !Number.isNaN(data.floor[t]) : true) excess = largest(excess, gap);
  }
  const { label: start, role } = data.request;
  return { method, start, role, meanError, varianceError, kl: prediction.kl[T - 1], floor: data.floor[T - 1], excess };
}

/** Math.max that keeps NaN. */
const largest = (a: number, b: number): number => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b));
