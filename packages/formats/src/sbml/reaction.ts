import { compileExpression, type Expression } from "@dbd/cme/expression";
import { SourceError, type SourcePlace, UnsupportedError } from "@dbd/numerics/errors";
import { amountOf, booleanOf, idOf, listIn, numberOf, requiredText } from "./attributes.ts";
import { classifyLaw, type Law, resolveLaw } from "./law.ts";
import { readMath } from "./mathml.ts";
import type { Declarations } from "./model.ts";
import type { XmlElement } from "./xml.ts";

/** A reaction as written, with the total stoichiometry per species on either side, boundary species included. */
export interface SbmlReaction {
  readonly id: string;
  readonly reactants: ReadonlyMap<string, number>;
  readonly products: ReadonlyMap<string, number>;
  readonly law: Law;
  readonly place: SourcePlace;
}

/** What the reactions of one model share. */
export interface Context {
  readonly level: number;
  readonly declared: Declarations;
  /** All names with a value that laws may use; grows by the local parameters as reactions are read. */
  readonly values: Map<string, number>;
  readonly start: { readonly slots: ReadonlyMap<string, number>; readonly amounts: Float64Array };
}

/** The state of reading before the first reaction. */
export function createContext(level: number, declared: Declarations): Context {
  const values = new Map<string, number>();
  for (const [name, { value }] of declared.constants) if (value !== undefined) values.set(name, value);
  const slots = new Map(Array.from(declared.species.keys(), (name, i) => [name, i]));
  const amounts = Float64Array.from(declared.species.values(), (s) => s.amount);
  return { level, declared, values, start: { slots, amounts } };
}

function stoichiometryOf(reference: XmlElement, level: number): number {
  const value = amountOf(reference, "stoichiometry") ?? (level === 2 ? 1 : undefined);
  const species = requiredText(reference, "species");
  if (value === undefined) throw new SourceError(reference.place, `the reference to "${species}" has no stoichiometry`);
  if (Number.isInteger(value)) return value;
  throw new UnsupportedError(`fractional stoichiometry (${value} of "${species}")`, { place: reference.place });
}

/** Total stoichiometry per species on one side of a reaction. */
function readSide(reaction: XmlElement, list: string, { level, declared }: Context): Map<string, number> {
  const side = new Map<string, number>();
  for (const reference of listIn(reaction, list, "speciesReference")) {
    const name = requiredText(reference, "species");
    const species = declared.species.get(name);
    if (species === undefined) throw new SourceError(reference.place, `the species "${name}" is not declared`);
    const count = stoichiometryOf(reference, level);
    if (species.fixed) throw new SourceError(reference.place, `a reaction changes "${name}", which is constant`);
    if (count > 0) side.set(name, (side.get(name) ?? 0) + count);
  }
  return side;
}

function uniqueName(wanted: string, taken: (name: string) => boolean): string {
  let name = wanted;
  for (let i = 2; taken(name); i++) name = `${wanted}_${i}`;
  return name;
}

/** Adds the local parameters of a law to `values` as reaction_parameter and returns local → global name. */
function readLocals(law: XmlElement, reaction: string, { declared, values }: Context): Map<string, string> {
  const taken = (name: string): boolean =>
    values.has(name) || declared.species.has(name) || declared.constants.has(name) || declared.others.has(name);
  const locals = new Map<string, string>();
  const elements = [
    ...listIn(law, "listOfParameters", "parameter"),
    ...listIn(law, "listOfLocalParameters", "localParameter"),
  ];
  for (const element of elements) {
    const id = idOf(element);
    if (locals.has(id)) throw new SourceError(element.place, `the local parameter "${id}" is declared twice`);
    const value = numberOf(element, "value");
    if (value === undefined) throw new SourceError(element.place, `the local parameter "${id}" has no value`);
    const name = uniqueName(`${reaction}_${id}`, taken);
    values.set(name, value);
    locals.set(id, name);
  }
  return locals;
}

/** The law must be a number, not negative, where the model starts. */
function checkStart(id: string, law: Expression, place: SourcePlace, { values, start }: Context): void {
  const rate = compileExpression(law, start.slots, values)(start.amounts);
  if (Number.isFinite(rate) && rate >= 0) return;
  const what = rate < 0 ? "negative" : "not a finite number";
  throw new SourceError(place, `the law of "${id}" is ${what} at the initial amounts (${rate})`);
}

function readLaw(element: XmlElement, id: string, context: Context): Law {
  const { declared, values } = context;
  const law = element.children.find((child) => child.local === "kineticLaw");
  const math = law?.children.find((child) => child.local === "math");
  if (law === undefined || math === undefined) {
    throw new UnsupportedError(`a reaction without a kinetic law ("${id}")`, { place: element.place });
  }
  const locals = readLocals(law, id, context);
  const resolved = resolveLaw(readMath(math), math.place, declared, locals);
  const classified = classifyLaw(resolved, (name) => declared.species.has(name), values);
  if (classified.massAction !== undefined && !classified.nonNegative) {
    throw new SourceError(math.place, `the law of "${id}" has a negative rate constant`);
  }
  if (booleanOf(element, "reversible", true) && !classified.nonNegative) {
    throw new UnsupportedError(`the reversible reaction "${id}" whose law may become negative`, {
      place: math.place,
      hint: "Split it into a forward and a backward reaction",
    });
  }
  checkStart(id, resolved, math.place, context);
  return classified;
}

/** Reads one reaction. @throws {SourceError | UnsupportedError} With the place of what does not fit. */
export function readReaction(element: XmlElement, context: Context): SbmlReaction {
  const id = idOf(element);
  if (booleanOf(element, "fast", false)) {
    throw new UnsupportedError(`the fast reaction "${id}"`, { place: element.place });
  }
  if (context.level > 2) booleanOf(element, "reversible", undefined);
  for (const modifier of listIn(element, "listOfModifiers", "modifierSpeciesReference")) {
    const name = requiredText(modifier, "species");
    if (!context.declared.species.has(name))
      throw new SourceError(modifier.place, `the species "${name}" is not declared`);
  }
  const reactants = readSide(element, "listOfReactants", context);
  const products = readSide(element, "listOfProducts", context);
  return { id, reactants, products, law: readLaw(element, id, context), place: element.place };
}
