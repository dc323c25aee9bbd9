import { SourceError, type SourcePlace, UnsupportedError } from "@dbd/numerics/errors";
import { amountOf, booleanOf, idOf, listIn, numberOf, requiredText, textOf } from "./attributes.ts";
import type { XmlElement } from "./xml.ts";

/** A constant of the model: a parameter, or the size of a compartment. */
export interface Constant {
  readonly kind: "parameter" | "compartment";
  readonly value: number | undefined;
  readonly dimensions: number;
  readonly place: SourcePlace;
}

export interface Species {
  readonly compartment: string;
  /** Copies at the start. */
  readonly amount: number;
  /** Whether the symbol in a law stands for amount / size of the compartment. */
  readonly concentration: boolean;
  /** Whether reactions change the amount. */
  readonly moves: boolean;
  /** Constant and not a boundary species: no reaction may name it as a reactant or product. */
  readonly fixed: boolean;
  readonly place: SourcePlace;
}

/** What a model declares outside its reactions, in the order of the document. */
export interface Declarations {
  readonly constants: ReadonlyMap<string, Constant>;
  readonly species: ReadonlyMap<string, Species>;
  /** Reactions and species references: they own their identifier, but no law may use it. */
  readonly others: ReadonlySet<string>;
}

/** Largest amount that fits the simulators' 32-bit counts. */
const mostCopies = 2 ** 31 - 1;

function readCompartment(element: XmlElement): Constant {
  const dimensions = numberOf(element, "spatialDimensions") ?? 3;
  const value = amountOf(element, "size");
  if (value === 0) throw new SourceError(element.place, `the compartment "${idOf(element)}" has the size 0`);
  return { kind: "compartment", value, dimensions, place: element.place };
}

function initialAmount(element: XmlElement, compartment: Constant): number {
  const id = idOf(element);
  const amount = amountOf(element, "initialAmount");
  const concentration = amountOf(element, "initialConcentration");
  if (amount !== undefined && concentration !== undefined) {
    throw new SourceError(element.place, `"${id}" has both an initialAmount and an initialConcentration`);
  }
  if (amount !== undefined) return amount;
  if (concentration === undefined) {
    throw new SourceError(element.place, `"${id}" has no initialAmount and no initialConcentration`);
  }
  if (compartment.value === undefined || compartment.dimensions === 0) {
    const name = requiredText(element, "compartment");
    throw new SourceError(
      element.place,
      `"${id}" starts from a concentration, but its compartment "${name}" has no size`,
    );
  }
  return concentration * compartment.value;
}

/** A concentration times a size misses a whole number by rounding; anything further off is no number of molecules. */
function wholeCopies(element: XmlElement, amount: number): number {
  const copies = Math.round(amount);
  if (Math.abs(copies - amount) > 1e-9 * Math.max(1, amount)) {
    throw new UnsupportedError(
      `an initial amount that is no whole number of molecules ("${idOf(element)}": ${amount})`,
      {
        place: element.place,
      },
    );
  }
  if (copies > mostCopies) {
    throw new UnsupportedError(`an initial amount above ${mostCopies} ("${idOf(element)}": ${amount})`, {
      place: element.place,
    });
  }
  return copies;
}

function readSpecies(element: XmlElement, level: number, constants: ReadonlyMap<string, Constant>): Species {
  const id = idOf(element);
  const home = requiredText(element, "compartment");
  const compartment = constants.get(home);
  if (compartment?.kind !== "compartment") {
    throw new SourceError(element.place, `"${id}" is in the compartment "${home}", which is not declared`);
  }
  if (textOf(element, "conversionFactor") !== undefined) {
    throw new UnsupportedError(`the conversion factor of the species "${id}"`, { place: element.place });
  }
  const absent = level === 2 ? false : undefined; // Level 3 has no defaults
  const concentration = !booleanOf(element, "hasOnlySubstanceUnits", absent) && compartment.dimensions !== 0;
  const boundary = booleanOf(element, "boundaryCondition", absent);
  const constant = booleanOf(element, "constant", absent);
  return {
    compartment: home,
    amount: wholeCopies(element, initialAmount(element, compartment)),
    concentration,
    moves: !boundary && !constant,
    fixed: constant && !boundary,
    place: element.place,
  };
}

/**
 * Reads compartments, species and parameters, and claims every identifier once.
 * @throws {SourceError} For duplicate or undeclared identifiers and values that are none.
 */
export function readDeclarations(model: XmlElement, level: number): Declarations {
  const places = new Map<string, SourcePlace>();
  const claim = (element: XmlElement): string => {
    const id = idOf(element);
    const first = places.get(id);
    if (first !== undefined) {
      throw new SourceError(element.place, `the identifier "${id}" is already used on line ${first.line}`);
    }
    places.set(id, element.place);
    return id;
  };
  if (textOf(model, "conversionFactor") !== undefined) {
    throw new UnsupportedError("the conversion factor of a model", { place: model.place });
  }
  const constants = new Map<string, Constant>();
  const species = new Map<string, Species>();
  const others = new Set<string>();
  for (const element of listIn(model, "listOfCompartments", "compartment")) {
    constants.set(claim(element), readCompartment(element));
  }
  for (const element of listIn(model, "listOfSpecies", "species")) {
    species.set(claim(element), readSpecies(element, level, constants));
  }
  for (const element of listIn(model, "listOfParameters", "parameter")) {
    const value = numberOf(element, "value");
    constants.set(claim(element), { kind: "parameter", value, dimensions: 0, place: element.place });
  }
  for (const reaction of listIn(model, "listOfReactions", "reaction")) {
    others.add(claim(reaction));
    for (const list of ["listOfReactants", "listOfProducts", "listOfModifiers"]) {
      for (const reference of reaction.children.find((child) => child.local === list)?.children ?? []) {
        if (textOf(reference, "id") !== undefined) others.add(claim(reference));
      }
    }
  }
  return { constants, species, others };
}
