import { divergences } from "@dbd/learn";
import { ArgumentError, NumericalError, UnsupportedError } from "@dbd/numerics/errors";
import { pace } from "@dbd/numerics/run";
import { type Dynamics, type Field, fieldOf, integrate, rodas4, tsit54 } from "@dbd/ode";
import { analyticField } from "../analytic.ts";
import type { AwakeData } from "../awake.ts";
import { withDataChart } from "../dataChart.ts";
import { mixtureData } from "../mixtures.ts";
import { type Prediction, predict } from "../predict.ts";
import { problemOf } from "../problem.ts";
import type { Setup } from "../setup.ts";
import { train } from "../train.ts";
import { type Contestant, type Forecast, noForecast, shortTime, timed } from "./contest.ts";

const MOST_STEPS = 20_000;

/** The projected field of the model, nothing learned, integrated with error control. */
export function projectedContestant(setup: Setup, data: readonly AwakeData[]): Contestant {
  const field = analyticField(setup);
  if (field === undefined)
    throw new UnsupportedError("the projected field of a species that depends on others", {
      hint: "Take a family of all of them",
    });
  return {
    method: `projected, ${familyName(setup)}`,
    kind: "analytic",
    weight: 3,
    async run(control) {
      const proceed = pace(control, 0); // lets Ctrl-C in
      const forecasts: Forecast[] = [];
      let predictionSeconds = Infinity;
      for (const [a, start] of data.entries()) {
        if (!(await proceed({ done: a, total: data.length }))) return undefined;
        const { results, seconds } = timed(control.clock, [() => follow(setup, field.dynamics, field.u, start)]);
        forecasts.push(...results);
        predictionSeconds = Math.min(predictionSeconds, seconds);
      }
      return { coefficients: 0, forecasts, predictionSeconds };
    },
  };
}

/** K interactions under a base, in a table. */
export const familyName = ({ family }: Pick<Setup, "family">): string =>
  `K = ${family.order}, ${family.base.name} base`;

/** A path in ν from one start as far as it goes. */
function follow(setup: Setup, dynamics: Dynamics, u: Float64Array, data: AwakeData): Forecast {
  const T = setup.grid.times.length;
  const P = setup.family.order;
  const { values, verdict } = marched(setup, dynamics, u, data);
  const reached = values.length / P;
  if (reached === 0) return noForecast(T, 1, verdict);
  const nu = new Float64Array(T * P).fill(Number.NaN);
  nu.set(values);
  const observed = observe(setup, values, data);
  const out = noForecast(T, 1, verdict);
  out.mean.set(observed.mean);
  out.variance.set(observed.variance);
  out.kl.set(observed.kl);
  return out;
}

function observe(
  { family }: Setup,
  nu: Float64Array,
  { moments, negEntropy }: AwakeData,
): Pick<Forecast, "mean" | "variance" | "kl"> {
  const P = family.order;
  const T = nu.length / P;
  const mean = new Float64Array(T);
  const variance = new Float64Array(T);
  const phi = new Float64Array(P);
  for (let t = 0; t < T; t++) {
    const at = nu.subarray(t * P, (t + 1) * P);
    family.asleepMoments(at, null, phi);
    const [m] = phi;
    mean[t] = m;
    variance[t] = family.expectation(at, (n) => (n - m) ** 2);
  }
  const awake = moments.subarray(0, T * P);
  return { mean, variance, kl: divergences(family, nu, { awake, negEntropy: negEntropy.subarray(0, T) }) };
}

/** ν at the times that are reached: explicit steps first, implicit ones where those are too many. */
function marched(
  { grid, chart }: Setup,
  dynamics: Dynamics,
  u: Float64Array,
  data: AwakeData,
): { values: Float64Array; verdict: string } {
  const y0 = data.y0.slice();
  chart.toNu(data.y0, y0);
  const { times } = grid;
  const field = guarded(fieldOf(dynamics, u));
  const run = (until: Float64Array, integrator: typeof tsit54 | typeof rodas4): ReturnType<typeof integrate> =>
    integrate(field, { integrator, y0, times: until, rtol: 1e-7, atol: 1e-10, maxSteps: MOST_STEPS });
  for (const integrator of [tsit54, rodas4]) {
    try {
      const { values, stopped, end } = run(times, integrator);
      if (stopped === "end") return { values, verdict: "ok" };
      if (integrator === rodas4) return { values, verdict: `too stiff: given up at t = ${shortTime(end.time)}` };
    } catch (error) {
      if (!(error instanceof NumericalError || error instanceof ArgumentError)) throw error;
      if (integrator === tsit54) continue;
      const at = error instanceof NumericalError ? error.details.time : undefined;
      const kept = at === undefined ? new Float64Array(0) : times.filter((t) => t < at);
      const values = kept.length < 2 ? y0 : run(kept, integrator).values;
      return { values, verdict: `leaves the family at t = ${shortTime(at ?? times[0])}` };
    }
  }
  return { values: new Float64Array(0), verdict: "no trajectory" };
}

/** The field with NaN where the family has no member: the step control then shortens steps, and says where it ends. */
function guarded(field: Field): Field {
  const guard =
    (f: (t: number, y: Float64Array, out: Float64Array) => void) =>
    (t: number, y: Float64Array, out: Float64Array): void => {
      try {
        f(t, y, out);
      } catch (error) {
        if (!(error instanceof NumericalError || error instanceof ArgumentError)) throw error;
        out.fill(Number.NaN);
      }
    };
  return {
    ...field,
    evaluate: guard((t, y, out) => field.evaluate(t, y, out)),
    jacobian: guard((t, y, out) => field.jacobian?.(t, y, out)),
  };
}

/** A learned model: the document's own, or the document with some keys changed. */
export function learnedContestant(method: string, plain: Setup, found: readonly AwakeData[]): Contestant {
  const { iterations } = plain.experiment.input.optimizer;
  return {
    method,
    kind: "learned",
    weight: 20 + iterations,
    async run(control) {
      const { setup, data } = withDataChart(plain, found);
      const all = [...data, ...mixtureData(setup, data)];
      const problem = problemOf(setup, all);
      const { u, stopped } = await train(setup, problem, all, control);
      if (stopped === "aborted") return undefined;
      const model = { ...problem, u, coordinates: "chart" as const, substeps: problem.substeps ?? 1 };
      const { results, seconds } = timed(
        control.clock,
        data.map((d) => () => forecastOf(predict(setup, model, d), setup.grid.times.length)),
      );
      return { coefficients: u.length, forecasts: results, predictionSeconds: seconds };
    },
  };
}

function forecastOf({ mean, sd, kl, failure }: Prediction, T: number): Forecast {
  if (failure !== undefined) return noForecast(T, 1, "no trajectory: leaves the family");
  return { mean, variance: sd.map((v) => v * v), kl, verdict: "ok" };
}
