import { ArgumentError, didYouMean } from "@dbd/numerics/errors";
import type { BaseMeasure } from "./base.ts";

/** One species of a mixture. */
export interface Species {
  readonly name: string;
  readonly base: BaseMeasure;
  /** Largest count. Default: that of the base, or what the conservation laws leave. */
  readonly max?: number;
}

/** Σ_s weights[s] n_s = total in every state. Species that are not named have weight 0. */
export interface ConservationLaw {
  readonly weights: Readonly<Record<string, number>>;
  readonly total: number;
}

/** The states that exist: a box, cut by conservation laws. */
export interface SpeciesSpace {
  readonly names: readonly string[];
  readonly bases: readonly BaseMeasure[];
  /** Largest counts [S], ∞ where nothing bounds them. */
  readonly max: readonly number[];
  /** Weights of every law, each [S]. */
  readonly weights: readonly (readonly number[])[];
  readonly totals: readonly number[];
}

/** Most states that a family lists. */
export const MAX_STATES: number = 1 << 20;

/** A law in words, such as E + 2 X = 10. */
export function lawText(names: readonly string[], weights: readonly number[], total: number): string {
  const terms = weights.flatMap((w, s) => (w === 0 ? [] : [w === 1 ? names[s] : `${w} ${names[s]}`]));
  return `${terms.join(" + ").replaceAll("+ -", "− ")} = ${total}`;
}

function weightsOf(where: string, names: readonly string[], law: ConservationLaw): number[] {
  for (const [name, weight] of Object.entries(law.weights)) {
    if (!names.includes(name)) {
      const meant = didYouMean(name, names);
      throw new ArgumentError(where, `a conservation law names ${name}, which is not one of ${names.join(", ")}`, {
        hint: meant === undefined ? undefined : `Did you mean ${meant}?`,
      });
    }
    if (!Number.isSafeInteger(weight))
      throw new ArgumentError(where, `the weight of ${name} in a conservation law must be whole, got ${weight}`);
  }
  const weights = names.map((name) => law.weights[name] ?? 0);
  if (!Number.isSafeInteger(law.total) || weights.every((w) => w === 0))
    throw new ArgumentError(where, `a conservation law needs a whole total and a species, got total ${law.total}`);
  return weights;
}

/** Checks and compiles species and laws. @throws ArgumentError that names what does not fit. */
export function speciesSpace(
  where: string,
  species: readonly Species[],
  conserved: readonly ConservationLaw[],
): SpeciesSpace {
  if (species.length === 0) throw new ArgumentError(where, "needs at least one species");
  const names = species.map((s) => s.name);
  const twice = names.find((name, s) => names.indexOf(name) !== s);
  if (twice !== undefined) throw new ArgumentError(where, `there are two species ${twice}`);
  for (const { name, base, max = base.max } of species) {
    if (max !== Infinity && (!Number.isSafeInteger(max) || max < 1))
      throw new ArgumentError(where, `max of ${name} must be a positive integer, got ${max}`);
    if (max > base.max)
      throw new ArgumentError(where, `max of ${name} is ${max}, but the base ${base.name} ends at ${base.max}`);
  }
  const weights = conserved.map((law) => weightsOf(where, names, law));
  const totals = conserved.map((law) => law.total);
  const max = species.map(({ base, max: own = base.max }, s) =>
    weights.reduce(
      (least, w, l) => (w[s] > 0 && w.every((x) => x >= 0) ? Math.min(least, Math.floor(totals[l] / w[s])) : least),
      own,
    ),
  );
  return { names, bases: species.map((s) => s.base), max, weights, totals };
}

/**
 * Lists the states with n_s ≤ box_s that obey the laws, first species slowest.
 * @returns Shape [N, S], or undefined when there are more than MAX_STATES.
 */
export function listStates(space: SpeciesSpace, box: ArrayLike<number>): Int32Array | undefined {
  const { weights, totals } = space;
  const S = space.names.length;
  const last = weights.map((w) => w.findLastIndex((x) => x !== 0));
  const positive = weights.map((w) => w.every((x) => x >= 0));
  const left = totals.slice();
  const n = new Int32Array(S);
  const states: number[] = [];
  const place = (s: number, value: number): boolean => {
    for (let l = 0; l < left.length; l++) left[l] -= weights[l][s] * value;
    n[s] = value;
    const closes = left.every((rest, l) => (last[l] > s ? rest >= 0 || !positive[l] : rest === 0 || last[l] < s));
    const fits = !closes || visit(s + 1);
    for (let l = 0; l < left.length; l++) left[l] += weights[l][s] * value;
    return fits;
  };
  const visit = (s: number): boolean => {
    if (s === S) {
      for (let i = 0; i < S; i++) states.push(n[i]);
      return states.length <= MAX_STATES * S;
    }
    const law = last.indexOf(s); // the law that fixes this species
    if (law >= 0) {
      const value = left[law] / weights[law][s];
      return !(Number.isInteger(value) && value >= 0 && value <= box[s]) || place(s, value);
    }
    for (let value = 0; value <= box[s]; value++) if (!place(s, value)) return false;
    return true;
  };
  return visit(0) ? Int32Array.from(states) : undefined;
}

/** log Π q_s(n_s) of any counts [S]; −∞ where they are not a state. */
export function logBaseOf({ names, bases, max, weights, totals }: SpeciesSpace, n: ArrayLike<number>): number {
  let sum = 0;
  for (let s = 0; s < names.length; s++) {
    if (!(Number.isInteger(n[s]) && n[s] >= 0 && n[s] <= max[s])) return -Infinity;
    sum += bases[s].logWeight(n[s]);
  }
  for (let l = 0; l < weights.length; l++) {
    let total = 0;
    for (let s = 0; s < names.length; s++) total += weights[l][s] * n[s];
    if (total !== totals[l]) return -Infinity;
  }
  return sum;
}
