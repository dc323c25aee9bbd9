import type { CompiledNetwork } from "../../compile.ts";

/** A number that is added where a condition holds: [index of the condition, number]. */
export type Term = readonly [index: number, weight: number];

/**
 * How the choice of a reaction changes one species without a branch. With c_i = [target ≥ a_0 + … + a_i], the change is
 * base + Σ weight·c_i over `steps`, or Σ weight·[reaction = r] over `hits`; the shorter form is kept, the other is empty.
 */
export interface SpeciesChange {
  readonly species: number;
  readonly base: number;
  readonly steps: readonly Term[];
  readonly hits: readonly Term[];
}

/** The change of every species that some reaction changes. */
export function speciesChanges(net: CompiledNetwork): readonly SpeciesChange[] {
  const reactions = net.rate.length;
  const rows = net.network.species.map(() => new Float64Array(reactions));
  for (let r = 0; r < reactions; r++) {
    for (let e = net.changeStart[r]; e < net.changeStart[r + 1]; e++) rows[net.changeSpecies[e]][r] = net.change[e];
  }
  return rows.flatMap((row, species): readonly SpeciesChange[] => {
    const all = [...row];
    const hits = all.flatMap((weight, r): Term[] => (weight === 0 ? [] : [[r, weight]]));
    const steps = all.slice(1).flatMap((value, i): Term[] => (value === all[i] ? [] : [[i, value - all[i]]]));
    if (hits.length === 0) return [];
    // A hit also needs its own condition, which other species may share.
    return steps.length <= hits.length + 1
      ? [{ species, base: all[0], steps, hits: [] }]
      : [{ species, base: 0, steps: [], hits }];
  });
}
