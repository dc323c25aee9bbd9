import { SourceError, UnsupportedError } from "@dbd/numerics/errors";
import { sourceName } from "../model/names.ts";
import { UserFunctions } from "../model/functions.ts";
import type { SourceEvent, SourceFormula, SourceModel, SourceQuantity, SourceSpecies } from "../model/source.ts";
import { amountOf, booleanOf, idOf, listIn, numberOf, requiredText, textOf } from "./attributes.ts";
import { type Context, formulaOf } from "./context.ts";
import { readLambda } from "./mathml.ts";
import { readReaction } from "./reaction.ts";
import type { XmlElement } from "./xml.ts";

/** Claims an element's identifier. @throws {SourceError} When another element has it. */
function claim(element: XmlElement, { places }: Context): string {
  const id = sourceName(idOf(element));
  const first = places.get(id);
  if (first !== undefined)
    throw new SourceError(element.place, `the identifier "${idOf(element)}" is already used on line ${first.line}`);
  places.set(id, element.place);
  return id;
}

function readFunctions(model: XmlElement): UserFunctions {
  const elements = listIn(model, "listOfFunctionDefinitions", "functionDefinition");
  const functions: UserFunctions = new UserFunctions(
    new Map(
      elements.map((element) => [
        idOf(element),
        () => {
          const math = element.children.find((child) => child.local === "math");
          if (math === undefined)
            throw new UnsupportedError(`the function "${idOf(element)}" without a formula`, { place: element.place });
          return readLambda(math, functions);
        },
      ]),
    ),
  );
  return functions;
}

function readCompartment(element: XmlElement, { level }: Context): SourceQuantity {
  const dimensions = numberOf(element, "spatialDimensions") ?? 3;
  const value = amountOf(element, "size");
  if (value === 0) throw new SourceError(element.place, `the compartment "${idOf(element)}" has the size 0`);
  const constant = booleanOf(element, "constant", level === 2);
  return { kind: "compartment", value, dimensions, constant, place: element.place };
}

function readSpecies(
  element: XmlElement,
  { level }: Context,
  quantities: ReadonlyMap<string, SourceQuantity>,
): SourceSpecies {
  const id = idOf(element);
  const home = sourceName(requiredText(element, "compartment"));
  const compartment = quantities.get(home);
  if (compartment === undefined)
    throw new SourceError(element.place, `"${id}" is in the compartment "${home}", which is not declared`);
  const amount = amountOf(element, "initialAmount");
  const density = amountOf(element, "initialConcentration");
  if (amount !== undefined && density !== undefined)
    throw new SourceError(element.place, `"${id}" has both an initialAmount and an initialConcentration`);
  const absent = level === 2 ? false : undefined; // Level 3 has no defaults
  const factor = textOf(element, "conversionFactor");
  return {
    compartment: home,
    amount,
    density,
    concentration: !booleanOf(element, "hasOnlySubstanceUnits", absent) && compartment.dimensions !== 0,
    boundary: booleanOf(element, "boundaryCondition", absent),
    constant: booleanOf(element, "constant", absent),
    conversion: factor === undefined ? undefined : sourceName(factor),
    place: element.place,
  };
}

/** Formulas of a list by the name that each is about. */
function formulasIn(
  elements: readonly XmlElement[],
  attribute: "symbol" | "variable",
  context: Context,
): ReadonlyMap<string, SourceFormula> {
  const found = new Map<string, SourceFormula>();
  for (const element of elements) {
    const name = sourceName(requiredText(element, attribute));
    if (found.has(name)) throw new SourceError(element.place, `a second <${element.local}> for "${name}"`);
    if (!context.places.has(name))
      throw new SourceError(element.place, `<${element.local}> is about "${name}", which is not declared`);
    found.set(name, { ...formulaOf(element, context), place: element.place });
  }
  return found;
}

function readEvent(element: XmlElement, context: Context): SourceEvent {
  const { level } = context;
  const child = (local: string): XmlElement | undefined => element.children.find((c) => c.local === local);
  const trigger = child("trigger");
  if (trigger === undefined) throw new UnsupportedError("an event without a trigger", { place: element.place });
  const formula = (local: string): SourceFormula | undefined => {
    const found = child(local);
    return found === undefined ? undefined : formulaOf(found, context);
  };
  const absent = level === 2 ? true : undefined;
  return {
    ...(textOf(element, "id") === undefined ? {} : { id: claim(element, context) }),
    trigger: formulaOf(trigger, context),
    initialTrigger: booleanOf(trigger, "initialValue", absent),
    persistent: booleanOf(trigger, "persistent", absent),
    fromTriggerTime: booleanOf(element, "useValuesFromTriggerTime", absent),
    delay: formula("delay"),
    priority: formula("priority"),
    assignments: formulasIn(listIn(element, "listOfEventAssignments", "eventAssignment"), "variable", context),
    place: element.place,
  };
}

/** Claims the identifiers of reactions and their references, which rules and formulas may name before they are read. */
function claimReactions(reactions: readonly XmlElement[], context: Context): void {
  for (const reaction of reactions) {
    claim(reaction, context);
    for (const list of ["listOfReactants", "listOfProducts", "listOfModifiers"])
      for (const reference of reaction.children.find((child) => child.local === list)?.children ?? [])
        if (textOf(reference, "id") !== undefined) claim(reference, context);
  }
}

/**
 * Reads a <model>: every identifier is claimed once, every formula read; names are resolved later.
 * @throws {SourceError | UnsupportedError} With the place of what does not fit.
 */
export function readModel(model: XmlElement, level: number): SourceModel {
  const context: Context = { level, functions: readFunctions(model), places: new Map(), locals: new Map() };
  for (const element of listIn(model, "listOfFunctionDefinitions", "functionDefinition")) claim(element, context);
  context.functions.readAll(model.place);
  const quantities = new Map<string, SourceQuantity>();
  for (const element of listIn(model, "listOfCompartments", "compartment"))
    quantities.set(claim(element, context), readCompartment(element, context));
  const species = new Map<string, SourceSpecies>();
  for (const element of listIn(model, "listOfSpecies", "species"))
    species.set(claim(element, context), readSpecies(element, context, quantities));
  for (const element of listIn(model, "listOfParameters", "parameter")) {
    const value = numberOf(element, "value");
    const constant = booleanOf(element, "constant", level === 2);
    quantities.set(claim(element, context), {
      kind: "parameter",
      value,
      dimensions: 0,
      constant,
      place: element.place,
    });
  }
  const elements = listIn(model, "listOfReactions", "reaction");
  claimReactions(elements, context);
  const rules = (local: string): ReadonlyMap<string, SourceFormula> =>
    formulasIn(listIn(model, "listOfRules", local), "variable", context);
  const assignmentRules = rules("assignmentRule");
  const rateRules = rules("rateRule");
  const initialAssignments = formulasIn(
    listIn(model, "listOfInitialAssignments", "initialAssignment"),
    "symbol",
    context,
  );
  for (const [name, { place }] of [...rateRules, ...initialAssignments])
    if (assignmentRules.has(name)) throw new SourceError(place, `"${name}" has an assignment rule already`);
  const events = listIn(model, "listOfEvents", "event").map((element) => readEvent(element, context));
  const reactions = elements.map((element) => readReaction(element, context));
  for (const [name, local] of context.locals) quantities.set(name, local);
  const factor = textOf(model, "conversionFactor");
  return {
    quantities,
    species,
    initialAssignments,
    assignmentRules,
    rateRules,
    reactions,
    events,
    conversion: factor === undefined ? undefined : sourceName(factor),
  };
}
