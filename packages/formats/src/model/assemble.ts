import type { Network, NetworkEvent, Participant, Rate, Reaction } from "@dbd/cme";
import { compileExpression, type Expression, symbolsOf, timeSymbol } from "@dbd/cme/expression";
import { SourceError, type SourcePlace, UnsupportedError } from "@dbd/numerics/errors";
import { wholeCopies } from "./amounts.ts";
import { classifyLaw, directionsOf, isNegative, type Law, type LawContext, nonNegativeNames } from "./law.ts";
import { freshName, quote } from "./names.ts";
import { withoutReserved } from "./rename.ts";
import { Resolver, sizeOf, symbol, times } from "./resolver.ts";
import type { SourceEvent, SourceFormula, SourceModel, SourceReaction, SourceReference } from "./source.ts";

export interface AssembleOptions {
  /**
   * `whole` (the default): initial amounts are counts of molecules, and others are refused where they stand. `any`: for rate
   * equations, and for other formats.
   */
  readonly amounts?: "whole" | "any";
}

/** Copies that one firing takes or makes, by species. */
type Side = ReadonlyMap<string, number>;

interface Work {
  readonly model: SourceModel;
  readonly resolver: Resolver;
  readonly context: LawContext;
  readonly indices: ReadonlyMap<string, number>;
  /** Values of everything at the start. */
  readonly start: ReadonlyMap<string, number>;
  readonly names: Set<string>;
}

function checkTarget({ model, resolver }: Work, name: string, { place }: SourceFormula, what: string): void {
  if (resolver.isStoichiometry(name)) throw new UnsupportedError(`stoichiometry that changes ("${name}")`, { place });
  const found = model.species.get(name) ?? model.quantities.get(name);
  if (found === undefined) {
    const isReaction = model.reactions.some(({ id }) => id === name);
    throw new SourceError(place, `${what} "${name}", which ${isReaction ? "is a reaction" : "is not declared"}`);
  }
  if (found.constant) throw new SourceError(place, `${what} "${name}", which is constant`);
}

/** What a rule or an event says of a symbol, as a formula of the amount. */
function amountFormula({ model, resolver }: Work, name: string, formula: SourceFormula, home?: Expression): Expression {
  const value = resolver.resolve(formula);
  const size = sizeOf(model, name);
  return size === undefined ? value : times(value, home ?? size);
}

function readAssignments(work: Work): ReadonlyMap<string, Expression> {
  const { model } = work;
  const rules = new Map<string, Expression>();
  for (const [name, formula] of model.assignmentRules) {
    checkTarget(work, name, formula, "a rule assigns");
    rules.set(name, amountFormula(work, name, formula));
  }
  return rules;
}

/** d(amount)/dt from d(concentration)/dt: the size may move too. */
function readRateRules(work: Work): ReadonlyMap<string, Expression> {
  const { model, resolver } = work;
  const rules = new Map<string, Expression>();
  for (const [name, formula] of model.rateRules) {
    checkTarget(work, name, formula, "a rate rule moves");
    let slope = amountFormula(work, name, formula);
    const home = sizeOf(model, name) === undefined ? undefined : model.species.get(name)!.compartment;
    if (home !== undefined && model.assignmentRules.has(home))
      throw new UnsupportedError(
        `a rate rule of the concentration "${name}" in a compartment with an assignment rule`,
        {
          place: formula.place,
        },
      );
    const growth = home === undefined ? undefined : model.rateRules.get(home);
    if (growth !== undefined) {
      const density: Expression = { kind: "call", op: "/", args: [symbol(name), symbol(home!)] };
      slope = { kind: "call", op: "+", args: [slope, times(density, resolver.resolve(growth))] };
    }
    rules.set(name, slope);
  }
  return rules;
}

function readEvent(work: Work, event: SourceEvent): NetworkEvent {
  const { model, resolver } = work;
  const optional = (key: "delay" | "priority"): Partial<Record<typeof key, Expression>> => {
    const formula = event[key];
    return formula === undefined ? {} : { [key]: resolver.resolve(formula) };
  };
  const assignments = Array.from(event.assignments, ([target, formula]) => {
    checkTarget(work, target, formula, "an event sets");
    if (model.assignmentRules.has(target))
      throw new SourceError(formula.place, `an event sets "${target}", which has an assignment rule`);
    // A compartment that the same event sets counts with its new size.
    const home = model.species.get(target)?.compartment;
    const resized = home === undefined ? undefined : event.assignments.get(home);
    const size = resized === undefined ? undefined : resolver.resolve(resized);
    return { target, value: amountFormula(work, target, formula, size) };
  });
  return {
    ...(event.id === undefined ? {} : { name: event.id }),
    trigger: resolver.resolve(event.trigger),
    initialTrigger: event.initialTrigger,
    persistent: event.persistent,
    fromTriggerTime: event.fromTriggerTime,
    ...optional("delay"),
    ...optional("priority"),
    assignments,
    place: event.place,
  };
}

/** How many copies an extent of 1 is. */
function conversionOf({ model, resolver }: Work, { species, place }: SourceReference): number {
  const factor = model.species.get(species)!.conversion ?? model.conversion;
  if (factor === undefined) return 1;
  if (model.quantities.get(factor)?.kind !== "parameter")
    throw new SourceError(place, `the conversion factor "${factor}" is no parameter`);
  if (!resolver.isConstant(factor))
    throw new UnsupportedError(`a conversion factor that changes ("${factor}")`, { place });
  return resolver.start(factor);
}

/** Total copies per species on one side of a reaction. */
function sideOf(work: Work, references: readonly SourceReference[]): Map<string, number> {
  const { model, resolver } = work;
  const side = new Map<string, number>();
  for (const reference of references) {
    const { species: name, place } = reference;
    const species = model.species.get(name);
    if (species === undefined) throw new SourceError(place, `the species "${name}" is not declared`);
    if (species.constant && !species.boundary)
      throw new SourceError(place, `a reaction changes "${name}", which is constant`);
    if (!species.boundary && (model.assignmentRules.has(name) || model.rateRules.has(name)))
      throw new SourceError(place, `a reaction changes "${name}", which has a rule`);
    const count = resolver.stoichiometry(reference) * conversionOf(work, reference);
    if (!Number.isInteger(count))
      throw new UnsupportedError(`fractional stoichiometry (${count} of "${name}")`, { place });
    if (count < 0) throw new SourceError(place, `the conversion factor of "${name}" makes ${count} copies`);
    if (count > 0) side.set(name, (side.get(name) ?? 0) + count);
  }
  return side;
}

const sameCounts = (a: Side, b: Side): boolean =>
  a.size === b.size && [...a].every(([name, count]) => b.get(name) === count);

const isStill = ({ model }: Work, name: string): boolean => {
  const { boundary, constant } = model.species.get(name)!;
  return boundary || constant;
};

/**
 * The sides that give a reaction its propensity by mass action and its net change: the orders of the law on the left,
 * catalysts on both. Undefined when the law lets a reaction take more copies than it looks for (2 A → 0 at k·A).
 */
function massActionSides(work: Work, law: Law, reactants: Side, products: Side): [Side, Side] | undefined {
  const orders = law.massAction?.orders;
  if (orders === undefined || sameCounts(orders, reactants)) return orders && [reactants, products];
  const after = new Map<string, number>();
  for (const name of new Set([...orders.keys(), ...products.keys(), ...reactants.keys()])) {
    const count = (orders.get(name) ?? 0) + (products.get(name) ?? 0) - (reactants.get(name) ?? 0);
    if (count < 0 && !isStill(work, name)) return undefined;
    if (count > 0) after.set(name, count);
  }
  return [orders, after];
}

/** One direction of a reaction. */
function toReaction(
  work: Work,
  name: string,
  expression: Expression,
  sides: [Side, Side],
  place: SourcePlace,
): Reaction {
  const law = classifyLaw(expression, work.context);
  const found = massActionSides(work, law, sides[0], sides[1]);
  const participants = (side: Side): Participant[] =>
    Array.from(side, ([species, order]) => ({ species: work.indices.get(species)!, order }));
  const rate: Rate =
    found === undefined || law.massAction === undefined
      ? { kind: "law", law: expression }
      : { kind: "massAction", constant: law.massAction.rate };
  const [reactants, products] = found ?? sides;
  return {
    name: name.replace(quote, ""),
    reactants: participants(reactants),
    products: participants(products),
    rate,
    place,
  };
}

function checkStart({ start }: Work, id: string, law: Expression, place: SourcePlace): void {
  const rate = compileExpression(law, new Map(), start)(new Float64Array(0));
  if (Number.isFinite(rate) && rate >= 0) return;
  const what = rate < 0 ? "negative" : "not a finite number";
  throw new SourceError(place, `the law of "${id}" is ${what} at the initial amounts (${rate})`);
}

function readReaction(work: Work, reaction: SourceReaction, r: number): Reaction[] {
  const { id, place, law: formula } = reaction;
  const law = work.resolver.law(r);
  const reactants = sideOf(work, reaction.reactants);
  const products = sideOf(work, reaction.products);
  const { massAction } = classifyLaw(law, work.context);
  if (massAction !== undefined && isNegative(massAction.rate, work.context) && !reaction.reversible)
    throw new SourceError(formula.place, `the law of "${id}" has a negative rate constant`);
  const directions = reaction.reversible ? directionsOf(law, work.context) : { forward: law, backward: undefined };
  if (directions === undefined)
    throw new UnsupportedError(`the reversible reaction "${id}" whose law may become negative`, {
      place: formula.place,
      hint: "Split it into a forward and a backward reaction",
    });
  const { forward, backward } = directions;
  if (forward !== undefined) checkStart(work, id, forward, formula.place);
  if (backward !== undefined) checkStart(work, id, backward, formula.place);
  return [
    ...(forward === undefined ? [] : [toReaction(work, id, forward, [reactants, products], place)]),
    ...(backward === undefined
      ? []
      : [toReaction(work, freshName(`${id}_back`, work.names), backward, [products, reactants], place)]),
  ];
}

/** Values of the parameters; a formula of constants stays one, so that it follows them. */
function readParameters({ model, resolver }: Work): Map<string, number | Expression> {
  const parameters = new Map<string, number | Expression>();
  for (const [name, { value }] of model.quantities) {
    if (model.assignmentRules.has(name)) continue;
    const formula = model.initialAssignments.get(name);
    if (formula === undefined) {
      if (value !== undefined || model.rateRules.has(name) || resolver.targets.has(name))
        parameters.set(name, resolver.start(name));
      continue;
    }
    const start = resolver.start(name);
    const resolved = resolver.resolve(formula);
    parameters.set(name, symbolsOf(resolved).every((used) => resolver.isConstant(used)) ? resolved : start);
  }
  return parameters;
}

function readAmounts(work: Work, amounts: "whole" | "any"): number[] {
  const { model, start } = work;
  return Array.from(model.species, ([name, { place }]) => {
    const amount = start.get(name)!;
    const ruled = model.assignmentRules.has(name); // then the rule gives the amount, here only roughly
    if (ruled && !Number.isFinite(amount)) return 0;
    if (amounts === "any") return amount;
    return ruled ? Math.max(0, Math.round(amount)) : wholeCopies(name, amount, place);
  });
}

/** Names that never are negative, to tell the directions of reversible reactions apart. */
function provenNames(
  { model, start, context }: Work,
  assignments: ReadonlyMap<string, Expression>,
  events: readonly NetworkEvent[],
): ReadonlySet<string> {
  const { species, assignmentRules, rateRules, quantities } = model;
  const counts = [...species.keys()].filter((name) => !assignmentRules.has(name) && !rateRules.has(name));
  const said = new Map<string, Expression[]>(Array.from(assignments, ([name, rule]) => [name, [rule]]));
  for (const { target, value } of events.flatMap((event) => event.assignments)) {
    if (!quantities.has(target) || rateRules.has(target) || !((start.get(target) ?? -1) >= 0)) continue;
    said.set(target, [...(said.get(target) ?? []), value]);
  }
  return nonNegativeNames(new Set([timeSymbol, ...counts]), said, context.constants);
}

/** Values at the start of everything that has one. */
function startValues(model: SourceModel, resolver: Resolver): Map<string, number> {
  const start = new Map<string, number>([[timeSymbol, 0]]);
  for (const name of model.species.keys()) start.set(name, resolver.start(name));
  for (const [name, { value }] of model.quantities)
    if (value !== undefined || model.initialAssignments.has(name) || model.assignmentRules.has(name))
      start.set(name, resolver.start(name));
  for (const name of model.initialAssignments.keys()) {
    if (start.has(name)) continue;
    const { place } = model.initialAssignments.get(name)!;
    if (!resolver.isStoichiometry(name))
      throw new SourceError(place, `an initial assignment sets "${name}", which is not declared`);
  }
  return start;
}

/**
 * Makes a network of a source model: amounts are copies, laws are propensities in s⁻¹, a concentration is amount / size, a
 * law that is the same polynomial as k·∏ C(n, m) is mass action, and a reversible reaction whose two directions can be
 * told apart is two reactions.
 * @throws {SourceError | UnsupportedError} With the place of what does not fit.
 */
export function assemble(model: SourceModel, { amounts = "whole" }: AssembleOptions = {}): Network {
  const resolver = new Resolver(model);
  const { species, quantities } = model;
  const names = [...species.keys()];
  const start = startValues(model, resolver);
  const constants = new Map([...start].filter(([name]) => resolver.isConstant(name)));
  const known = new Set<string>();
  const work: Work = {
    model,
    resolver,
    context: { constants, isSpecies: (name) => species.has(name), isNonNegative: (name) => known.has(name) },
    indices: new Map(names.map((name, i) => [name, i])),
    start,
    names: new Set([...names, ...quantities.keys(), ...model.reactions.map(({ id }) => id)]),
  };
  const assignments = readAssignments(work);
  const rules = readRateRules(work);
  const events = model.events.map((event) => readEvent(work, event));
  const initial = readAmounts(work, amounts);
  for (const name of provenNames(work, assignments, events)) known.add(name);
  const network: Network = {
    species: names,
    initial,
    boundary: new Set(names.filter((name) => isStill(work, name))),
    parameters: readParameters(work),
    reactions: model.reactions.flatMap((reaction, r) => readReaction(work, reaction, r)),
    ...(assignments.size === 0 ? {} : { assignments }),
    ...(rules.size === 0 ? {} : { rateRules: rules }),
    ...(events.length === 0 ? {} : { events }),
  };
  return withoutReserved(network, work.names);
}

/** The compartment of every species. */
export function compartmentsOf({ species }: SourceModel): ReadonlyMap<string, string> {
  return new Map(Array.from(species, ([name, { compartment }]) => [name, compartment] as const));
}
