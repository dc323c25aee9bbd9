import type { Participant } from "@dbd/cme";
import { type Expression, timeSymbol } from "@dbd/cme/expression";
import { SourceError, type SourcePlace, UnsupportedError } from "@dbd/numerics/errors";
import { call, commonFunctions, type Dialect, number, parseInfix } from "../model/infix.ts";
import { sourceName } from "../model/names.ts";
import { netBlocks, type NetLine, restOf, wordPlace } from "./blocks.ts";

export const symbol = (name: string): Expression => ({ kind: "symbol", name });

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
export class NetReader {
  private readonly blocks: ReadonlyMap<string, readonly NetLine[]>;
  private readonly dialect: Dialect;
  private readonly named: Map<string, SourcePlace> = new Map();
  readonly parameters: Map<string, Defined<Expression>> = new Map();
  readonly functions: Map<string, Defined<Expression>> = new Map();
  readonly observables: Map<string, Defined<(readonly [number, number])[]>> = new Map();
  readonly patterns: string[] = [];
  readonly fixed: Set<number> = new Set();
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
