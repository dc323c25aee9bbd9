import { SourceError, UnsupportedError } from "@dbd/numerics/errors";
import { freshName, sourceName } from "../model/names.ts";
import { substitute } from "../model/functions.ts";
import type { SourceFormula, SourceReaction, SourceReference } from "../model/source.ts";
import { amountOf, booleanOf, idOf, listIn, numberOf, requiredText, textOf } from "./attributes.ts";
import { type Context, formulaOf } from "./context.ts";
import type { XmlElement } from "./xml.ts";

function readReference(reference: XmlElement, context: Context): SourceReference {
  const species = sourceName(requiredText(reference, "species"));
  const formula = reference.children.find((child) => child.local === "stoichiometryMath");
  const number = amountOf(reference, "stoichiometry");
  const id = textOf(reference, "id");
  const given = formula === undefined ? (number ?? (context.level === 2 ? 1 : undefined)) : formulaOf(formula, context);
  if (given === undefined && id === undefined)
    throw new SourceError(reference.place, `the reference to "${species}" has no stoichiometry`);
  const missing: SourceFormula = { value: { kind: "number", value: Number.NaN }, place: reference.place };
  return {
    species,
    ...(id === undefined ? {} : { id: sourceName(id) }),
    stoichiometry: given ?? missing, // an initial assignment gives it
    place: reference.place,
  };
}

const readSide = (reaction: XmlElement, list: string, context: Context): SourceReference[] =>
  listIn(reaction, list, "speciesReference").map((reference) => readReference(reference, context));

/** Adds the local parameters of a law to the quantities as reaction_parameter and returns local → global name. */
function readLocals(law: XmlElement, reaction: string, { places, locals: all }: Context): Map<string, string> {
  const locals = new Map<string, string>();
  const elements = [
    ...listIn(law, "listOfParameters", "parameter"),
    ...listIn(law, "listOfLocalParameters", "localParameter"),
  ];
  for (const element of elements) {
    const id = sourceName(idOf(element));
    const { place } = element;
    if (locals.has(id)) throw new SourceError(place, `the local parameter "${id}" is declared twice`);
    const value = numberOf(element, "value");
    if (value === undefined) throw new SourceError(place, `the local parameter "${id}" has no value`);
    const name = freshName(`${reaction}_${idOf(element)}`, places);
    places.set(name, place);
    all.set(name, { kind: "parameter", value, dimensions: 0, constant: true, place });
    locals.set(id, name);
  }
  return locals;
}

function readLaw(element: XmlElement, id: string, context: Context): SourceFormula {
  const law = element.children.find((child) => child.local === "kineticLaw");
  if (law?.children.some((child) => child.local === "math") !== true)
    throw new UnsupportedError(`a reaction without a kinetic law ("${id}")`, { place: element.place });
  const locals = readLocals(law, id, context);
  const { value, place } = formulaOf(law, context);
  return {
    value: substitute(value, (name) => {
      const global = locals.get(name);
      return global === undefined ? undefined : { kind: "symbol", name: global };
    }),
    place,
  };
}

/** Reads one reaction. @throws {SourceError | UnsupportedError} With the place of what does not fit. */
export function readReaction(element: XmlElement, context: Context): SourceReaction {
  const id = idOf(element);
  if (booleanOf(element, "fast", false)) {
    throw new UnsupportedError(`the fast reaction "${id}"`, { place: element.place });
  }
  const reversible = booleanOf(element, "reversible", context.level === 2 ? true : undefined);
  for (const modifier of listIn(element, "listOfModifiers", "modifierSpeciesReference")) {
    const name = requiredText(modifier, "species");
    if (!context.places.has(sourceName(name)))
      throw new SourceError(modifier.place, `the species "${name}" is not declared`);
  }
  return {
    id: sourceName(id),
    reactants: readSide(element, "listOfReactants", context),
    products: readSide(element, "listOfProducts", context),
    law: readLaw(element, id, context),
    reversible,
    place: element.place,
  };
}
