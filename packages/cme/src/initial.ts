import { ArgumentError } from "@dbd/numerics/errors";
import { drawBinomial } from "@dbd/numerics/random/binomial";
import { drawPoisson } from "@dbd/numerics/random/poisson";
import type { RandomSource } from "@dbd/numerics/random/source";
import { exp, log, log1p, logBinomial, logPoissonMass } from "@dbd/numerics/special";
import { mostCopies, type Network, speciesIndex } from "./network.ts";

/** A number per species name. */
export type Amounts = ReadonlyMap<string, number> | Readonly<Record<string, number>>;

/**
 * How copy numbers are distributed at the start, independently for each species. Species that are not named start from
 * the network's initial amount.
 */
export type InitialDistribution =
  | { readonly kind: "fixed"; readonly counts: Amounts }
  | { readonly kind: "poisson"; readonly means: Amounts }
  | { readonly kind: "binomial"; readonly trials: Amounts; readonly probability: Amounts }
  /** `probabilities[n]` is the probability of n copies. */
  | { readonly kind: "table"; readonly species: string; readonly probabilities: ArrayLike<number> };

/** One species' distribution at the start. */
type Law =
  | { readonly kind: "fixed"; readonly count: number }
  | { readonly kind: "poisson"; readonly mean: number }
  | { readonly kind: "binomial"; readonly trials: number; readonly probability: number }
  | { readonly kind: "table"; readonly cumulative: Float64Array; readonly probabilities: Float64Array };

/** The law of every species, shape [S]. */
export type InitialLaws = readonly Law[];

const where = "initial";

const entriesOf = (amounts: Amounts): [string, number][] =>
  amounts instanceof Map ? [...amounts] : Object.entries(amounts as Readonly<Record<string, number>>);

function checkCount(name: string, what: string, n: number): number {
  if (Number.isInteger(n) && n >= 0 && n <= mostCopies) return n;
  throw new ArgumentError(where, `the ${what} of ${name} must be an integer in [0, 2^53), got ${n}`);
}

function tableLaw(name: string, given: ArrayLike<number>): Law {
  const probabilities = Float64Array.from(given);
  const total = probabilities.reduce((sum, p) => sum + p, 0);
  const wrong = probabilities.findIndex((p) => !(p >= 0 && p < Infinity));
  if (wrong >= 0) {
    throw new ArgumentError(where, `the probability of ${wrong} copies of ${name} must be ≥ 0, got ${given[wrong]}`);
  }
  if (!(Math.abs(total - 1) < 1e-6)) {
    throw new ArgumentError(where, `the probabilities of ${name} must sum to 1, they sum to ${total}`);
  }
  let sum = 0;
  return {
    kind: "table",
    probabilities: probabilities.map((p) => p / total),
    cumulative: probabilities.map((p) => (sum += p / total)),
  };
}

function lawsOf(initial: InitialDistribution): [string, Law][] {
  switch (initial.kind) {
    case "fixed":
      return entriesOf(initial.counts).map(([name, n]) => [
        name,
        { kind: "fixed", count: checkCount(name, "count", n) },
      ]);
    case "poisson":
      return entriesOf(initial.means).map(([name, mean]) => {
        if (!(mean >= 0 && mean <= 1e9)) {
          throw new ArgumentError(where, `the Poisson mean of ${name} must lie in [0, 1e9], got ${mean}`);
        }
        return [name, { kind: "poisson", mean }];
      });
    case "binomial": {
      const chances = new Map(entriesOf(initial.probability));
      return entriesOf(initial.trials).map(([name, n]) => {
        const probability = chances.get(name) ?? Number.NaN;
        if (!(probability >= 0 && probability <= 1)) {
          throw new ArgumentError(where, `the probability of ${name} must lie in [0, 1], got ${chances.get(name)}`);
        }
        return [name, { kind: "binomial", trials: checkCount(name, "trials", n), probability }];
      });
    }
    case "table":
      return [[initial.species, tableLaw(initial.species, initial.probabilities)]];
    default:
      throw new ArgumentError(where, `unknown kind ${JSON.stringify((initial as { kind: unknown }).kind)}`, {
        hint: "Kinds are fixed, poisson, binomial and table",
      });
  }
}

/**
 * The law of every species at the start. Several distributions may be given, each for other species.
 * @throws {ArgumentError} For an unknown species, one named twice, or parameters out of range.
 */
export function initialLaws(
  network: Network,
  initial: InitialDistribution | readonly InitialDistribution[] = [],
): InitialLaws {
  const laws: Law[] = network.initial.map((count) => ({ kind: "fixed", count }));
  const given = new Set<string>();
  for (const [name, law] of [initial].flat().flatMap(lawsOf)) {
    if (given.has(name)) throw new ArgumentError(where, `${name} is given twice`);
    given.add(name);
    laws[speciesIndex(network, name, where)] = law;
  }
  return laws;
}

function drawTable(cumulative: Float64Array, probabilities: Float64Array, random: RandomSource): number {
  const u = random();
  const n = cumulative.findIndex((c) => u < c);
  return n >= 0 ? n : probabilities.findLastIndex((p) => p > 0); // rounding: the sum may end just below u
}

function drawLaw(law: Law, random: RandomSource): number {
  if (law.kind === "fixed") return law.count;
  if (law.kind === "poisson") return drawPoisson(random, law.mean);
  if (law.kind === "binomial") return drawBinomial(random, law.trials, law.probability);
  return drawTable(law.cumulative, law.probabilities, random);
}

/** Draws a state, species in their order. @param x - Shape [S] or longer; the first S entries are overwritten. */
export function drawInitial(laws: InitialLaws, random: RandomSource, x: Float64Array): void {
  for (let s = 0; s < laws.length; s++) x[s] = drawLaw(laws[s], random);
}

/** Probabilities of first, first + 1, … copies; what is left out at both ends weighs less than the tail asked for. */
export interface Marginal {
  readonly first: number;
  readonly probabilities: Float64Array;
}

function window(mode: number, most: number, logMass: (n: number) => number, tail: number): Marginal {
  const smallest = log(tail) - 10; // both laws fall faster than geometrically beyond the mode's neighbourhood
  let first = mode;
  let last = mode;
  while (first > 0 && logMass(first - 1) > smallest) first--;
  while (last < most && logMass(last + 1) > smallest) last++;
  return { first, probabilities: Float64Array.from({ length: last - first + 1 }, (_, i) => exp(logMass(first + i))) };
}

const certain = (count: number): Marginal => ({ first: count, probabilities: Float64Array.of(1) });

/** One species' distribution at the start as a table. */
export function initialMarginal(law: Law, tail: number): Marginal {
  if (law.kind === "fixed") return certain(law.count);
  if (law.kind === "table") return { first: 0, probabilities: law.probabilities };
  if (law.kind === "poisson") {
    const { mean } = law;
    return mean === 0 ? certain(0) : window(Math.floor(mean), Infinity, (n) => logPoissonMass(n, mean), tail);
  }
  const { trials, probability: p } = law;
  if (p === 0 || p === 1) return certain(p * trials);
  const mass = (n: number): number => logBinomial(trials, n) + n * log(p) + (trials - n) * log1p(-p);
  return window(Math.min(trials, Math.floor((trials + 1) * p)), trials, mass, tail);
}
