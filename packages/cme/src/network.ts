import { ArgumentError, didYouMean, SourceError, type SourcePlace } from "@dbd/numerics/errors";
import { compileExpression, type Expression, symbolsOf } from "./expression.ts";

/** `order` copies of a species on one side of a reaction. */
export interface Participant {
  /** Index into `Network.species`. */
  readonly species: number;
  /** Copies, an integer ≥ 1. */
  readonly order: number;
}

/**
 * How often a reaction fires.
 * `massAction`: the propensity is constant · ∏ C(n, order) over the reactants; the constant is an expression of the
 * parameters alone, in s⁻¹.
 * `law`: the expression of parameters and copy numbers *is* the propensity, in s⁻¹; nothing is multiplied to it.
 */
export type Rate =
  | { readonly kind: "massAction"; readonly constant: Expression }
  | { readonly kind: "law"; readonly law: Expression };

/** One reaction. Plain data. */
export interface Reaction {
  readonly name?: string;
  readonly reactants: readonly Participant[];
  readonly products: readonly Participant[];
  readonly rate: Rate;
  /** Where it was read, so that later errors can say so. */
  readonly place?: SourcePlace;
}

/**
 * Something that happens at a moment: when the trigger turns from false to true, and after a delay, values are set.
 * Meaning as in SBML Level 3 Version 2 Core, §4.11 (doi:10.1515/jib-2017-0081).
 */
export interface NetworkEvent {
  readonly name?: string;
  /** True when it is not 0. */
  readonly trigger: Expression;
  /** What the trigger counts as before the start: with false, a trigger that is true at the start fires there. */
  readonly initialTrigger: boolean;
  /** Whether the event still happens when its trigger turns false during the delay. */
  readonly persistent: boolean;
  /** In seconds, evaluated when the event is triggered; none when left out. */
  readonly delay?: Expression;
  /** Of events that happen at one time the one of the highest priority comes first; ties are drawn. */
  readonly priority?: Expression;
  /** Whether the values are those of the moment of the trigger, not of the moment after the delay. */
  readonly fromTriggerTime: boolean;
  /** All values are found before the first target (a species, a parameter or the name of a rate rule) is set. */
  readonly assignments: readonly { readonly target: string; readonly value: Expression }[];
  /** Where it was read, so that later errors can say so. */
  readonly place?: SourcePlace;
}

/** A reaction network as plain data: it can be sent to a worker, written to a file, and read by a person. */
export interface Network {
  /** Names, shape [S]. */
  readonly species: readonly string[];
  readonly reactions: readonly Reaction[];
  /** Copies at the start, shape [S]. */
  readonly initial: readonly number[];
  /** Species that take part in reactions but are held at their initial amount, by name. */
  readonly boundary?: ReadonlySet<string>;
  /**
   * Each parameter with its value or the expression of other parameters that gives it. One that events or a rate rule
   * change starts from here; expressions of it in other parameters do not follow it.
   */
  readonly parameters: ReadonlyMap<string, number | Expression>;
  /**
   * Quantities that always equal an expression of species, parameters, `time` and one another, without a circle. A name
   * may be a species that no reaction moves (its count is then reported) or a name of its own, but no parameter.
   */
  readonly assignments?: ReadonlyMap<string, Expression>;
  /** Time derivatives of parameters, or of species that no reaction moves, which give the value at the start. */
  readonly rateRules?: ReadonlyMap<string, Expression>;
  readonly events?: readonly NetworkEvent[];
}

/** What an event is called in messages: its name, or its number counting from 1. */
export function eventLabel(network: Network, index: number): string {
  const name = network.events![index].name;
  return name === undefined ? `event ${index + 1}` : `event "${name}"`;
}

/** Largest copy number that an Int32Array holds: of recorded states, unless they are asked for as doubles. */
export const largestCount: number = 2 ** 31 - 1;

/** Largest copy number of a simulation: its states are doubles, and whole numbers are exact up to here. */
export const mostCopies: number = Number.MAX_SAFE_INTEGER;

/** What a reaction is called in messages: its name, or its number counting from 1. */
export function reactionLabel(network: Network, index: number): string {
  const name = network.reactions[index].name;
  return name === undefined ? `reaction ${index + 1}` : `reaction "${name}"`;
}

/** An error about a reaction, with the place where it was read when that is known. */
export function reactionError(network: Network, index: number, problem: string, hint?: string): ArgumentError {
  const place = network.reactions[index].place;
  const text = `${reactionLabel(network, index)}: ${problem}`;
  const options = hint === undefined ? {} : { hint };
  return place === undefined ? new ArgumentError("network", text, options) : new SourceError(place, text, options);
}

/** The index of a species. @throws {ArgumentError} Naming the nearest known one. */
export function speciesIndex(network: Network, name: string, where: string): number {
  const index = network.species.indexOf(name);
  if (index >= 0) return index;
  const near = didYouMean(name, network.species);
  throw new ArgumentError(where, `the network has no species ${JSON.stringify(name)}`, {
    hint: near === undefined ? `Its species are ${network.species.join(", ") || "none"}` : `Did you mean "${near}"?`,
  });
}

/** Where a name first stands in an expression, when its parser noted that. */
function placeOf(expr: Expression, name: string): SourcePlace | undefined {
  const pending = [expr];
  for (let e = pending.pop(); e !== undefined; e = pending.pop()) {
    if (e.kind === "symbol" && e.name === name) return e.place;
    if (e.kind === "call") pending.push(...e.args.toReversed());
  }
  return undefined;
}

/**
 * Refuses an expression with a name that is not known, at its own place.
 * @param what - What the expression is, such as "the rate constant".
 */
export function checkNames(expr: Expression, known: ReadonlySet<string>, what: string, hintFor?: string): void {
  const unknown = symbolsOf(expr).find((name) => !known.has(name));
  if (unknown === undefined) return;
  const near = didYouMean(unknown, [...known]);
  const hint =
    hintFor ?? (near === undefined ? `Known names: ${[...known].join(", ") || "none"}` : `Did you mean "${near}"?`);
  const place = placeOf(expr, unknown);
  const problem = `unknown name "${unknown}" in ${what}`;
  throw place === undefined
    ? new ArgumentError("network", problem, { hint })
    : new SourceError(place, problem, { hint });
}

/**
 * Values of all parameters, those that others depend on first.
 * @param places - Where each was defined, for errors.
 * @throws {ArgumentError} For an unknown name, a definition in a circle, or a value that is not finite.
 */
export function parameterValues(
  network: Pick<Network, "parameters">,
  places?: ReadonlyMap<string, SourcePlace>,
): ReadonlyMap<string, number> {
  const { parameters } = network;
  const known = new Set(parameters.keys());
  const values = new Map<string, number>();
  const open = new Set<string>();
  const refuse = (name: string, problem: string): never => {
    const place = places?.get(name);
    throw place === undefined ? new ArgumentError("parameters", problem) : new SourceError(place, problem);
  };
  const visit = (name: string): void => {
    if (values.has(name)) return;
    if (open.has(name)) refuse(name, `"${name}" is defined by itself: ${[...open, name].join(" → ")}`);
    let value = parameters.get(name)!;
    if (typeof value !== "number") {
      open.add(name);
      checkNames(value, known, `the value of ${name}`);
      for (const needed of symbolsOf(value)) visit(needed);
      open.delete(name);
      value = compileExpression(value, new Map(), values)(new Float64Array(0));
    }
    if (!Number.isFinite(value)) refuse(name, `"${name}" must be finite, got ${value}`);
    values.set(name, value);
  };
  for (const name of known) visit(name);
  return values;
}

/**
 * The same network with some parameters set to other values; expressions that mention them follow.
 * @throws {ArgumentError} For a name that is not a parameter, or a value that is not finite.
 */
export function withParameters(network: Network, changes: ReadonlyMap<string, number>): Network {
  const parameters = new Map(network.parameters);
  for (const [name, value] of changes) {
    if (!parameters.has(name)) {
      const near = didYouMean(name, [...parameters.keys()]);
      throw new ArgumentError("withParameters", `the network has no parameter ${JSON.stringify(name)}`, {
        hint: near === undefined ? `It has ${[...parameters.keys()].join(", ") || "none"}` : `Did you mean "${near}"?`,
      });
    }
    if (!Number.isFinite(value)) throw new ArgumentError("withParameters", `${name} must be finite, got ${value}`);
    parameters.set(name, value);
  }
  return { ...network, parameters };
}
