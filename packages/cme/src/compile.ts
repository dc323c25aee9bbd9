import { ArgumentError, UnsupportedError } from "@dbd/numerics/errors";
import { checkDynamics, knownNames, refuseDynamics } from "./dynamics.ts";
import { compileExpression, type Expression, symbolsOf, timeSymbol } from "./expression.ts";
import { checkNames, mostCopies, type Network, parameterValues, reactionError, reactionLabel } from "./network.ts";
import { assignmentResolver } from "./resolve.ts";

/** A propensity given by a law: a function of the state, shape [S] or, with dynamics, [width]. */
export type LawFunction = (x: Float64Array) => number;

/** A network in flat arrays for the kernels. Compressed rows: entries `start[r] … start[r + 1]` belong to reaction r. */
export interface CompiledNetwork {
  readonly network: Network;
  /** c_r / ∏ order!, shape [R]; 0 for reactions with a law. */
  readonly rate: Float64Array;
  readonly start: Int32Array;
  /** Reactant of each entry. */
  readonly species: Int32Array;
  /** Copies of that reactant that one firing takes. */
  readonly order: Int32Array;
  readonly changeStart: Int32Array;
  /** Species that a firing changes; boundary species never do. */
  readonly changeSpecies: Int32Array;
  /** By how many copies, never 0. */
  readonly change: Int32Array;
  readonly dependentStart: Int32Array;
  /** Reactions whose propensity a firing can change, ascending. */
  readonly dependent: Int32Array;
  /** Law of each reaction, undefined for mass action; 0 for a law of time, which the simulators thin. */
  readonly laws: readonly (LawFunction | undefined)[];
  /** The expression of each law that does not depend on time, rules unfolded; for back ends that write code of it. */
  readonly formulas: readonly (Expression | undefined)[];
  /** Where the names of formulas stand in a state, and those with a fixed value. */
  readonly symbols: { readonly slots: ReadonlyMap<string, number>; readonly constants: ReadonlyMap<string, number> };
  readonly hasLaws: boolean;
  /** Rules, events and time, when the network has any and the caller asked for them. */
  readonly dynamics: CompiledDynamics | undefined;
}

/** What a network has beyond jumps: its expressions name species, variables, constants and time alone. */
export interface CompiledDynamics {
  /** Where species, time and variables stand in a state. Entry S is a constant 1. */
  readonly slots: ReadonlyMap<string, number>;
  /** Numbers in a state. */
  readonly width: number;
  /** Parameters that never change. */
  readonly constants: ReadonlyMap<string, number>;
  /** Slots of parameters that events set, with their values at the start. */
  readonly variables: readonly { readonly slot: number; readonly value: number }[];
  /** Unfolds assignment rules. */
  readonly resolve: (expr: Expression) => Expression;
  /** Reactions whose law depends on time. */
  readonly timed: readonly { readonly reaction: number; readonly law: Expression }[];
  /** Reactions whose propensity reads a slot, by slot. */
  readonly readers: readonly (readonly number[])[];
}

export interface CompileOptions {
  /** Whether rules, events and laws that depend on time are wanted; without it they are refused by name. */
  readonly dynamics?: boolean;
}

/** Most entries of the list of dependents: 2²⁶, a quarter of a gigabyte. */
const mostDependents = 2 ** 26;

/** Rows of pairs that grow; reactions are read once, in order. */
class Rows {
  readonly start: Int32Array;
  private index: Int32Array = new Int32Array(64);
  private value: Int32Array = new Int32Array(64);
  private size = 0;

  constructor(rows: number) {
    this.start = new Int32Array(rows + 1);
  }

  push(index: number, value: number): void {
    if (this.size === this.index.length) {
      this.index = enlarged(this.index);
      this.value = enlarged(this.value);
    }
    this.index[this.size] = index;
    this.value[this.size++] = value;
  }

  end(row: number): void {
    this.start[row + 1] = this.size;
  }

  get indices(): Int32Array {
    return this.index.slice(0, this.size);
  }

  get values(): Int32Array {
    return this.value.slice(0, this.size);
  }
}

function enlarged(array: Int32Array): Int32Array {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/** Copies per species on one side, each species once. */
function sideOf(network: Network, index: number, side: "reactants" | "products"): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { species, order } of network.reactions[index][side]) {
    if (!Number.isInteger(species) || species < 0 || species >= network.species.length) {
      throw reactionError(network, index, `${side} name species number ${species}, of ${network.species.length}`);
    }
    if (!Number.isInteger(order) || order < 1 || order > 1000) {
      throw reactionError(network, index, `a stoichiometry must be an integer from 1 to 1000, got ${order}`);
    }
    counts.set(species, (counts.get(species) ?? 0) + order);
  }
  return counts;
}

/** What the reactions of one network share while they are read. */
interface Context {
  readonly network: Network;
  readonly speciesIndex: ReadonlyMap<string, number>;
  /** Values of parameters at the start. */
  readonly values: ReadonlyMap<string, number>;
  /** Parameters that never change. */
  readonly constants: ReadonlyMap<string, number>;
  readonly parameterNames: ReadonlySet<string>;
  readonly known: ReadonlySet<string>;
  readonly slots: ReadonlyMap<string, number>;
  readonly resolve: (expr: Expression) => Expression;
}

function contextOf(network: Network): Context {
  const values = parameterValues(network);
  const species = new Set(network.species);
  const variables = new Set(
    (network.events ?? []).flatMap(({ assignments }) =>
      assignments.map(({ target }) => target).filter((name) => !species.has(name)),
    ),
  );
  for (const name of network.rateRules?.keys() ?? []) if (!species.has(name)) variables.add(name);
  const speciesIndex = new Map(network.species.map((name, s) => [name, s]));
  const slots = new Map(speciesIndex);
  slots.set(timeSymbol, network.species.length + 1);
  for (const name of variables) slots.set(name, slots.size + 1);
  const constants = new Map([...values].filter(([name]) => !variables.has(name)));
  return {
    network,
    speciesIndex,
    values,
    constants,
    parameterNames: new Set([...values.keys(), ...(network.assignments?.keys() ?? []), timeSymbol]),
    known: knownNames(network),
    slots,
    resolve: assignmentResolver(network),
  };
}

const number = (value: number): Expression => ({ kind: "number", value });
const call = (op: "*" | "+", args: readonly Expression[]): Expression => ({ kind: "call", op, args });

/** k · ∏ C(n, order) written out, for constants and counts that are themselves expressions. */
function massActionLaw(context: Context, constant: Expression, reactants: ReadonlyMap<number, number>): Expression {
  const factors: Expression[] = [constant];
  let divisor = 1;
  for (const [s, order] of reactants) {
    const count: Expression = { kind: "symbol", name: context.network.species[s] };
    divisor *= factorial(order);
    for (let k = 0; k < order; k++) factors.push(k === 0 ? count : call("+", [count, number(-k)]));
  }
  if (divisor > 1) factors.push(number(1 / divisor));
  return context.resolve(call("*", factors));
}

/** The constant of mass action, or a law in its place. */
function rateOf(
  context: Context,
  index: number,
  reactants: ReadonlyMap<number, number>,
): { readonly constant: number; readonly law: Expression | undefined } {
  const { network, known, parameterNames, constants, speciesIndex, resolve } = context;
  const { rate } = network.reactions[index];
  if (rate.kind === "law") {
    checkNames(rate.law, known, `the law of ${reactionLabel(network, index)}`);
    return { constant: 0, law: resolve(rate.law) };
  }
  if (rate.constant.kind === "number")
    return { constant: checkedConstant(network, index, rate.constant.value), law: undefined };
  const names = symbolsOf(rate.constant);
  const hint = names.some((name) => speciesIndex.has(name))
    ? 'A propensity that depends on the state is a law: write "@ = expression"'
    : undefined;
  checkNames(rate.constant, parameterNames, `the rate constant of ${reactionLabel(network, index)}`, hint);
  const assigned = (s: number): boolean => network.assignments?.has(network.species[s]) === true;
  if (names.some((name) => !constants.has(name)) || [...reactants.keys()].some(assigned)) {
    return { constant: 0, law: massActionLaw(context, rate.constant, reactants) };
  }
  const constant = compileExpression(rate.constant, new Map(), constants)(new Float64Array(0));
  return { constant: checkedConstant(network, index, constant), law: undefined };
}

function checkedConstant(network: Network, index: number, constant: number): number {
  if (Number.isFinite(constant) && constant >= 0) return constant;
  throw reactionError(network, index, `a rate constant must be finite and ≥ 0, got ${constant}`);
}

function factorial(n: number): number {
  let product = 1;
  for (let i = 2; i <= n; i++) product *= i;
  return product;
}

function checkSpecies({ species, initial, boundary, parameters }: Network): void {
  if (initial.length !== species.length) {
    throw new ArgumentError("network", `initial must have one count per species (${species.length})`);
  }
  const names = new Set(species);
  if (names.size !== species.length) throw new ArgumentError("network", "two species have the same name");
  for (const [s, name] of species.entries()) {
    if (parameters.has(name)) throw new ArgumentError("network", `"${name}" is both a species and a parameter`);
    const count = initial[s];
    if (Number.isInteger(count) && count >= 0 && count <= mostCopies) continue;
    throw new ArgumentError("network", `the initial amount of ${name} must be an integer in [0, 2^53), got ${count}`);
  }
  const unknown = [...(boundary ?? [])].find((name) => !names.has(name));
  if (unknown !== undefined) throw new ArgumentError("network", `the boundary species "${unknown}" is not a species`);
}

/** Refuses a network whose list of dependents would not fit, before any of it is made. */
function checkInfluence(network: Network, { start, indices }: Rows, readers: readonly (readonly number[])[]): void {
  let total = 0;
  for (let r = 0; r < network.reactions.length; r++) {
    for (let e = start[r]; e < start[r + 1]; e++) total += readers[indices[e]].length;
    if (total <= mostDependents) continue;
    throw new UnsupportedError("a network whose reactions influence one another in more than 2^26 ways", {
      hint: `From ${reactionLabel(network, r)} on: merge reactions with equal sides, or split the species that all share`,
    });
  }
}

/** Reactions that read what a firing changes, each once and ascending. */
function dependentsOf(network: Network, moves: Rows, readers: readonly (readonly number[])[]): Rows {
  checkInfluence(network, moves, readers);
  const count = network.reactions.length;
  const dependents = new Rows(count);
  const { start } = moves;
  const indices = moves.indices;
  const seen = new Int32Array(count).fill(-1);
  for (let r = 0; r < count; r++) {
    let row: number[] = [];
    for (let e = start[r]; e < start[r + 1]; e++) {
      for (const q of readers[indices[e]]) {
        if (seen[q] === r) continue;
        seen[q] = r;
        row.push(q);
      }
    }
    if (start[r + 1] - start[r] > 1) row = row.sort((a, b) => a - b);
    for (const q of row) dependents.push(q, 0);
    dependents.end(r);
  }
  return dependents;
}

/**
 * Flattens a network for the kernels. Propensities follow the convention k · ∏ C(n, order). Time and memory grow with
 * the number of reactions and of pairs of which one changes what the other reads.
 * @throws {UnsupportedError} For rules, events and time-dependent laws, unless the caller can run them; for more than
 * 2²⁶ pairs.
 * @throws {ArgumentError} For rates that are negative or not finite, unknown names, and counts that do not fit.
 */
export function compile(network: Network, options: CompileOptions = {}): CompiledNetwork {
  checkSpecies(network);
  if (options.dynamics === true) checkDynamics(network);
  else refuseDynamics(network);
  const context = contextOf(network);
  const { slots, constants } = context;
  const count = network.reactions.length;
  const rate = new Float64Array(count);
  const laws: (LawFunction | undefined)[] = Array.from({ length: count });
  const formulas: (Expression | undefined)[] = Array.from({ length: count });
  const entries = new Rows(count);
  const moves = new Rows(count);
  const width = slots.size + 1;
  const readers: number[][] = Array.from({ length: width }, () => []);
  const timed: { reaction: number; law: Expression }[] = [];
  const still = new Uint8Array(network.species.length);
  for (const name of network.boundary ?? []) still[context.speciesIndex.get(name)!] = 1;
  for (let r = 0; r < count; r++) {
    const reactants = sideOf(network, r, "reactants");
    const products = sideOf(network, r, "products");
    const { constant, law } = rateOf(context, r, reactants);
    const ordered = [...reactants].sort(([a], [b]) => a - b);
    if (law === undefined) {
      let weight = 1;
      for (const [s, order] of ordered) {
        entries.push(s, order);
        readers[s].push(r);
        weight *= factorial(order);
      }
      rate[r] = constant / weight;
    } else {
      const names = symbolsOf(law);
      const ofTime = names.includes(timeSymbol);
      if (ofTime) timed.push({ reaction: r, law });
      laws[r] = ofTime ? () => 0 : compileExpression(law, slots, constants);
      formulas[r] = ofTime ? { kind: "number", value: 0 } : law;
      if (!ofTime) for (const name of names) if (slots.has(name)) readers[slots.get(name)!].push(r);
    }
    entries.end(r);
    for (const [s, order] of products) {
      if (!reactants.has(s)) ordered.push([s, -order]);
    }
    ordered.sort(([a], [b]) => a - b);
    for (const [s, order] of ordered) {
      const change = order < 0 ? -order : (products.get(s) ?? 0) - order;
      if (change !== 0 && still[s] === 0) moves.push(s, change);
    }
    moves.end(r);
  }
  const influence = dependentsOf(network, moves, readers);
  return {
    network,
    rate,
    start: entries.start,
    species: entries.indices,
    order: entries.values,
    changeStart: moves.start,
    changeSpecies: moves.indices,
    change: moves.values,
    dependentStart: influence.start,
    dependent: influence.indices,
    laws,
    formulas,
    symbols: { slots, constants },
    hasLaws: laws.some((law) => law !== undefined),
    dynamics: dynamicsOf(context, timed, readers),
  };
}

function dynamicsOf(
  { network, slots, constants, values, resolve }: Context,
  timed: CompiledDynamics["timed"],
  readers: CompiledDynamics["readers"],
): CompiledDynamics | undefined {
  const { assignments, rateRules, events } = network;
  if (timed.length === 0 && assignments === undefined && rateRules === undefined && events === undefined) {
    return undefined;
  }
  const variables = [...slots]
    .filter(([name]) => values.has(name))
    .map(([name, slot]) => ({ slot, value: values.get(name)! }));
  return { slots, width: slots.size + 1, constants, variables, resolve, timed, readers };
}
