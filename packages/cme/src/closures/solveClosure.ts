import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import {
  type AdaptiveProblem,
  dormandPrince54,
  type EventCondition,
  fieldOf,
  integrate,
  type Integration,
} from "@dbd/ode";
import type { InitialDistribution } from "../initial.ts";
import { type Network, speciesIndex } from "../network.ts";
import { checkTimes } from "../times.ts";
import { type ClosureChoice, type ClosureEquations, closureEquations } from "./closureEquations.ts";
import { type Exponents, keyOf, unit } from "./exponents.ts";
import { initialMoments } from "./initialMoments.ts";

/** Which closure, from where, and how accurately. */
export interface ClosureProblem extends ClosureChoice {
  /** Where the process starts; the network's initial amounts when left out. */
  readonly initial?: InitialDistribution | readonly InitialDistribution[];
  /** Ascending, shape [T]. */
  readonly times: ArrayLike<number>;
  /** Time at which `initial` holds, 0 when left out. */
  readonly start?: number;
  /** Method, tolerances, budget and signal of `integrate`; dormandPrince54 with rtol 1e-10 and atol 1e-8 unless given.
   * A variance is known to about rtol · ⟨n²⟩. */
  readonly integration?: Partial<
    Pick<AdaptiveProblem, "integrator" | "rtol" | "atol" | "maxSteps" | "firstStep" | "maxStep" | "signal">
  >;
}

/**
 * What the closure's solution is worth. `negative variance`: no distribution has these moments. `blow-up`: a moment grew
 * beyond 1e25, or the equations have a singularity. `budget`: maxSteps were spent, probably stiff.
 */
export type ClosureVerdict = "ok" | "negative variance" | "blow-up" | "budget" | "aborted";

/** Moments of a closed hierarchy at the times that were reached. */
export interface ClosureSolution {
  /** The worst that happened: an end before the last time counts more than a negative variance. */
  readonly verdict: ClosureVerdict;
  /** The same as a sentence. */
  readonly reason: string;
  /** When the solution ended, if before the last time. */
  readonly ended?: number;
  /** The first time at which a variance fell below 0. */
  readonly negativeVariance?: { readonly species: string; readonly time: number };
  /** The times that were reached. */
  readonly times: Float64Array;
  readonly species: readonly string[];
  /** Shape [P]. */
  readonly moments: readonly Exponents[];
  /** Raw moments, shape [T, P]. */
  readonly values: Float64Array;
  /** Mean copies, shape [T]. */
  mean(species: string): Float64Array;
  /** Variance, shape [T]; for orders of at least 2. */
  variance(species: string): Float64Array;
}

const where = "solveClosure";
/** Raw moments beyond this have blown up, unless they started near it. */
const largest = 1e25;
/** What integration may make of a variance of 0, in units of rtol · (1 + ⟨n²⟩). */
const slack = 10;

/** Places of ⟨n_s⟩ and ⟨n_s²⟩ in the state; no second when the order is 1. */
interface Places {
  readonly mean: number;
  readonly square: number | undefined;
}

function placesOf(moments: readonly Exponents[], size: number): Places[] {
  const at = new Map(moments.map((a, i) => [keyOf(a), i]));
  return Array.from({ length: size }, (_, s) => {
    const one = unit(size, s);
    return { mean: at.get(keyOf(one))!, square: at.get(keyOf(one.map((power) => 2 * power))) };
  });
}

const sizeOf = (y: Float64Array): number => y.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

/** Counts of 10⁶ have moments of order 5 above 1e25 from the start. */
const limitOf = (y0: Float64Array): number => Math.max(largest, 1e10 * sizeOf(y0));

/** Event 0 is the blow-up, event 1 + i the variance of the i-th species that has one. */
function eventsOf(places: readonly Places[], limit: number, rtol: number): EventCondition[] {
  const variances = places.map(({ mean, square }): EventCondition => {
    if (square === undefined) return { value: () => 1 };
    return { value: (_t, y) => y[square] - y[mean] ** 2 + slack * rtol * (1 + Math.abs(y[square])), direction: -1 };
  });
  return [{ value: (_t, y) => sizeOf(y) - limit, direction: 1, terminal: true }, ...variances];
}

interface Run {
  readonly integration: Integration;
  /** How many of the times were reached. */
  readonly reached: number;
  /** Where the equations became singular. */
  readonly singular?: number;
}

/** Integrates up to the last time, or as far as the equations can be followed. */
function march(equations: ClosureEquations, y0: Float64Array, times: Float64Array, options: ClosureProblem): Run {
  const places = placesOf(
    equations.hierarchy.equations.map(({ moment }) => moment),
    equations.hierarchy.species.length,
  );
  const field = fieldOf(equations.dynamics, new Float64Array(0));
  const problem = { integrator: dormandPrince54, rtol: 1e-10, atol: 1e-8, ...options.integration, y0 };
  const events = eventsOf(places, limitOf(y0), problem.rtol ?? 1e-10);
  const run = (until: Float64Array): Integration => integrate(field, { ...problem, times: until, events });
  try {
    const integration = run(times);
    return { integration, reached: integration.times.length };
  } catch (error) {
    const singular = error instanceof NumericalError ? error.details.time : undefined;
    if (singular === undefined) throw error;
    const kept = times.filter((t, i) => i === 0 || t < singular);
    const near = singular - 1e-4 * (singular - times[0]); // the variance may fail after the last time that is kept
    const integration = run(near > kept[kept.length - 1] ? Float64Array.of(...kept, near) : kept);
    return { integration, reached: kept.length, singular };
  }
}

/** How it ended, in the order of weight. */
function judge(
  limit: number,
  { integration, singular }: Run,
  species: readonly string[],
): Pick<ClosureSolution, "verdict" | "reason" | "ended" | "negativeVariance"> {
  const { stopped, end, events } = integration;
  const first = events.find(({ event }) => event > 0);
  const negative = first === undefined ? undefined : { species: species[first.event - 1], time: first.time };
  const also = negative === undefined ? {} : { negativeVariance: negative };
  const lost =
    negative === undefined ? "" : `the variance of ${negative.species} is negative from t = ${negative.time} on`;
  if (singular !== undefined || stopped === "event") {
    const ended = singular ?? end.time;
    const divergence = "the solution is singular: a moment diverges, or the closure divides by 0";
    const what = singular === undefined ? `a moment exceeds ${limit}` : divergence;
    return { verdict: "blow-up", reason: `${what} at t = ${ended}`, ended, ...also };
  }
  if (stopped === "budget" || stopped === "aborted") {
    const reason = [integration.reason, integration.advice].join(". ");
    return { verdict: stopped, reason, ended: end.time, ...also };
  }
  return negative === undefined
    ? { verdict: "ok", reason: integration.reason }
    : { verdict: "negative variance", reason: lost, ...also };
}

/**
 * Means, variances and higher moments of a network by a moment closure, with a verdict. When to use it: many copies, and
 * a quick answer that you check; cost: milliseconds, C(S + order, order) equations. A verdict other than `ok` says that
 * the closure fails there; `ok` does not say that it is right, compare two orders or two closures.
 * Raw moments are integrated, as in the tables of Schnoerr, Sanguinetti & Grima (2015), J. Chem. Phys. 143, 185101,
 * doi:10.1063/1.4934990.
 * @throws {ArgumentError} Before any work, as `closureEquations` and `integrate`.
 */
export function solveClosure(network: Network, problem: ClosureProblem): ClosureSolution {
  const { start = 0 } = problem;
  const wanted = checkTimes(problem.times, start, where);
  const equations = closureEquations(network, problem);
  const { species } = equations.hierarchy;
  const moments = equations.hierarchy.equations.map(({ moment }) => moment);
  const y0 = initialMoments(network, { species, moments }, problem.initial);
  const skipped = wanted[0] === start ? 0 : 1;
  const times = skipped === 0 ? wanted : Float64Array.of(start, ...wanted);
  const run = march(equations, y0, times, problem);
  const reached = times.slice(skipped, run.reached);
  const values = run.integration.values.slice(skipped * moments.length, run.reached * moments.length);
  const places = placesOf(moments, species.length);
  const column = (name: string): Places => {
    const s = species.indexOf(name);
    if (s < 0) speciesIndex({ ...network, species }, name, where);
    return places[s];
  };
  const row = (t: number, at: number): number => values[t * moments.length + at];
  return {
    ...judge(limitOf(y0), run, species),
    times: reached,
    species,
    moments,
    values,
    mean: (name) => {
      const { mean } = column(name);
      return reached.map((_, t) => row(t, mean));
    },
    variance: (name) => {
      const { mean, square } = column(name);
      if (square === undefined) throw new ArgumentError(where, "a closure of order 1 has no variances; take order 2");
      return reached.map((_, t) => row(t, square) - row(t, mean) ** 2);
    },
  };
}
