import { asinhChart, projectMoments, type SpeciesDistribution, type SpeciesFamily } from "@dbd/boltzmann";
import { compile, propensity, simulateEnsemble, solveExact } from "@dbd/cme";
import {
  divergences,
  matchDerivatives,
  networkDynamics,
  normPenalty,
  projectedSpecies,
  speciesDrift,
  type SpeciesDrift,
  toNuPath,
  trackPaths,
  trapezoid,
} from "@dbd/learn";
import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { solve as solveDense } from "@dbd/numerics/dense";
import { stream } from "@dbd/numerics/random/stream";
import { pace } from "@dbd/numerics/run";
import { fieldOf, rk4, solve } from "@dbd/ode";
import type { RunOptions } from "../run.ts";
import type { Contest, Contestant, Forecast, Truth } from "./contest.ts";
import { noForecast, timed } from "./contest.ts";
import { march } from "./march.ts";
import type { SpeciesSetup } from "./speciesSetup.ts";

/** The truth of one start, with the law of all species together where it is exact. */
export interface SpeciesTruth extends Truth {
  readonly laws: readonly SpeciesDistribution[] | undefined;
}

/** Probabilities below this are no part of a law. */
const DROPPED = 1e-14;

/** Every start's truth; fewer when aborted. */
export async function speciesTruths(
  setup: SpeciesSetup,
  options: RunOptions,
): Promise<{ truths: SpeciesTruth[]; events: number }> {
  const proceed = pace(options, 0);
  const truths: SpeciesTruth[] = [];
  let events = 0;
  for (const [i, request] of setup.starts.entries()) {
    if (!(await proceed({ done: i, total: setup.starts.length, label: "awake data" }))) break;
    const { awake, seed } = setup.experiment.input;
    const method = typeof awake === "string" ? awake : awake.method;
    const initial = setup.initial(request);
    const { network, species, grid } = setup;
    const [T, S] = [grid.times.length, species.length];
    const shared = { label: request.label, role: request.role, initial, floor: new Float64Array(T).fill(Number.NaN) };
    if (method === "simulated") {
      const ensemble = await simulateEnsemble(network, {
        ...(initial === undefined ? {} : { initial }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        times: grid.times,
        runs: typeof awake === "string" ? 10_000 : awake.runs,
        seed: `${seed}/${request.role}/${request.label}`,
        species,
        workers: options.workers ?? 1,
      });
      if (ensemble.stopped === "aborted") break;
      events += ensemble.events;
      truths.push({ ...shared, mean: ensemble.mean, variance: ensemble.variance, laws: undefined });
      continue;
    }
    const solution = solveExact(network, {
      times: grid.times,
      ...(typeof awake === "string" ? {} : { tolerance: awake.tolerance }),
      ...(initial === undefined ? {} : { initial }),
    });
    const [mean, variance] = [new Float64Array(T * S), new Float64Array(T * S)];
    for (const [s, name] of species.entries()) {
      const [m, v] = [solution.mean(name), solution.variance(name)];
      for (let t = 0; t < T; t++) {
        mean[t * S + s] = m[t];
        variance[t * S + s] = v[t];
      }
    }
    const N = solution.states.length / S;
    const laws = Array.from({ length: T }, (_, t) =>
      kept(solution.states, solution.probabilities.subarray(t * N, (t + 1) * N), S),
    );
    truths.push({ ...shared, mean, variance, laws });
  }
  return { truths, events };
}

/** The states that carry probability, normalised. */
function kept(states: Int32Array, p: Float64Array, S: number): SpeciesDistribution {
  const at = Array.from(p.keys()).filter((i) => p[i] > DROPPED);
  const total = at.reduce((sum, i) => sum + p[i], 0);
  return {
    states: Int32Array.from(at.flatMap((i) => [...states.subarray(i * S, (i + 1) * S)])),
    probability: Float64Array.from(at, (i) => p[i] / total),
  };
}

/** The data as a family sees them. */
interface Seen {
  readonly family: SpeciesFamily;
  readonly name: string;
  readonly drifts: readonly SpeciesDrift[];
  /** Per start: ⟨φ⟩ and ν of the best member, both [T, P], Σ p log(p/q) and the floor, both [T]. */
  readonly starts: readonly { awake: Float64Array; nu: Float64Array; negEntropy: Float64Array; floor: Float64Array }[];
}

function seenBy(setup: SpeciesSetup, truths: readonly SpeciesTruth[], order: number): Seen {
  const family = setup.family(order);
  const { network } = setup;
  const compiled = compile(network);
  const x = new Float64Array(network.species.length);
  const drifts = network.reactions.map(({ reactants, products }, r) => {
    const jump = network.species.map((_, s) => {
      const of = (side: typeof reactants): number =>
        side.reduce((sum, part) => sum + (part.species === s ? part.order : 0), 0);
      return of(products) - of(reactants);
    });
    return speciesDrift(family, jump, (n) => {
      for (let s = 0; s < x.length; s++) x[s] = n[s];
      return propensity(compiled, r, x);
    });
  });
  const starts = truths.map(({ laws, label }) => {
    if (laws === undefined)
      throw new ArgumentError(
        "compare",
        `the law of ${label} is not known exactly, and a field needs it to start from`,
      );
    return projectedLaws(
      family,
      laws.map((law) => onSupport(family, law)),
    );
  });
  return { family, name: `K = ${order}, ${family.labels.length} interactions`, drifts, starts };
}

/** Probability outside the family's states that may be left out: the solver's, not the law's. */
const NEGLIGIBLE = 1e-9;

/** The law without a negligible part outside the family's states; a larger part stays, and its KL is infinite. */
function onSupport(family: SpeciesFamily, law: SpeciesDistribution): SpeciesDistribution {
  const S = family.species.length;
  const state = (i: number): Int32Array => law.states.subarray(i * S, (i + 1) * S);
  const inside = Array.from(law.probability.keys()).filter((i) => family.logBase(state(i)) > -Infinity);
  const mass = inside.reduce((sum, i) => sum + law.probability[i], 0);
  if (inside.length === law.probability.length || 1 - mass > NEGLIGIBLE) return law;
  return {
    states: Int32Array.from(inside.flatMap((i) => [...state(i)])),
    probability: Float64Array.from(inside, (i) => law.probability[i] / mass),
  };
}

function projectedLaws(family: SpeciesFamily, laws: readonly SpeciesDistribution[]): Seen["starts"][number] {
  const P = family.labels.length;
  const S = family.species.length;
  const T = laws.length;
  const out = {
    awake: new Float64Array(T * P),
    nu: new Float64Array(T * P),
    negEntropy: new Float64Array(T),
    floor: new Float64Array(T),
  };
  const phi = new Float64Array(P);
  let previous: Float64Array | undefined;
  for (const [t, law] of laws.entries()) {
    const moments = out.awake.subarray(t * P, (t + 1) * P);
    for (const [i, p] of law.probability.entries()) {
      const n = law.states.subarray(i * S, (i + 1) * S);
      family.evaluate(n, phi);
      for (let k = 0; k < P; k++) moments[k] += p * phi[k];
      out.negEntropy[t] += p * (Math.log(p) - family.logBase(n));
    }
    const { nu } = projectMoments(family, moments.slice(), {
      tolerance: 1e-9,
      ...(previous === undefined ? {} : { start: previous }),
    });
    previous = nu;
    out.nu.set(nu, t * P);
    out.floor[t] = family.divergence(law, nu);
  }
  return out;
}

/** Mean and variance of every species, and KL, of a path in ν that may end early. */
function forecastOf(
  { family }: Seen,
  nu: Float64Array,
  start: Seen["starts"][number],
  T: number,
  verdict: string,
): Forecast {
  const P = family.labels.length;
  const S = family.species.length;
  const reached = nu.length / P;
  const out = { ...noForecast(T, S, verdict), floor: start.floor };
  for (let t = 0; t < reached; t++) {
    const { states, probability } = family.table(nu.slice(t * P, (t + 1) * P));
    for (let s = 0; s < S; s++) {
      let mean = 0;
      let square = 0;
      for (let i = 0; i < probability.length; i++) {
        mean += probability[i] * states[i * S + s];
        square += probability[i] * states[i * S + s] ** 2;
      }
      out.mean[t * S + s] = mean;
      out.variance[t * S + s] = square - mean * mean;
    }
  }
  const part = { awake: start.awake.subarray(0, reached * P), negEntropy: start.negEntropy.subarray(0, reached) };
  if (reached > 0) out.kl.set(divergences(family, nu, part));
  return out;
}

/** The projected field of an order, nothing learned. */
export function projectedOfSpecies(setup: SpeciesSetup, truths: readonly SpeciesTruth[], order: number): Contestant {
  return {
    method: `projected, K = ${order}`,
    kind: "analytic",
    weight: 20 * order,
    async run(control) {
      const seen = seenBy(setup, truths, order);
      const P = seen.family.labels.length;
      const field = fieldOf(projectedSpecies(seen.family, seen.drifts), new Float64Array(seen.drifts.length).fill(1));
      const proceed = pace(control, 0);
      const forecasts: Forecast[] = [];
      let predictionSeconds = Infinity;
      for (const [a, start] of seen.starts.entries()) {
        if (!(await proceed({ done: a, total: seen.starts.length }))) return undefined;
        const { results, seconds } = timed(control.clock, [
          () => march(field, { y0: start.nu.slice(0, P), times: setup.grid.times, maxSteps: 2000 }),
        ]);
        predictionSeconds = Math.min(predictionSeconds, seconds);
        const [{ values, verdict }] = results;
        forecasts.push(forecastOf(seen, values, start, setup.grid.times.length, verdict));
      }
      return { coefficients: 0, forecasts, family: seen.name, predictionSeconds };
    },
  };
}

/** A network in asinh ν, matched to the exact tangents and then tracked on growing horizons. */
export function learnedOfSpecies(setup: SpeciesSetup, truths: readonly SpeciesTruth[]): Contestant {
  const { family, dynamics: wanted, optimizer, seed } = setup.experiment.input;
  return {
    method: `learned, network of ${wanted.hidden.join(" and ")}, K = ${family.order}`,
    kind: "learned",
    weight: 20 + 4 * optimizer.iterations,
    async run(control) {
      const seen = seenBy(setup, truths, family.order);
      const P = seen.family.labels.length;
      const { times, measure } = setup.grid;
      const training = seen.starts.filter((_, a) => truths[a].role === "training");
      const scale = Float64Array.from({ length: P }, (_, k) => {
        const sizes = training.flatMap(({ nu }) =>
          Array.from(
            nu.filter((__, i) => i % P === k),
            Math.abs,
          ),
        );
        return sizes.toSorted((a, b) => a - b)[sizes.length >> 1];
      });
      const chart = asinhChart(scale);
      const inChart = (nu: Float64Array): Float64Array => nu.map((v, i) => Math.asinh(v / scale[i % P]));
      const paths = training.map(({ nu }) => inChart(nu));
      const laws = truths.flatMap((truth) => (truth.role === "training" ? [truth.laws ?? []] : []));
      const tangents = training.map(({ nu }, a) => tangentOf(seen, nu, laws[a], scale));
      const dynamics = networkDynamics(P, { hidden: wanted.hidden, ...scalesOf(paths, tangents, P) });
      const u0 = dynamics.initial(stream(seed, 0), 0.1);
      const problem = {
        family: seen.family,
        chart,
        dynamics,
        times,
        weights: trapezoid(times, measure),
        starts: training.map(({ awake, negEntropy }, a) => ({
          label: String(a),
          y0: paths[a].slice(0, P),
          awake,
          negEntropy,
        })),
        integrator: rk4,
        substeps: wanted.substeps,
        penalty: normPenalty(u0.length, optimizer.norm),
      };
      const matching = { paths, tangents, measure };
      const matched = matchDerivatives(problem, { ...matching, u0, iterations: 100 });
      const { u, stopped } = await trackPaths(problem, matched, {
        ...control,
        paths,
        matching,
        fractions: [0.125, 0.25, 0.5, 0.75, 1],
        iterations: optimizer.iterations,
        tolerance: optimizer.tolerance ?? 1e-4,
      });
      if (stopped === "aborted") return undefined;
      const { results, seconds } = timed(
        control.clock,
        seen.starts.map((start) => () => predicted(seen, problem, u, start, inChart(start.nu.slice(0, P)))),
      );
      return { coefficients: u.length, forecasts: results, family: seen.name, predictionSeconds: seconds };
    },
  };
}

function predicted(
  seen: Seen,
  problem: Parameters<typeof trackPaths>[0],
  u: Float64Array,
  start: Seen["starts"][number],
  y0: Float64Array,
): Forecast {
  const T = problem.times.length;
  try {
    const { values } = solve(problem.dynamics, u, { ...problem, y0 });
    return forecastOf(seen, toNuPath(problem, values), start, T, "ok");
  } catch (error) {
    if (!(error instanceof ArgumentError || error instanceof NumericalError)) throw error;
    return noForecast(T, seen.family.species.length, "no trajectory: leaves the family");
  }
}

/** dy/dt along the projected path, from −C dν/dt = ⟨Lφ⟩_p. */
function tangentOf(
  { family, drifts }: Seen,
  nu: Float64Array,
  laws: readonly SpeciesDistribution[],
  scale: Float64Array,
): Float64Array {
  const P = family.labels.length;
  const S = family.species.length;
  const out = new Float64Array(nu.length);
  const C = new Float64Array(P * P);
  const one = new Float64Array(P);
  for (const [t, { states, probability }] of laws.entries()) {
    const rate = out.subarray(t * P, (t + 1) * P);
    for (const [i, p] of probability.entries())
      for (const drift of drifts) {
        drift(states.subarray(i * S, (i + 1) * S), one);
        for (let k = 0; k < P; k++) rate[k] -= p * one[k];
      }
    family.covariance(nu.slice(t * P, (t + 1) * P), C);
    if (!solveDense(C.slice(), P, rate)) rate.fill(Number.NaN);
    for (let k = 0; k < P; k++) rate[k] /= Math.hypot(scale[k], nu[t * P + k]); // d asinh(ν/s) = dν/√(s² + ν²)
  }
  return out;
}

function scalesOf(
  paths: readonly Float64Array[],
  tangents: readonly Float64Array[],
  P: number,
): {
  standardise: { mean: number[]; spread: number[] };
  outputs: number[];
} {
  const column = (lists: readonly Float64Array[], k: number): number[] =>
    lists.flatMap((values) => Array.from(values.filter((_, i) => i % P === k)));
  const average = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
  const index = Array.from({ length: P }, (_, k) => k);
  const mean = index.map((k) => average(column(paths, k)));
  const spread = index.map((k) => Math.sqrt(average(column(paths, k).map((v) => (v - mean[k]) ** 2))) || 1);
  const outputs = index.map((k) => Math.sqrt(average(column(tangents, k).map((v) => v * v))) || 1);
  return { standardise: { mean, spread }, outputs };
}

/** What the methods of several species are set against. */
export const speciesContest = (setup: SpeciesSetup, truths: readonly SpeciesTruth[]): Contest => ({
  network: setup.network,
  species: setup.species,
  times: setup.grid.times,
  truths,
});
