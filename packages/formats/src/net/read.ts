import { compile, type Network, type Participant, parameterValues, type Rate, type Reaction } from "@dbd/cme";
import { compileExpression, type Expression, symbolsOf, timeSymbol } from "@dbd/cme/expression";
import { didYouMean, SourceError, type SourcePlace, UnsupportedError } from "@dbd/numerics/errors";
import { wholeCopies } from "../model/amounts.ts";
import { call, commonFunctions, type Dialect, number, parseInfix } from "../model/infix.ts";
import { sourceName } from "../model/names.ts";
import { fallingFactors, symmetryOf } from "../model/reaction.ts";
import { withoutReserved } from "../model/rename.ts";
import { netBlocks, type NetLine, restOf, wordPlace } from "./blocks.ts";

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

const symbol = (name: string): Expression => ({ kind: "symbol", name });

/** Functions of BioNetGen's formulas beside the common ones. */
const functions: Dialect["functions"] = new Map([
  ...commonFunctions,
  ["if", (args) => (args.length === 3 ? call("piecewise", args[1], args[0], args[2]) : undefined)],
  ["rint", (args) => (args.length === 1 ? call("floor", call("+", args[0], number(0.5))) : undefined)],
  [
    "sign",
    (args) =>
      args.length === 1
        ? call(
            "piecewise",
            number(1),
            call(">", args[0], number(0)),
            number(-1),
            call("<", args[0], number(0)),
            number(0),
          )
        : undefined,
  ],
  ["sum", (args) => (args.length > 0 ? call("+", ...args) : undefined)],
  ["avg", (args) => (args.length > 0 ? call("/", call("+", ...args), number(args.length)) : undefined)],
  ["time", (args) => (args.length === 0 ? symbol(timeSymbol) : undefined)],
]);

const constants: ReadonlyMap<string, number> = new Map([
  ["_pi", Math.PI],
  ["_e", Math.E],
]);

/** A definition of the file with its place. */
interface Defined<T> {
  readonly value: T;
  readonly place: SourcePlace;
}

/** Everything that the parts of one file share. */
class NetReader {
  private readonly blocks: ReadonlyMap<string, readonly NetLine[]>;
  private readonly dialect: Dialect;
  private readonly named = new Map<string, SourcePlace>();
  readonly parameters = new Map<string, Defined<Expression>>();
  readonly functions = new Map<string, Defined<Expression>>();
  readonly observables = new Map<string, Defined<(readonly [number, number])[]>>();
  readonly patterns: string[] = [];
  readonly fixed = new Set<number>();
  readonly amounts: Defined<Expression>[] = [];
  /** Names of the species, shape [S]. */
  readonly species: readonly string[];

  constructor(text: string, file: string | undefined) {
    this.blocks = netBlocks(text, file);
    const isFunction = new Set(this.lines("functions").map((line) => this.functionName(line)));
    this.dialect = {
      functions,
      symbol: (name, place) => {
        const value = constants.get(name);
        return value === undefined ? { kind: "symbol", name: sourceName(name), place } : number(value);
      },
      userCall: (name, args, place) => {
        if (!isFunction.has(name)) return undefined;
        if (args.length > 0) throw new UnsupportedError(`the function "${name}" with arguments`, { place });
        return { kind: "symbol", name: sourceName(name), place };
      },
    };
    this.readValues();
    this.readSpecies();
    this.readGroups();
    const taken = (prefix: string): boolean =>
      [...this.named.keys()].some((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)));
    const prefix = ["S", "species_", "_species_"].find((p) => !taken(p)) ?? "__species_";
    this.species = this.patterns.map((_, s) => `${prefix}${s + 1}`);
  }

  lines(block: string): readonly NetLine[] {
    return this.blocks.get(block) ?? [];
  }

  formula(text: string, place: SourcePlace): Expression {
    return parseInfix(text, place, this.dialect);
  }

  private claim(name: string, place: SourcePlace): string {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new SourceError(place, `"${name}" is no name: letters, digits and _`);
    const id = sourceName(name);
    const first = this.named.get(id);
    if (first !== undefined) throw new SourceError(place, `"${name}" is given twice, first in line ${first.line}`);
    this.named.set(id, place);
    return id;
  }

  private functionName(line: NetLine): string {
    const match = /^([A-Za-z_]\w*)\(([^)]*)\)$/.exec(line.words[1]?.text ?? "");
    if (match === null)
      throw new SourceError(
        wordPlace(line, 1),
        `expected a function such as "f()", found "${line.words[1]?.text ?? ""}"`,
      );
    if (match[2] !== "")
      throw new UnsupportedError(`the function "${match[1]}" with arguments`, { place: wordPlace(line, 1) });
    return match[1];
  }

  private readValues(): void {
    for (const line of this.lines("parameters")) {
      const name = this.claim(line.words[1]?.text ?? "", wordPlace(line, 1));
      const place = wordPlace(line, 2);
      this.parameters.set(name, { value: this.formula(restOf(line, 2).trimEnd(), place), place });
    }
    for (const line of this.lines("functions")) {
      const name = this.claim(this.functionName(line), wordPlace(line, 1));
      const place = wordPlace(line, 2);
      this.functions.set(name, { value: this.formula(restOf(line, 2).trimEnd(), place), place });
    }
  }

  private readSpecies(): void {
    for (const [s, line] of this.lines("species").entries()) {
      if (line.words.length < 3)
        throw new SourceError(wordPlace(line, line.words.length), "expected a number, a pattern and an amount");
      const pattern = line.words[1].text;
      if (pattern.startsWith("$")) this.fixed.add(s);
      this.patterns.push(pattern.replace(/^\$/, ""));
      const place = wordPlace(line, 2);
      this.amounts.push({ value: this.formula(restOf(line, 2).trimEnd(), place), place });
    }
  }

  private readGroups(): void {
    for (const line of this.lines("groups")) {
      const place = wordPlace(line, 1);
      const name = this.claim(line.words[1]?.text ?? "", place);
      const list = line.words[2]?.text ?? "";
      const members = list === "" ? [] : list.split(",").map((entry) => this.member(entry, wordPlace(line, 2)));
      this.observables.set(name, { value: members, place });
    }
  }

  private member(entry: string, place: SourcePlace): readonly [number, number] {
    const match = /^(?:([\d.eE+-]+)\*)?(\d+)$/.exec(entry);
    const weight = Number(match?.[1] ?? 1);
    if (match === null || !Number.isFinite(weight))
      throw new SourceError(place, `expected species such as "3" or "2*3", found "${entry}"`);
    return [this.index(match[2], place), weight];
  }

  /** The index of a species by its number in the file. */
  index(text: string, place: SourcePlace): number {
    const s = Number(text) - 1;
    if (/^\d+$/.test(text) && s >= 0 && s < this.patterns.length) return s;
    throw new SourceError(place, `found the species "${text}"; the file has 1 to ${this.patterns.length}`);
  }

  side(line: NetLine, w: number): Participant[] {
    const text = line.words[w]?.text ?? "";
    if (text === "0") return [];
    const counts = new Map<number, number>();
    for (const part of text.split(",")) {
      const s = this.index(part, wordPlace(line, w));
      counts.set(s, (counts.get(s) ?? 0) + 1);
    }
    return Array.from(counts, ([species, order]) => ({ species, order }));
  }
}

const product = (factors: readonly Expression[]): Expression =>
  factors.length === 1 ? factors[0] : call("*", ...factors);

/**
 * The rate laws with a word of their own, as BioNetGen means them: substrate is the first reactant, every other reactant
 * multiplies. Faeder, Blinov & Hlavacek 2009, doi:10.1007/978-1-59745-525-1_5.
 */
function namedLaw(
  type: string,
  values: readonly Expression[],
  network: Network,
  reactants: readonly Participant[],
): Expression {
  const [substrate, enzyme] = reactants.map(({ species }) => symbol(network.species[species]));
  const all = fallingFactors(network, reactants);
  const [k, half, power] = values;
  if (type === "Sat") return call("/", product([k, ...all]), call("+", half, substrate));
  if (type === "Hill") {
    const raised = call("^", substrate, power);
    const rest = fallingFactors(network, reactants.slice(1));
    return call("/", product([k, raised, ...rest]), call("+", call("^", half, power), raised));
  }
  // MM: the free substrate under the total quasi-steady-state approximation.
  const gap = call("+", substrate, call("neg", half), call("neg", enzyme));
  const root = call("sqrt", call("+", call("^", gap, number(2)), call("*", number(4), half, substrate)));
  const free = call("*", number(0.5), call("+", gap, root));
  return call("/", product([k, free, enzyme]), call("+", half, free));
}

const namedLaws: ReadonlyMap<string, readonly [parameters: number, reactants: number]> = new Map([
  ["Sat", [2, 1]],
  ["MM", [2, 2]],
  ["Hill", [3, 1]],
]);

function readRate(reader: NetReader, network: Network, line: NetLine, reactants: readonly Participant[]): Rate {
  const text = restOf(line, 3).trimEnd();
  const place = wordPlace(line, 3);
  if (text === "") throw new SourceError(place, "expected the rate, found the end of the line");
  const named = /^(?:(.*)\*)?(Sat|MM|Hill|FunctionProduct|Arrhenius|TFUN)\b\s*\(?([^()]*)\)?$/.exec(text);
  const known = namedLaws.get(named?.[2] ?? "");
  if (named !== null && known === undefined) throw new UnsupportedError(`the rate law ${named[2]}`, { place });
  if (named !== null && known !== undefined) {
    const values = named[3].split(/[\s,]+/).filter((word) => word !== "");
    if (values.length !== known[0] || reactants.length < known[1])
      throw new SourceError(place, `${named[2]} takes ${known[0]} parameters and at least ${known[1]} reactants`);
    const law = namedLaw(
      named[2],
      values.map((value) => reader.formula(value, place)),
      network,
      reactants,
    );
    const factor = named[1];
    return { kind: "law", law: factor === undefined ? law : call("*", reader.formula(factor, place), law) };
  }
  // In a .net the rate times n(n−1)… is the propensity: the factor 1/2 of equal reactants is written in the rate.
  const rate = reader.formula(text, place);
  const symmetry = symmetryOf(reactants);
  return { kind: "massAction", constant: symmetry === 1 ? rate : call("*", number(symmetry), rate) };
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
