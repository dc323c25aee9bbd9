import { divergences } from "@dbd/learn";
import { UnsupportedError } from "@dbd/numerics/errors";
import { pace } from "@dbd/numerics/run";
import { type Dynamics, fieldOf } from "@dbd/ode";
import { analyticField } from "../analytic.ts";
import type { AwakeData } from "../awake.ts";
import { withDataChart } from "../dataChart.ts";
import { mixtureData } from "../mixtures.ts";
import { type Prediction, predict } from "../predict.ts";
import { problemOf } from "../problem.ts";
import type { Setup } from "../setup.ts";
import { train } from "../train.ts";
import { type Contestant, type Forecast, noForecast, timed } from "./contest.ts";
import { march } from "./march.ts";

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
      return { coefficients: 0, forecasts: withFloors(forecasts, data), family: familyName(setup), predictionSeconds };
    },
  };
}

/** K interactions under a base, in a table. */
export const familyName = ({ family }: Pick<Setup, "family">): string =>
  `K = ${family.order}, ${family.base.name} base`;

const withFloors = (forecasts: readonly Forecast[], data: readonly AwakeData[]): Forecast[] =>
  forecasts.map((forecast, a) => ({ ...forecast, floor: data[a].floor }));

/** A path in ν from one start as far as it goes. */
function follow(setup: Setup, dynamics: Dynamics, u: Float64Array, data: AwakeData): Forecast {
  const T = setup.grid.times.length;
  const P = setup.family.order;
  const y0 = data.y0.slice();
  setup.chart.toNu(data.y0, y0);
  const { values, verdict } = march(fieldOf(dynamics, u), { y0, times: setup.grid.times, maxSteps: MOST_STEPS });
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
      const forecasts = withFloors(results, data);
      return { coefficients: u.length, forecasts, family: familyName(setup), predictionSeconds: seconds };
    },
  };
}

function forecastOf({ mean, sd, kl, failure }: Prediction, T: number): Forecast {
  if (failure !== undefined) return noForecast(T, 1, "no trajectory: leaves the family");
  return { mean, variance: sd.map((v) => v * v), kl, verdict: "ok" };
}
