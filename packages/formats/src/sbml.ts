import type { Network, Participant, Rate, Reaction } from "@dbd/cme";
import { readDocument, type SbmlModel } from "./sbml/document.ts";
import type { SbmlReaction } from "./sbml/reaction.ts";

/** What may be said about an SBML text. */
export interface SbmlOptions {
  /** The name of the file, for messages. */
  readonly file?: string;
}

interface Sides {
  readonly reactants: ReadonlyMap<string, number>;
  readonly products: ReadonlyMap<string, number>;
}

const sameCounts = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean =>
  a.size === b.size && [...a].every(([name, count]) => b.get(name) === count);

/**
 * The sides that give a reaction its propensity by mass action and its net change: the orders of the law on the left,
 * catalysts on both. Undefined when the law lets a reaction take more copies than it looks for (2 A → 0 at k·A).
 */
function massActionSides({ reactants, products, law }: SbmlReaction, model: SbmlModel): Sides | undefined {
  const orders = law.massAction?.orders;
  if (orders === undefined || sameCounts(orders, reactants)) return orders && { reactants, products };
  const after = new Map<string, number>();
  for (const name of new Set([...orders.keys(), ...products.keys(), ...reactants.keys()])) {
    const count = (orders.get(name) ?? 0) + (products.get(name) ?? 0) - (reactants.get(name) ?? 0);
    if (count < 0 && model.declared.species.get(name)!.moves) return undefined;
    if (count > 0) after.set(name, count);
  }
  return { reactants: orders, products: after };
}

function toReaction(reaction: SbmlReaction, model: SbmlModel, indices: ReadonlyMap<string, number>): Reaction {
  const { id, law, place } = reaction;
  const sides = massActionSides(reaction, model);
  const participants = (side: ReadonlyMap<string, number>): Participant[] =>
    Array.from(side, ([name, order]) => ({ species: indices.get(name)!, order }));
  const rate: Rate =
    sides === undefined || law.massAction === undefined
      ? { kind: "law", law: law.expression }
      : { kind: "massAction", constant: law.massAction.rate };
  const { reactants, products } = sides ?? reaction;
  return { name: id, reactants: participants(reactants), products: participants(products), rate, place };
}

/**
 * Reads an SBML document (Level 2 Version 3–5, Level 3 core Version 1–2) as a stochastic reaction network: amounts are
 * copy numbers, kinetic laws propensities in s⁻¹. Hucka et al. 2003, doi:10.1093/bioinformatics/btg015; SBML Level 3
 * Version 2 Core, doi:10.1515/jib-2017-0081.
 * @throws {SourceError} For a bad document.   @throws {UnsupportedError} For what we do not simulate. Both say where.
 */
export function readSbml(text: string, { file }: SbmlOptions = {}): Network {
  const model = readDocument(text, file);
  const { species } = model.declared;
  const names = [...species.keys()];
  const indices = new Map(names.map((name, i) => [name, i]));
  return {
    species: names,
    initial: Array.from(species.values(), ({ amount }) => amount),
    boundary: new Set(names.filter((name) => !species.get(name)!.moves)),
    parameters: model.values,
    reactions: model.reactions.map((reaction) => toReaction(reaction, model, indices)),
  };
}
