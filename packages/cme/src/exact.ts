import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { compile, type CompiledNetwork } from "./compile.ts";
import { type Amounts, type InitialDistribution, initialLaws, initialMarginal, type Marginal } from "./initial.ts";
import { largestCount, type Network, speciesIndex } from "./network.ts";
import { embed, reachable, type StateSpace } from "./stateSpace.ts";
import { checkTimes } from "./times.ts";
import { type Propagation, propagator } from "./uniformisation.ts";

export interface ExactOptions {
  /** Where the process starts; the network's initial amounts when left out. */
  readonly initial?: InitialDistribution | readonly InitialDistribution[];
  /** Ascending, shape [T]. */
  readonly times: ArrayLike<number>;
  /** Time at which `initial` holds, 0 when left out. */
  readonly start?: number;
  /** First guess of the largest count per species; grown as needed. */
  readonly box?: Amounts;
  /** Largest probability mass that may be missing at the last time, 1e-10 when left out. */
  readonly tolerance?: number;
  /** Most states, 500 000 when left out. */
  readonly maxStates?: number;
  /** Most updates of a state's probability in all, 10¹⁰ when left out: about a minute. */
  readonly maxWork?: number;
}

/** Probabilities of the states inside the final box, N of them. */
export interface ExactSolution {
  readonly times: Float64Array;
  readonly species: readonly string[];
  /** Largest count per species among the states, shape [S]. */
  readonly box: Int32Array;
  /** Copy numbers, shape [N, S]. */
  readonly states: Int32Array;
  /** Lower bounds, shape [T, N]: the true probabilities exceed them by `leak` in sum. */
  readonly probabilities: Float64Array;
  /** Bound of the mass that is missing, shape [T]. */
  readonly leak: Float64Array;
  /** Expectation of a function of the state given that the box was not left, shape [T]. */
  expectation(f: (x: Int32Array) => number): Float64Array;
  /** Mean copies, shape [T]. */
  mean(species: string): Float64Array;
  /** Variance, shape [T]. */
  variance(species: string): Float64Array;
  /** Probabilities of 0, 1, … copies of a species at times[time]. */
  marginal(species: string, time: number): Float64Array;
}

const where = "solveExact";
/** When no more states than these can be reached at all, they are all taken and no box is needed. */
const smallClosed = 5000;

interface Settings {
  readonly net: CompiledNetwork;
  readonly times: Float64Array;
  readonly start: number;
  readonly tolerance: number;
  readonly maxStates: number;
  readonly maxWork: number;
}

/** Product of the species' marginals: states [n, S] with their probabilities. */
function product(marginals: readonly Marginal[]): { states: number[]; p: number[] } {
  let rows: { x: number[]; p: number }[] = [{ x: [], p: 1 }];
  for (const { first, probabilities } of marginals) {
    rows = rows.flatMap(({ x, p }) =>
      [...probabilities].flatMap((q, i) => (q === 0 ? [] : [{ x: [...x, first + i], p: p * q }])),
    );
  }
  return { states: rows.flatMap(({ x }) => x), p: rows.map(({ p }) => p) };
}

function firstBox({ net }: Settings, marginals: readonly Marginal[], wanted: Amounts): Int32Array {
  const box = Int32Array.from(marginals, ({ first, probabilities }) => {
    const top = first + probabilities.length - 1;
    return Math.min(largestCount, Math.ceil(top * 1.4) + 10);
  });
  for (const [name, most] of wanted instanceof Map ? wanted : Object.entries(wanted)) {
    const s = speciesIndex(net.network, name, where);
    const least = marginals[s].first + marginals[s].probabilities.length - 1;
    if (!Number.isInteger(most) || most < least || most > largestCount) {
      throw new ArgumentError(
        where,
        `the box of ${name} must be an integer of at least ${least}, its start, got ${most}`,
      );
    }
    box[s] = most;
  }
  return box;
}

/** Widens the box past the species through whose limits mass is flowing out. */
function grow(space: StateSpace, p: Float64Array): Int32Array {
  const flux = Float64Array.from(space.box, (_, s) => {
    const past = space.leakPast.subarray(s * space.size, (s + 1) * space.size);
    return past.reduce((sum, rate, i) => sum + rate * p[i], 0);
  });
  const total = flux.reduce((sum, f) => sum + f, 0);
  return space.box.map((most, s) =>
    flux[s] >= 0.01 * total ? Math.min(largestCount, Math.ceil((most < 100 ? 1.6 : 1.2) * most) + 4) : most,
  );
}

/** The error for a box that may not grow any more: it names the leak and what to try. */
function tooLarge(
  { net, times, tolerance, maxStates }: Settings,
  box: Int32Array,
  t: number,
  leak: number,
): NumericalError {
  const sides = net.network.species.map((name, s) => `${name} ≤ ${box[s]}`).join(", ");
  return new NumericalError(
    where,
    `more than ${maxStates} states are needed: the box ${sides} still leaks ${leak.toExponential(1)} by t = ${times[t]}, ` +
      `tolerance ${tolerance}`,
    { time: times[t] },
    "Loosen the tolerance, raise maxStates, end earlier, or use simulateEnsemble",
  );
}

/** The error for a solution that would take too long: a population that grows, or rates too fast for the times. */
function tooMuchWork({ net, times, maxWork }: Settings, { box, size }: StateSpace, t: number): NumericalError {
  const sides = net.network.species.map((name, s) => `${name} ≤ ${box[s]}`).join(", ");
  return new NumericalError(
    where,
    `more than ${maxWork.toExponential(0)} updates are needed: by t = ${times[t]} the box is ${sides} with ${size} states`,
    { time: times[t] },
    "End earlier, loosen the tolerance, raise maxWork, or use simulateEnsemble",
  );
}

interface Rows {
  space: StateSpace;
  readonly rows: { space: StateSpace; p: Float64Array; leak: number }[];
}

/** From time to time; where too much leaks, the box grows and the interval is computed again. */
function march(settings: Settings, first: StateSpace, p0: Float64Array, missing: number): Rows {
  const { net, times, start, tolerance, maxStates } = settings;
  const accuracy = (0.01 * tolerance) / times.length;
  const done: Rows = { space: first, rows: [] };
  let advance = propagator(first);
  let p = p0;
  let leak = missing;
  let work = settings.maxWork;
  for (let t = 0; t < times.length; ) {
    const dt = times[t] - (t === 0 ? start : times[t - 1]);
    const allowance = missing + (0.98 * (tolerance - missing) * (t + 1)) / times.length - leak;
    const result: Propagation =
      dt === 0 ? { p, leaked: 0, complete: true, work: 0 } : advance(p, { dt, accuracy, allowance, work });
    work -= result.work;
    if (result.complete) {
      ({ p } = result);
      leak += result.leaked;
      done.rows.push({ space: done.space, p, leak });
      t++;
      continue;
    }
    if (work < 0) throw tooMuchWork(settings, done.space, t);
    const box = grow(done.space, result.p);
    const larger = reachable(net, done.space.states, box, maxStates);
    if (larger === undefined) throw tooLarge(settings, done.space.box, t, result.leaked);
    p = embed(p, done.space, larger);
    done.space = larger;
    advance = propagator(larger);
  }
  return done;
}

function solutionOf({ net, times }: Settings, { space, rows }: Rows): ExactSolution {
  const { size, states } = space;
  const width = space.box.length;
  const box = space.box.map((_, s) => {
    let most = 0;
    for (let i = 0; i < size; i++) most = Math.max(most, states[i * width + s]);
    return most;
  });
  const probabilities = new Float64Array(rows.length * size);
  for (const [t, row] of rows.entries()) {
    probabilities.set(row.space === space ? row.p : embed(row.p, row.space, space), t * size);
  }
  const expectation = (f: (x: Int32Array) => number): Float64Array =>
    Float64Array.from(rows, (_, t) => {
      let sum = 0;
      let mass = 0;
      for (let i = 0; i < size; i++) {
        const q = probabilities[t * size + i];
        if (q === 0) continue;
        sum += q * f(states.subarray(i * width, (i + 1) * width));
        mass += q;
      }
      return sum / mass;
    });
  const column = (name: string): number => speciesIndex(net.network, name, where);
  const mean = (name: string): Float64Array => {
    const s = column(name);
    return expectation((x) => x[s]);
  };
  return {
    times,
    species: net.network.species,
    box,
    states,
    probabilities,
    leak: Float64Array.from(rows, (row) => row.leak),
    expectation,
    mean,
    variance(name) {
      const s = column(name);
      // About the mean of all times first: the difference of two large squares would lose the digits.
      const centre = mean(name).reduce((sum, m) => sum + m, 0) / rows.length;
      const first = expectation((x) => x[s] - centre);
      return expectation((x) => (x[s] - centre) ** 2).map((square, t) => square - first[t] ** 2);
    },
    marginal(name, time) {
      const s = column(name);
      if (!Number.isInteger(time) || time < 0 || time >= rows.length) {
        throw new ArgumentError(where, `time must be an index below ${rows.length}, got ${time}`);
      }
      const out = new Float64Array(box[s] + 1);
      for (let i = 0; i < size; i++) out[states[i * width + s]] += probabilities[time * size + i];
      return out;
    },
  };
}

/**
 * Solves the chemical master equation on the states inside a box, by uniformisation with a rigorous bound of the mass
 * that is missing. The box grows until less than `tolerance` is missing at the last time. When to use it: few species
 * and up to some 10⁵ states; beyond that, simulate.
 * @throws {ArgumentError} For options that do not fit the network.
 * @throws {NumericalError} When more than `maxStates` (with the leak) or `maxWork` are needed, the rates are too fast for the time
 * span, or a propensity is negative or not finite in a state inside the box.
 */
export function solveExact(network: Network, options: ExactOptions): ExactSolution {
  const { start = 0, tolerance = 1e-10, maxStates = 500_000, maxWork = 1e10 } = options;
  if (!(tolerance >= 1e-14 && tolerance < 1)) {
    throw new ArgumentError(where, `tolerance must lie in [1e-14, 1), got ${tolerance}`);
  }
  if (!(maxStates >= 1)) throw new ArgumentError(where, `maxStates must be at least 1, got ${maxStates}`);
  const net = compile(network);
  const settings: Settings = {
    net,
    times: checkTimes(options.times, start, where),
    start,
    tolerance,
    maxStates,
    maxWork,
  };
  const marginals = initialLaws(network, options.initial).map((law) => initialMarginal(law, 1e-3 * tolerance));
  const box = firstBox(settings, marginals, options.box ?? new Map());
  const startStates = marginals.reduce((count, { probabilities }) => count * probabilities.length, 1);
  if (startStates > maxStates) throw tooLarge(settings, box, 0, 1);
  const { states, p } = product(marginals);
  const everything = new Int32Array(box.length).fill(largestCount);
  const space =
    reachable(net, states, everything, Math.min(maxStates, smallClosed)) ?? reachable(net, states, box, maxStates);
  if (space === undefined) throw tooLarge(settings, box, 0, 1);
  const from = { ...space, size: p.length, states: Int32Array.from(states) };
  const missing = Math.max(0, 1 - p.reduce((sum, q) => sum + q, 0));
  return solutionOf(settings, march(settings, space, embed(Float64Array.from(p), from, space), missing));
}
