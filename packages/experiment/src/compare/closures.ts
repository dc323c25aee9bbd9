import {
  type Closure,
  type ClosureSolution,
  derivativeMatchingClosure,
  logNormalClosure,
  normalClosure,
  poissonClosure,
  solveClosure,
  zeroClosure,
} from "@dbd/cme";
import { pace, type RunControl } from "@dbd/numerics/run";
import type { ClosureInput } from "../schema.ts";
import { type Contest, type Contestant, type Forecast, shortTime, type Truth } from "./contest.ts";

const closures: Readonly<Record<ClosureInput["name"], Closure>> = {
  zero: zeroClosure,
  normal: normalClosure,
  poisson: poissonClosure,
  "log-normal": logNormalClosure,
  "derivative-matching": derivativeMatchingClosure,
};

const ORDERS = [2, 3, 4];
const MOST_STEPS = 20_000;

/** Every closure of orders 2 to 4 that it is defined for, and mean field. */
export const everyClosure: readonly ClosureInput[] = [
  { name: "normal", order: 1 },
  ...Object.entries(closures).flatMap(([name, { orders }]) =>
    ORDERS.filter((order) => orders === undefined || (order >= orders[0] && order <= orders[1])).map((order) => ({
      name: name as ClosureInput["name"],
      order,
    })),
  ),
];

/** A closure as a method of a comparison. */
export function closureContestant(contest: Contest, { name, order }: ClosureInput): Contestant {
  return {
    method: order === 1 ? "mean field" : `${name} closure, order ${order}`,
    kind: "closure",
    weight: 1,
    async run(control) {
      const { signal } = control;
      const proceed = pace(control, 0); // lets Ctrl-C in
      const forecasts: Forecast[] = [];
      for (const [a, truth] of contest.truths.entries()) {
        if (!(await proceed({ done: a, total: contest.truths.length }))) return undefined;
        const forecast = forecastOf(contest, truth, a, { name, order }, signal);
        if (forecast === undefined) return undefined;
        forecasts.push(forecast);
      }
      return { coefficients: 0, forecasts };
    },
  };
}

function forecastOf(
  contest: Contest,
  truth: Truth,
  a: number,
  { name, order }: ClosureInput,
  signal: RunControl["signal"],
): Forecast | undefined {
  const { network, species, times } = contest;
  const solution = solveClosure(network, {
    closure: closures[name],
    order,
    times,
    ...(truth.initial === undefined ? {} : { initial: truth.initial }),
    integration: { maxSteps: MOST_STEPS, ...(signal === undefined ? {} : { signal }) },
  });
  if (solution.verdict === "aborted") return undefined;
  const S = species.length;
  const T = times.length;
  const mean = new Float64Array(T * S).fill(Number.NaN);
  const variance = mean.slice();
  const kl = new Float64Array(T).fill(Number.NaN);
  for (const [s, one] of species.entries()) {
    const m = solution.mean(one);
    const v = order > 1 ? solution.variance(one) : new Float64Array(0);
    for (let t = 0; t < m.length; t++) {
      mean[t * S + s] = m[t];
      if (order > 1) variance[t * S + s] = v[t];
    }
  }
  if (contest.divergence !== undefined)
    for (let t = 0; t < solution.times.length; t++)
      kl[t] = contest.divergence(a, t, rawMoments(solution, species[0], t));
  return { mean, variance, kl, verdict: verdictOf(solution) };
}

/** ⟨n⟩, ⟨n²⟩, … of one species, as far as the closure has them. */
function rawMoments({ species, moments, values }: ClosureSolution, name: string, t: number): number[] {
  const s = species.indexOf(name);
  const raw: number[] = [];
  for (let k = 1; ; k++) {
    const at = moments.findIndex((a) => a.every((power, i) => power === (i === s ? k : 0)));
    if (at < 0) return raw;
    raw.push(values[t * moments.length + at]);
  }
}

function verdictOf({ verdict, ended, negativeVariance }: ClosureSolution): string {
  switch (verdict) {
    case "blow-up":
      return `blow-up at t = ${shortTime(ended ?? Number.NaN)}`;
    case "negative variance":
      return `negative variance from t = ${shortTime(negativeVariance?.time ?? Number.NaN)}`;
    case "budget":
      return `too stiff: given up at t = ${shortTime(ended ?? Number.NaN)}`;
    default:
      return verdict;
  }
}
