import { ArgumentError } from "@dbd/numerics/errors";
import { compileExpression, symbolsOf } from "./expression.ts";
import { checkDynamics, knownNames, refuseDynamics } from "./dynamics.ts";
import { checkNames, largestCount, type Network, parameterValues, reactionError, reactionLabel } from "./network.ts";

/** A propensity given by a law: a function of the copy numbers, shape [S]. */
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
  /** Law of each reaction, undefined for mass action. */
  readonly laws: readonly (LawFunction | undefined)[];
  readonly hasLaws: boolean;
}

type Names = ReadonlySet<string>;

interface Rows {
  readonly start: Int32Array;
  readonly flat: readonly (readonly [index: number, value: number])[];
}

function rowsOf(lists: readonly (readonly (readonly [number, number])[])[]): Rows {
  const start = new Int32Array(lists.length + 1);
  for (const [r, list] of lists.entries()) start[r + 1] = start[r] + list.length;
  return { start, flat: lists.flat() };
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

function constantOf(network: Network, index: number, values: ReadonlyMap<string, number>, known: Names): number {
  const { rate } = network.reactions[index];
  if (rate.kind === "law") return 0;
  const usesState = symbolsOf(rate.constant).some((name) => network.species.includes(name));
  const hint = usesState ? 'A propensity that depends on the state is a law: write "@ = expression"' : undefined;
  checkNames(rate.constant, known, `the rate constant of ${reactionLabel(network, index)}`, hint);
  const constant = compileExpression(rate.constant, new Map(), values)(new Float64Array(0));
  if (Number.isFinite(constant) && constant >= 0) return constant;
  throw reactionError(network, index, `a rate constant must be finite and ≥ 0, got ${constant}`);
}

function lawOf(
  network: Network,
  index: number,
  values: ReadonlyMap<string, number>,
  known: Names,
): LawFunction | undefined {
  const { rate } = network.reactions[index];
  if (rate.kind !== "law") return undefined;
  const others = [...known].filter((name) => !values.has(name) && !network.species.includes(name));
  const slots = new Map([...network.species, ...others].map((name, s) => [name, s]));
  checkNames(rate.law, known, `the law of ${reactionLabel(network, index)}`);
  return compileExpression(rate.law, slots, values);
}

function factorial(n: number): number {
  let product = 1;
  for (let i = 2; i <= n; i++) product *= i;
  return product;
}

/** Per species the reactions whose propensity reads it. */
function readersOf(network: Network, reactants: readonly ReadonlyMap<number, number>[]): number[][] {
  const readers: number[][] = network.species.map(() => []);
  for (const [r, { rate }] of network.reactions.entries()) {
    const read =
      rate.kind === "law" ? symbolsOf(rate.law).map((name) => network.species.indexOf(name)) : [...reactants[r].keys()];
    for (const s of read) if (s >= 0) readers[s].push(r);
  }
  return readers;
}

function checkSpecies({ species, initial, boundary, parameters }: Network): void {
  if (initial.length !== species.length) {
    throw new ArgumentError("network", `initial must have one count per species (${species.length})`);
  }
  if (new Set(species).size !== species.length) throw new ArgumentError("network", "two species have the same name");
  for (const [s, name] of species.entries()) {
    if (parameters.has(name)) throw new ArgumentError("network", `"${name}" is both a species and a parameter`);
    const count = initial[s];
    if (Number.isInteger(count) && count >= 0 && count <= largestCount) continue;
    throw new ArgumentError("network", `the initial amount of ${name} must be an integer in [0, 2^31), got ${count}`);
  }
  const unknown = [...(boundary ?? [])].find((name) => !species.includes(name));
  if (unknown !== undefined) throw new ArgumentError("network", `the boundary species "${unknown}" is not a species`);
}

export interface CompileOptions {
  /** Whether rules, events and laws that depend on time are wanted; without it they are refused by name. */
  readonly dynamics?: boolean;
}

/**
 * Flattens a network for the kernels. Propensities follow the convention k · ∏ C(n, order).
 * @throws {UnsupportedError} For rules, events and time-dependent laws, unless the caller can run them.
 * @throws {ArgumentError} For rates that are negative or not finite, unknown names, and counts that do not fit.
 */
export function compile(network: Network, options: CompileOptions = {}): CompiledNetwork {
  checkSpecies(network);
  if (options.dynamics === true) checkDynamics(network);
  else refuseDynamics(network);
  const values = parameterValues(network);
  const parameters: Names = new Set(values.keys());
  const everything: Names = knownNames(network);
  const indices = network.reactions.map((_, r) => r);
  const reactants = indices.map((r) => sideOf(network, r, "reactants"));
  const products = indices.map((r) => sideOf(network, r, "products"));
  const constants = indices.map((r) => constantOf(network, r, values, parameters));
  const laws = indices.map((r) => lawOf(network, r, values, everything));
  const changes = indices.map((r) =>
    [...new Set([...reactants[r].keys(), ...products[r].keys()])]
      .filter((s) => network.boundary?.has(network.species[s]) !== true)
      .map((s) => [s, (products[r].get(s) ?? 0) - (reactants[r].get(s) ?? 0)] as const)
      .filter(([, change]) => change !== 0)
      .sort(([a], [b]) => a - b),
  );
  const readers = readersOf(network, reactants);
  const dependents = changes.map((list) =>
    [...new Set(list.flatMap(([s]) => readers[s]))].sort((a, b) => a - b).map((r) => [r, 0] as const),
  );
  const entries = rowsOf(
    indices.map((r) => (laws[r] === undefined ? [...reactants[r]].sort(([a], [b]) => a - b) : [])),
  );
  const moves = rowsOf(changes);
  const influence = rowsOf(dependents);
  return {
    network,
    rate: Float64Array.from(constants, (c, r) => c / [...reactants[r].values()].reduce((p, m) => p * factorial(m), 1)),
    start: entries.start,
    species: Int32Array.from(entries.flat, ([s]) => s),
    order: Int32Array.from(entries.flat, ([, order]) => order),
    changeStart: moves.start,
    changeSpecies: Int32Array.from(moves.flat, ([s]) => s),
    change: Int32Array.from(moves.flat, ([, change]) => change),
    dependentStart: influence.start,
    dependent: Int32Array.from(influence.flat, ([r]) => r),
    laws,
    hasLaws: laws.some((law) => law !== undefined),
  };
}
