import { SourceError, type SourcePlace } from "@dbd/numerics/errors";
import { freshName, sourceName } from "../model/names.ts";
import type {
  SourceEvent,
  SourceFormula,
  SourceModel,
  SourceQuantity,
  SourceReaction,
  SourceSpecies,
} from "../model/source.ts";

/** What has been said about a name so far. */
export interface Declared {
  kind?: "species" | "compartment" | "parameter";
  constant?: boolean;
  /** `$X`: reactions do not move it. */
  boundary?: boolean;
  /** `substanceOnly species`: its symbol is an amount. */
  amount?: boolean;
  home?: string;
  place: SourcePlace;
}

/** Everything that the statements of a model said. */
export interface Said {
  readonly declared: Map<string, Declared>;
  readonly starts: ReadonlyMap<string, SourceFormula>;
  readonly assignments: ReadonlyMap<string, SourceFormula>;
  readonly rates: ReadonlyMap<string, SourceFormula>;
  readonly events: readonly SourceEvent[];
  readonly reactions: readonly SourceReaction[];
  readonly reactionNames: ReadonlySet<string>;
  readonly file: string | undefined;
}

/** The model with every name as what it is: a compartment, a species, or else a parameter. */
export function sourceModelOf(said: Said): SourceModel {
  const quantities = new Map<string, SourceQuantity>();
  const species = new Map<string, SourceSpecies>();
  const starts = new Map(said.starts);
  for (const { home, place } of said.declared.values())
    if (home !== undefined) {
      const known = said.declared.get(sourceName(home));
      if (known === undefined) said.declared.set(sourceName(home), { kind: "compartment", place });
      else known.kind = "compartment";
    }
  const isSpecies = [...said.declared.values()].some(
    ({ kind, home }) => (kind === "species" || home !== undefined) && home === undefined,
  );
  const taken = new Set([...said.declared.keys(), ...said.reactionNames]);
  const everywhere = isSpecies ? freshName("default_compartment", taken) : "";
  const start = (id: string): number | undefined => {
    const formula = starts.get(id)?.value;
    if (formula?.kind !== "number") return undefined;
    starts.delete(id);
    return formula.value;
  };
  for (const [id, { kind, home, constant = false, boundary = false, amount = false, place }] of said.declared) {
    if (kind === "species" || home !== undefined) {
      const given = start(id) ?? (starts.has(id) || said.assignments.has(id) ? undefined : 0);
      if (given !== undefined && given < 0)
        throw new SourceError(place, `the initial amount of "${id}" is negative (${given})`);
      species.set(id, {
        compartment: sourceName(home ?? everywhere),
        ...(amount ? { amount: given } : { density: given }),
        concentration: !amount,
        boundary: boundary || constant,
        constant,
        place,
      });
    } else if (!said.reactionNames.has(id)) {
      const isHome = kind === "compartment";
      const value = start(id) ?? (isHome && !starts.has(id) && !said.assignments.has(id) ? 1 : undefined);
      if (isHome && value === 0) throw new SourceError(place, `the compartment "${id}" has the size 0`);
      quantities.set(id, {
        kind: isHome ? "compartment" : "parameter",
        value,
        dimensions: isHome ? 3 : 0,
        constant,
        place,
      });
    }
  }
  if (everywhere !== "")
    quantities.set(everywhere, {
      kind: "compartment",
      value: 1,
      dimensions: 3,
      constant: true,
      place: { ...(said.file === undefined ? {} : { file: said.file }), line: 1, column: 1 },
    });
  return {
    quantities,
    species,
    initialAssignments: starts,
    assignmentRules: said.assignments,
    rateRules: said.rates,
    reactions: said.reactions,
    events: said.events,
  };
}
