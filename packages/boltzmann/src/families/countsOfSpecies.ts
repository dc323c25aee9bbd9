import { ArgumentError } from "@dbd/numerics/errors";
import type { RandomSource } from "@dbd/numerics/random/source";
import type { BoltzmannFamily, ExactFamily } from "../family.ts";
import { whyNotNormalisable } from "../normalisable.ts";
import { addThirdCumulants, covarianceOf, momentsOf } from "../partition.ts";
import { findRedundant, type Redundancy } from "../redundant.ts";
import { drawInverse, drawInverseStratified } from "../sample.ts";
import { createSpeciesPartition, evaluateSpecies, type SpeciesPartition } from "../speciesPartition.ts";
import {
  type ConservationLaw,
  lawText,
  logBaseOf,
  type Species,
  type SpeciesSpace,
  speciesSpace,
} from "../speciesSpace.ts";
import { binomialProduct, type Statistic } from "../statistics.ts";

const WHERE = "countsOfSpecies";

/** The states that carry weight (and some around them), with its probability and statistics. Views: they hold until the next question. */
export interface SpeciesTable {
  /** Shape [N, S]; the same array as long as the list is the same. */
  readonly states: Int32Array;
  /** p̃, shape [N]. */
  readonly probability: Float64Array;
  /** φ, shape [N, P]. */
  readonly phi: Float64Array;
}

/** A distribution by its states, [N, S], and their probabilities, [N]. */
export interface SpeciesDistribution {
  readonly states: Int32Array;
  readonly probability: Float64Array;
}

/** Species, states and statistics without any sum over states: all that a walk needs, however many states there are. */
export interface SpeciesModel {
  /** Names, length S. */
  readonly species: readonly string[];
  /** Names of the statistics, length P. */
  readonly labels: readonly string[];
  /** Length P. */
  readonly statistics: readonly Statistic[];
  readonly space: SpeciesSpace;
  /** φ of one state [S]. Writes out [P]. */
  evaluate(n: ArrayLike<number>, out: Float64Array): void;
  /** log Π q_s(n_s); −∞ where n is not a state. */
  logBase(n: ArrayLike<number>): number;
}

/**
 * Copy numbers n = (n_1 … n_S) of several species with any sufficient statistics,
 *
 *     p̃(n; ν) = Π_s q_s(n_s) · exp(−Σₖ νₖ φₖ(n)) / Z(ν),
 *
 * on the states that exist (largest counts, conservation laws). Statistics are products Π C(n_s, k_s) or functions of the
 * state. Everything is summed exactly, in logarithms, over a box that grows until what is outside does not matter; the
 * sums of the last ν are kept. Cost: states × P for moments, × P² for covariances; at most 2²⁰ states.
 */
export interface SpeciesFamily extends SpeciesModel, BoltzmannFamily<Float64Array, null>, ExactFamily {
  readonly labels: readonly string[];
  /** States with p̃ and φ: what drifts ⟨Lφ⟩ are summed over. */
  table(nu: Float64Array): SpeciesTable;
  /** Why p̃ does not exist at ν, or undefined. */
  normalisable(nu: Float64Array): string | undefined;
  /** ⟨g⟩ under p̃. */
  expectation(nu: Float64Array, g: (n: Int32Array) => number): number;
  /** Cov(g, φₖ) = −∂⟨g⟩/∂νₖ. Writes out [P]. */
  covarianceWith(nu: Float64Array, g: (n: Int32Array) => number, out: Float64Array): void;
  /** Distribution of one species alone, p(n), n = 0 … */
  marginal(nu: Float64Array, species: string): Float64Array;
  /** `count` independent exact draws. Fills out [count, S]. */
  draw(nu: Float64Array, count: number, random: RandomSource, out: Int32Array): void;
  /** `count` draws, one in each of `count` slices of equal probability: for means, never as a time order. */
  drawStratified(nu: Float64Array, count: number, random: RandomSource, out: Int32Array): void;
  /** KL(p‖p̃) in nats. ∞ where p has mass outside the states. */
  divergence(p: SpeciesDistribution, nu: Float64Array): number;
  /** ν of independent species with the means among the given moments: where a search may start. */
  firstGuess(moments: Float64Array): Float64Array;
}

/** What `countsOfSpecies` needs. */
export interface SpeciesOptions {
  readonly species: readonly Species[];
  /** Orders k [S] of Π C(n_s, k_s) (see `productsUpTo`), or any statistic of the state. */
  readonly statistics: readonly (readonly number[] | Statistic)[];
  /** Default: none. */
  readonly conserved?: readonly ConservationLaw[];
}

interface Compiled extends SpeciesModel {
  readonly partition: SpeciesPartition;
}

const isOrders = (x: readonly number[] | Statistic): x is readonly number[] => Array.isArray(x);

/** Species and statistics for `walk`, where a family cannot list its states. @throws ArgumentError as countsOfSpecies. */
export function speciesModel(options: SpeciesOptions): SpeciesModel {
  const space = speciesSpace(WHERE, options.species, options.conserved ?? []);
  const statistics = options.statistics.map((x) => (isOrders(x) ? binomialProduct(space.names, x) : x));
  if (statistics.length === 0) throw new ArgumentError(WHERE, "needs at least one statistic");
  const labels = statistics.map((x) => x.label);
  const twice = labels.find((label, k) => labels.indexOf(label) !== k);
  if (twice !== undefined) throw new ArgumentError(WHERE, `there are two statistics ${twice}`);
  return {
    species: space.names,
    labels,
    statistics,
    space,
    evaluate(n, out) {
      for (let k = 0; k < statistics.length; k++) out[k] = statistics[k].value(n);
    },
    logBase: (n) => logBaseOf(space, n),
  };
}

function compile(options: SpeciesOptions): Compiled {
  const model = speciesModel(options);
  return { ...model, partition: createSpeciesPartition(model.space, model.statistics) };
}

const redundancies = ({ labels, partition }: Compiled): Redundancy[] =>
  findRedundant(partition.all.phi, labels, partition.probes?.phi);

/** The statistics that conservation laws (or their own definition) make functions of those before them, in words. */
export function redundantStatistics(options: SpeciesOptions): readonly Redundancy[] {
  return redundancies(compile(options));
}

/** The same options without the redundant statistics: the family is the same, and C is regular. */
export function withoutRedundant(options: SpeciesOptions): SpeciesOptions {
  const out = new Set(redundantStatistics(options).map((x) => x.index));
  return { ...options, statistics: options.statistics.filter((_, k) => !out.has(k)) };
}

function refuseRedundant(compiled: Compiled): void {
  const found = redundancies(compiled);
  if (found.length === 0) return;
  const { names, weights, totals } = compiled.space;
  const laws = weights.map((w, l) => lawText(names, w, totals[l])).join(", ");
  const under = laws === "" ? "" : ` under ${laws}`;
  throw new ArgumentError(
    WHERE,
    `redundant statistics${under}: ${found.map((x) => x.relation).join("; ")}, so the covariance is singular`,
    { hint: `Leave out ${found.map((x) => x.label).join(", ")} (withoutRedundant does)` },
  );
}

/** Along every species alone, all others absent, the sum must exist: the exact condition of one species. */
function axisProblem(c: Compiled, nu: Float64Array): string | undefined {
  const { space, statistics } = c;
  if (space.weights.length > 0) return undefined;
  for (let s = 0; s < space.names.length; s++) {
    if (space.max[s] < Infinity) continue;
    const top = Math.max(1, ...statistics.map((x) => x.orders?.[s] ?? 0));
    const along = new Float64Array(top);
    let known = true;
    statistics.forEach(({ orders }, k) => {
      if (orders === undefined) known = false;
      else if (orders.every((order, i) => (i === s ? order > 0 : order === 0))) along[orders[s] - 1] += nu[k];
    });
    const problem = known ? whyNotNormalisable(along, space.bases[s], Infinity) : undefined;
    if (problem !== undefined) return `along ${space.names[s]} alone ${problem}`;
  }
  return undefined;
}

function whyNot(c: Compiled, nu: Float64Array): string | undefined {
  const { statistics, partition } = c;
  if (nu.length !== statistics.length) return `nu must have length ${statistics.length}, got ${nu.length}`;
  const bad = nu.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) return `ν of ${statistics[bad].label} is ${nu[bad]}, not a finite number`;
  const problem = axisProblem(c, nu);
  if (problem !== undefined) return problem;
  const summed = evaluateSpecies(partition, nu);
  return summed.ok ? undefined : summed.problem;
}

function eachState(p: SpeciesPartition, visit: (weight: number, n: Int32Array, row: number) => void): void {
  const S = p.box.length;
  for (let i = 0; i < p.size; i++)
    if (p.probability[i] > 0) visit(p.probability[i], p.states.subarray(i * S, (i + 1) * S), i);
}

function writeCovarianceWith(p: SpeciesPartition, g: (n: Int32Array) => number, out: Float64Array): void {
  const mean = momentsOf(p);
  const { order: K, phi } = p;
  let centre = 0;
  eachState(p, (w, n) => {
    centre += w * g(n);
  });
  out.fill(0, 0, K);
  eachState(p, (w, n, row) => {
    const weight = w * (g(n) - centre);
    for (let k = 0; k < K; k++) out[k] += weight * (phi[row * K + k] - mean[k]);
  });
}

function divergenceFrom({ space, statistics, partition }: Compiled, p: SpeciesDistribution, nu: Float64Array): number {
  const S = space.names.length;
  if (p.states.length !== p.probability.length * S)
    throw new ArgumentError(`${WHERE}.divergence`, `states must hold ${p.probability.length} rows of ${S} counts`);
  let sum = 0;
  for (let i = 0; i < p.probability.length; i++) {
    const probability = p.probability[i];
    if (probability === 0) continue;
    if (!(probability > 0))
      throw new ArgumentError(`${WHERE}.divergence`, `probability[${i}] = ${probability} is not a probability`);
    const n = p.states.subarray(i * S, (i + 1) * S);
    let logModel = logBaseOf(space, n) - partition.logZ;
    if (logModel === -Infinity) return Infinity;
    for (let k = 0; k < nu.length; k++) logModel -= nu[k] * statistics[k].value(n);
    sum += probability * (Math.log(probability) - logModel);
  }
  return sum;
}

function guess({ space, statistics }: Compiled, moments: Float64Array): Float64Array {
  const nu = new Float64Array(statistics.length);
  statistics.forEach(({ orders }, k) => {
    if (orders === undefined || orders.reduce((a, b) => a + b, 0) !== 1) return;
    const s = orders.indexOf(1);
    const [mean, base, max] = [moments[k], space.bases[s], space.max[s]];
    if (!(mean > 0 && mean < max)) return;
    if (base.max < Infinity) nu[k] = Math.log((base.max - mean) / mean);
    else nu[k] = base.dominates < 0 ? Math.log1p(1 / mean) : -Math.log(mean);
  });
  return nu;
}

/** Draws numbers of states with `pick` and writes the states. */
function writeDraws(p: SpeciesPartition, count: number, out: Int32Array, pick: (rows: Int32Array) => void): void {
  const S = p.box.length;
  if (!Number.isInteger(count) || count < 0 || count * S > out.length)
    throw new ArgumentError(`${WHERE}.draw`, `out must hold ${count} rows of ${S} counts, got ${out.length} places`);
  const rows = new Int32Array(count);
  pick(rows);
  for (let i = 0; i < count; i++) for (let s = 0; s < S; s++) out[i * S + s] = p.states[rows[i] * S + s];
}

/**
 * The family of several species: see SpeciesFamily.
 * @throws ArgumentError that names redundant statistics (a singular covariance), laws that no state obeys, and what does
 * not fit; its methods throw ArgumentError when ν is not normalisable.
 */
export function countsOfSpecies(options: SpeciesOptions): SpeciesFamily {
  const compiled = compile(options);
  refuseRedundant(compiled);
  const { partition: p, ...model } = compiled;
  const { space } = model;
  const at = (nu: Float64Array): SpeciesPartition => {
    if (nu.length === p.nu.length && p.nu.every((x, k) => x === nu[k])) return p;
    const problem = whyNot(compiled, nu);
    if (problem === undefined) return p;
    throw new ArgumentError(WHERE, `nu = (${nu.join(", ")}) is not normalisable: ${problem}`, {
      hint: "Try largest counts (max), a conservation law, the base poisson, or a statistic of higher order with ν > 0",
    });
  };
  return {
    ...model,
    support: { min: 0, max: Math.max(...space.max) },
    state: () => null,
    awakeMoments: (_nu, data, _state, out) => out.set(data),
    asleepMoments: (nu, _state, out) => out.set(momentsOf(at(nu))),
    logZ: (nu) => at(nu).logZ,
    covariance: (nu, out) => out.set(covarianceOf(at(nu))),
    covarianceVjp: (nu, seed, out) => addThirdCumulants(at(nu), seed, out),
    table: (nu) => at(nu),
    normalisable: (nu) => whyNot(compiled, nu),
    expectation(nu, g) {
      let sum = 0;
      eachState(at(nu), (w, n) => {
        sum += w * g(n);
      });
      return sum;
    },
    covarianceWith: (nu, g, out) => writeCovarianceWith(at(nu), g, out),
    marginal(nu, name) {
      const s = space.names.indexOf(name);
      if (s < 0) throw new ArgumentError(`${WHERE}.marginal`, `${name} is not one of ${space.names.join(", ")}`);
      const out = new Float64Array(at(nu).box[s] + 1);
      eachState(p, (w, n) => {
        out[n[s]] += w;
      });
      return out;
    },
    draw: (nu, count, random, out) => writeDraws(at(nu), count, out, (rows) => drawInverse(p, count, random, rows)),
    drawStratified: (nu, count, random, out) =>
      writeDraws(at(nu), count, out, (rows) => drawInverseStratified(p, count, random, rows)),
    divergence(q, nu) {
      at(nu);
      return divergenceFrom(compiled, q, nu);
    },
    firstGuess: (moments) => guess(compiled, moments),
  };
}
