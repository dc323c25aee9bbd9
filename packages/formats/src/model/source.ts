import type { Expression } from "@dbd/cme/expression";
import type { SourcePlace } from "@dbd/numerics/errors";

/** The symbol of simulated time in expressions of a source model: no document can have a name with this character. */
export const timeMark = "\0time";

/** A compartment or a parameter as a document declares it. */
export interface SourceQuantity {
  readonly kind: "parameter" | "compartment";
  readonly value: number | undefined;
  /** Spatial dimensions; a compartment of none makes its species amounts. */
  readonly dimensions: number;
  /** Whether the document says that nothing may change it. */
  readonly constant: boolean;
  readonly place: SourcePlace;
}

export interface SourceSpecies {
  readonly compartment: string;
  /** What the document gives: copies, or copies per size of the compartment. */
  readonly amount?: number | undefined;
  readonly density?: number | undefined;
  /** Whether its symbol in a formula stands for amount / size of the compartment. */
  readonly concentration: boolean;
  readonly boundary: boolean;
  readonly constant: boolean;
  /** The parameter that turns an extent of a reaction into copies. */
  readonly conversion?: string | undefined;
  readonly place: SourcePlace;
}

/** A formula with the place of its element, for errors about the whole of it. */
export interface SourceFormula {
  readonly value: Expression;
  readonly place: SourcePlace;
}

export interface SourceReference {
  readonly species: string;
  /** The name of the stoichiometry, when it has one. */
  readonly id?: string | undefined;
  readonly stoichiometry: number | SourceFormula;
  readonly place: SourcePlace;
}

export interface SourceReaction {
  readonly id: string;
  readonly reactants: readonly SourceReference[];
  readonly products: readonly SourceReference[];
  /** Local parameters carry their global names. */
  readonly law: SourceFormula;
  readonly reversible: boolean;
  readonly place: SourcePlace;
}

export interface SourceEvent {
  readonly id?: string | undefined;
  readonly trigger: SourceFormula;
  readonly initialTrigger: boolean;
  readonly persistent: boolean;
  readonly fromTriggerTime: boolean;
  readonly delay?: SourceFormula | undefined;
  readonly priority?: SourceFormula | undefined;
  readonly assignments: ReadonlyMap<string, SourceFormula>;
  readonly place: SourcePlace;
}

/** A model as SBML and Antimony mean it, before its names are resolved. User functions are already put in. */
export interface SourceModel {
  readonly quantities: ReadonlyMap<string, SourceQuantity>;
  readonly species: ReadonlyMap<string, SourceSpecies>;
  readonly initialAssignments: ReadonlyMap<string, SourceFormula>;
  readonly assignmentRules: ReadonlyMap<string, SourceFormula>;
  readonly rateRules: ReadonlyMap<string, SourceFormula>;
  readonly reactions: readonly SourceReaction[];
  readonly events: readonly SourceEvent[];
  /** The conversion factor of species that have none of their own. */
  readonly conversion?: string | undefined;
}
