import type { Network, NetworkEvent, Participant } from "@dbd/cme";
import { type Expression, symbolsOf } from "@dbd/cme/expression";
import { exportNames } from "../model/exportNames.ts";
import { freshName } from "../model/names.ts";
import { countsOf, plainValue, propensityLaw } from "../model/reaction.ts";
import { mathOf } from "./writeMath.ts";

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const same = (name: string): string => name;
const math = (expr: Expression, wanted: "number" | "truth" = "number"): string =>
  `<math xmlns="http://www.w3.org/1998/Math/MathML">${mathOf(expr, same, wanted)}</math>`;

function list(name: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  return [`    <${name}>`, ...items.map((item) => `      ${item}`), `    </${name}>`];
}

/** The name attribute, where the identifier is not the name itself. */
type Naming = (id: string) => string;

function speciesElements(network: Network, home: string, naming: Naming): string[] {
  return network.species.map((id, s) => {
    const boundary = network.boundary?.has(id) === true || network.assignments?.has(id) === true;
    const truth = `hasOnlySubstanceUnits="true" boundaryCondition="${boundary}" constant="false"`;
    return `<species id="${id}"${naming(id)} compartment="${home}" initialAmount="${network.initial[s]}" ${truth}/>`;
  });
}

function parameterElements(network: Network, naming: Naming): string[] {
  const { parameters, assignments, rateRules, events = [], species } = network;
  const moving = new Set([
    ...(rateRules?.keys() ?? []),
    ...events.flatMap((event) => event.assignments.map(({ target }) => target)),
  ]);
  const rules = [...(assignments?.keys() ?? [])].filter((name) => !species.includes(name));
  return [
    ...Array.from(parameters, ([id, value]) => {
      const number = plainValue(value);
      const given = number === undefined ? "" : ` value="${number}"`;
      return `<parameter id="${id}"${naming(id)}${given} constant="${!moving.has(id)}"/>`;
    }),
    ...rules.map((id) => `<parameter id="${id}"${naming(id)} constant="false"/>`),
  ];
}

function references(network: Network, name: string, side: readonly Participant[]): string {
  const items = Array.from(
    countsOf(side),
    ([s, count]) => `<speciesReference species="${network.species[s]}" stoichiometry="${count}" constant="true"/>`,
  );
  return items.length === 0 ? "" : `<${name}>${items.join("")}</${name}>`;
}

function reactionElements(network: Network, taken: Set<string>): string[] {
  const known = new Set(network.species);
  return network.reactions.map((reaction, r) => {
    const { name, reactants, products } = reaction;
    const plain = (name ?? `r${r + 1}`).replaceAll(/[^A-Za-z0-9_]/g, "_").replace(/^(?=[0-9])/, "_");
    const id = freshName(plain, taken);
    const label = name === undefined || name === id ? "" : ` name="${escaped(name)}"`;
    const law = propensityLaw(network, reaction);
    const taking = new Set([...reactants, ...products].map(({ species }) => network.species[species]));
    const modifiers = symbolsOf(law).filter((symbol) => known.has(symbol) && !taking.has(symbol));
    return [
      `<reaction id="${id}"${label} reversible="false">`,
      references(network, "listOfReactants", reactants),
      references(network, "listOfProducts", products),
      modifiers.length === 0
        ? ""
        : `<listOfModifiers>${modifiers.map((m) => `<modifierSpeciesReference species="${m}"/>`).join("")}</listOfModifiers>`,
      `<kineticLaw>${math(law)}</kineticLaw></reaction>`,
    ].join("");
  });
}

function eventElement(event: NetworkEvent, taken: Set<string>): string {
  const { trigger, delay, priority, name } = event;
  const id = name === undefined ? "" : ` id="${freshName(name.replaceAll(/[^A-Za-z0-9_]/g, "_"), taken)}"`;
  const flags = `initialValue="${event.initialTrigger}" persistent="${event.persistent}"`;
  const sets = event.assignments.map(
    ({ target, value }) => `<eventAssignment variable="${target}">${math(value)}</eventAssignment>`,
  );
  return [
    `<event${id} useValuesFromTriggerTime="${event.fromTriggerTime}">`,
    `<trigger ${flags}>${math(trigger, "truth")}</trigger>`,
    delay === undefined ? "" : `<delay>${math(delay)}</delay>`,
    priority === undefined ? "" : `<priority>${math(priority)}</priority>`,
    sets.length === 0 ? "" : `<listOfEventAssignments>${sets.join("")}</listOfEventAssignments>`,
    "</event>",
  ].join("");
}

export interface WriteSbmlOptions {
  /** What people call a species, such as the pattern of a .net, by its name in the network. */
  readonly names?: ReadonlyMap<string, string>;
}

/**
 * Writes a network as SBML Level 3 Version 2 core: amounts in one compartment of size 1, every propensity as the kinetic
 * law that it is. `readSbml` reads it back to the same amounts, propensities, rules and events; names that are no SBML
 * identifiers become the attribute `name`. SBML Level 3 Version 2 Core, doi:10.1515/jib-2017-0081.
 */
export function writeSbml(given: Network, { names }: WriteSbmlOptions = {}): string {
  const { network, original, taken } = exportNames(given, new Set());
  const naming: Naming = (id) => {
    const before = names?.get(original.get(id) ?? id) ?? original.get(id);
    return before === undefined ? "" : ` name="${escaped(before)}"`;
  };
  const home = freshName("compartment", taken);
  const { assignments, rateRules, events = [] } = network;
  const starts = [...network.parameters].flatMap(([id, value]) =>
    typeof value === "number" || plainValue(value) !== undefined
      ? []
      : [`<initialAssignment symbol="${id}">${math(value)}</initialAssignment>`],
  );
  const rules = [
    ...Array.from(
      assignments ?? [],
      ([id, value]) => `<assignmentRule variable="${id}">${math(value)}</assignmentRule>`,
    ),
    ...Array.from(rateRules ?? [], ([id, value]) => `<rateRule variable="${id}">${math(value)}</rateRule>`),
  ];
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">',
    `  <model id="${freshName("network", taken)}" substanceUnits="item" timeUnits="second" extentUnits="item">`,
    ...list("listOfCompartments", [`<compartment id="${home}" spatialDimensions="3" size="1" constant="true"/>`]),
    ...list("listOfSpecies", speciesElements(network, home, naming)),
    ...list("listOfParameters", parameterElements(network, naming)),
    ...list("listOfInitialAssignments", starts),
    ...list("listOfRules", rules),
    ...list("listOfReactions", reactionElements(network, taken)),
    ...list(
      "listOfEvents",
      events.map((event) => eventElement(event, taken)),
    ),
    "  </model>",
    "</sbml>",
  ].join("\n")}\n`;
}
