import { ArgumentError, SourceError, UnsupportedError } from "@dbd/numerics/errors";
import { type Expression, symbolsOf, timeSymbol } from "./expression.ts";
import { checkNames, eventLabel, type Network, reactionLabel } from "./network.ts";

const rateOf = (network: Network, r: number): Expression => {
  const { rate } = network.reactions[r];
  return rate.kind === "law" ? rate.law : rate.constant;
};

/** What a network has beyond reactions with laws of its species: words for messages, in the order of the network. */
export function dynamicFeatures(network: Network): readonly string[] {
  const { assignments, rateRules, events = [], reactions } = network;
  const timed = reactions.findIndex((_, r) => symbolsOf(rateOf(network, r)).includes(timeSymbol));
  return [
    ...[...(assignments?.keys() ?? [])].slice(0, 1).map((name) => `an assignment rule ("${name}")`),
    ...[...(rateRules?.keys() ?? [])].slice(0, 1).map((name) => `a rate rule ("${name}")`),
    ...events.slice(0, 1).map((_, i) => `an event (${eventLabel(network, i)})`),
    ...(timed < 0 ? [] : [`a rate that depends on time (${reactionLabel(network, timed)})`]),
  ];
}

/** @throws {UnsupportedError} Naming the first feature that only the simulators know. */
export function refuseDynamics(network: Network): void {
  const [feature] = dynamicFeatures(network);
  if (feature !== undefined) throw new UnsupportedError(`${feature} here`);
}

function fail(network: Network, event: number, problem: string): never {
  const { place } = network.events![event];
  const text = `${eventLabel(network, event)}: ${problem}`;
  throw place === undefined ? new ArgumentError("network", text) : new SourceError(place, text);
}

/** Species that some reaction moves. */
function movedSpecies({ species, reactions, boundary }: Network): ReadonlySet<string> {
  const moved = new Set<string>();
  for (const { reactants, products } of reactions) {
    for (const { species: s } of [...reactants, ...products]) if (s < species.length) moved.add(species[s]);
  }
  for (const name of boundary ?? []) moved.delete(name);
  return moved;
}

function checkRuleNames(network: Network): void {
  const { parameters, assignments, rateRules, species } = network;
  if (species.includes(timeSymbol) || parameters.has(timeSymbol) || assignments?.has(timeSymbol) === true) {
    throw new ArgumentError("network", `"${timeSymbol}" is the simulated time, not a name of the model`);
  }
  const moved = movedSpecies(network);
  for (const name of assignments?.keys() ?? []) {
    if (parameters.has(name)) throw new ArgumentError("network", `"${name}" has both a value and an assignment rule`);
    if (rateRules?.has(name) === true) throw new ArgumentError("network", `"${name}" has two rules`);
  }
  for (const name of [...(assignments?.keys() ?? []), ...(rateRules?.keys() ?? [])]) {
    if (moved.has(name)) throw new ArgumentError("network", `"${name}" has a rule, but a reaction moves it`);
  }
  for (const name of rateRules?.keys() ?? []) {
    if (parameters.has(name) || species.includes(name)) continue;
    throw new ArgumentError("network", `"${name}" has a rate rule, but no value at the start`);
  }
}

/** Assignment rules in an order in which each needs only those before it. @throws {ArgumentError} For a circle. */
export function assignmentOrder(assignments: ReadonlyMap<string, Expression>): readonly string[] {
  const order = new Set<string>();
  const open = new Set<string>();
  const visit = (name: string): void => {
    if (order.has(name)) return;
    if (open.has(name)) {
      throw new ArgumentError("network", `"${name}" is assigned by itself: ${[...open, name].join(" → ")}`);
    }
    open.add(name);
    for (const needed of symbolsOf(assignments.get(name)!)) if (assignments.has(needed)) visit(needed);
    open.delete(name);
    order.add(name);
  };
  for (const name of assignments.keys()) visit(name);
  return [...order];
}

/** Every name that an expression of the network may use. */
export function knownNames({ species, parameters, assignments }: Network): ReadonlySet<string> {
  return new Set([...species, ...parameters.keys(), ...(assignments?.keys() ?? []), timeSymbol]);
}

/** @throws {ArgumentError} For rules and events that do not fit together, with the place where that is known. */
export function checkDynamics(network: Network): void {
  const { parameters, assignments, rateRules, events = [], species } = network;
  checkRuleNames(network);
  const known = knownNames(network);
  for (const [name, value] of assignments ?? []) checkNames(value, known, `the assignment rule of ${name}`);
  for (const [name, value] of rateRules ?? []) checkNames(value, known, `the rate rule of ${name}`);
  if (assignments !== undefined) assignmentOrder(assignments);
  for (const [i, event] of events.entries()) {
    const label = eventLabel(network, i);
    const parts = [event.trigger, event.delay, event.priority, ...event.assignments.map(({ value }) => value)];
    for (const part of parts) if (part !== undefined) checkNames(part, known, label);
    const targets = new Set<string>();
    for (const { target } of event.assignments) {
      if (assignments?.has(target) === true) fail(network, i, `"${target}" has an assignment rule and cannot be set`);
      if (!species.includes(target) && !parameters.has(target)) fail(network, i, `there is no "${target}" to set`);
      if (targets.has(target)) fail(network, i, `"${target}" is set twice`);
      targets.add(target);
    }
  }
}
