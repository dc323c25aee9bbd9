import { compile, type Network, parameterValues, type Rate, type Reaction } from "@dbd/cme";
import { compileExpression, type Expression, symbolsOf, timeSymbol } from "@dbd/cme/expression";
import { didYouMean, SourceError, type SourcePlace } from "@dbd/numerics/errors";
import { wholeCopies } from "../model/amounts.ts";
import { call, number } from "../model/infix.ts";
import { withoutReserved } from "../model/rename.ts";
import { wordPlace } from "./blocks.ts";
import { readRate } from "./rates.ts";
import { NetReader, symbol } from "./reader.ts";

export interface NetOptions {
  /** The name of the file, for messages. */
  readonly file?: string;
  /** `whole` (the default): initial amounts must be counts of molecules. `any`: for rate equations. */
  readonly amounts?: "whole" | "any";
  /**
   * Which observables and functions the network has as assignments: those that rates need (the default), so that methods
   * without rules run the others, or `all`.
   */
  readonly observables?: "needed" | "all";
}

/** A .net file: the network with species S1, S2, …, and what the file calls them. */
export interface BioNetGenModel {
  readonly network: Network;
  /** Patterns of the species as the file writes them, shape [S]. */
  readonly patterns: readonly string[];
  /** Weights of species in each group: [species, weight]. */
  readonly observables: ReadonlyMap<string, readonly (readonly [species: number, weight: number])[]>;
}

function readReactions(reader: NetReader, network: Network): Reaction[] {
  return reader.lines("reactions").map((line) => {
    if (line.words.length < 3)
      throw new SourceError(wordPlace(line, line.words.length), "expected reactants, products and a rate");
    const reactants = reader.side(line, 1);
    const products = reader.side(line, 2);
    return { reactants, products, rate: readRate(reader, network, line, reactants), place: line.place };
  });
}

const rateExpression = (rate: Rate): Expression => (rate.kind === "law" ? rate.law : rate.constant);

/** Observables and functions as assignments: all, or those that the rates lead to. */
function readAssignments(reader: NetReader, reactions: readonly Reaction[], all: boolean): Map<string, Expression> {
  const { species } = reader;
  const rules = new Map<string, Expression>();
  for (const [name, { value }] of reader.observables) {
    const terms = value.map(([s, weight]) =>
      weight === 1 ? symbol(species[s]) : call("*", number(weight), symbol(species[s])),
    );
    rules.set(name, terms.length === 0 ? number(0) : terms.length === 1 ? terms[0] : call("+", ...terms));
  }
  for (const [name, { value }] of reader.functions) rules.set(name, value);
  if (all) return rules;
  const needed = new Set<string>();
  const pending = reactions.map(({ rate }) => rateExpression(rate));
  for (let expr = pending.pop(); expr !== undefined; expr = pending.pop())
    for (const name of symbolsOf(expr)) {
      const rule = rules.get(name);
      if (rule === undefined || needed.has(name)) continue;
      needed.add(name);
      pending.push(rule);
    }
  return new Map([...rules].filter(([name]) => needed.has(name)));
}

/** Every name in a formula must be one of the file. */
function checkNames(reader: NetReader, reactions: readonly Reaction[]): void {
  const known = new Set([...reader.parameters.keys(), ...reader.functions.keys(), ...reader.observables.keys()]);
  const all = new Set([...known, ...reader.species, timeSymbol]);
  const check = (expr: Expression, allowed: ReadonlySet<string>, fallback: SourcePlace): void => {
    const pending = [expr];
    for (let e = pending.pop(); e !== undefined; e = pending.pop()) {
      if (e.kind === "call") pending.push(...e.args);
      if (e.kind !== "symbol" || allowed.has(e.name)) continue;
      const near = didYouMean(e.name, [...allowed]);
      throw new SourceError(e.place ?? fallback, `"${e.name}" is not declared`, {
        hint: near === undefined ? undefined : `Did you mean "${near}"?`,
      });
    }
  };
  const parameters = new Set(reader.parameters.keys());
  for (const { value, place } of reader.parameters.values()) check(value, parameters, place);
  for (const { value, place } of reader.amounts) check(value, parameters, place);
  for (const { value, place } of reader.functions.values()) check(value, all, place);
  for (const { rate, place } of reactions) check(rateExpression(rate), all, place!);
}

/**
 * Reads a BioNetGen .net file. Species are named S1, S2, …; the rate of a line times n(n−1)… over its reactants is the
 * propensity, so that 2 A at rate r is mass action with k = 2 r. Rules, molecule types and actions are passed over.
 * @throws {SourceError} For a bad file.   @throws {UnsupportedError} For rate laws and functions that we do not have.
 */
export function readBioNetGen(text: string, options: NetOptions = {}): BioNetGenModel {
  const { file, amounts = "whole", observables = "needed" } = options;
  const reader = new NetReader(text, file);
  const { species, patterns } = reader;
  const parameters = new Map(Array.from(reader.parameters, ([name, { value }]) => [name, value] as const));
  const bare: Network = { species, initial: species.map(() => 0), parameters, reactions: [] };
  const reactions = readReactions(reader, bare);
  checkNames(reader, reactions);
  const values = parameterValues(
    { parameters },
    new Map(Array.from(reader.parameters, ([name, { place }]) => [name, place] as const)),
  );
  const initial = reader.amounts.map(({ value, place }, s) => {
    const amount = compileExpression(value, new Map(), values)(new Float64Array(0));
    if (!Number.isFinite(amount)) throw new SourceError(place, `the amount of ${patterns[s]} is ${amount}`);
    if (amount < 0) throw new SourceError(place, `the amount of ${patterns[s]} is negative (${amount})`);
    return amounts === "any" ? amount : wholeCopies(patterns[s], amount, place);
  });
  const assignments = readAssignments(reader, reactions, observables === "all");
  const network: Network = {
    ...bare,
    reactions,
    ...(reader.fixed.size === 0 ? {} : { boundary: new Set([...reader.fixed].map((s) => species[s])) }),
    ...(assignments.size === 0 ? {} : { assignments }),
  };
  compile(network, { dynamics: true }); // rates are checked here, where their place is known; amounts were
  return {
    network: withoutReserved(
      { ...network, initial },
      new Set([...species, ...parameters.keys(), ...assignments.keys()]),
    ),
    patterns,
    observables: new Map(Array.from(reader.observables, ([name, { value }]) => [name, value] as const)),
  };
}

/** The network of a .net file: `readBioNetGen` without what the file calls its species. */
export function readNet(text: string, options: NetOptions = {}): Network {
  return readBioNetGen(text, options).network;
}
