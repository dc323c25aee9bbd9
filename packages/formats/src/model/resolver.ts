import { compileExpression, type Expression, symbolsOf, timeSymbol } from "@dbd/cme/expression";
import { didYouMean, SourceError, type SourcePlace, UnsupportedError } from "@dbd/numerics/errors";
import { checkSize } from "./functions.ts";
import { type SourceFormula, type SourceModel, type SourceReference, timeMark } from "./source.ts";

type SymbolNode = Extract<Expression, { kind: "symbol" }>;

const nothing = new Float64Array(0);
const none: ReadonlyMap<string, number> = new Map();

/** Longest chain of definitions that lean on one another. */
const longestChain = 500;

export const times = (a: Expression, b: Expression): Expression => ({ kind: "call", op: "*", args: [a, b] });
export const symbol = (name: string): Expression => ({ kind: "symbol", name });

/** Rebuilds an expression with every symbol replaced; unlike `substitute`, what replaces it may know its place. */
function mapSymbols(expr: Expression, replace: (node: SymbolNode) => Expression): Expression {
  if (expr.kind === "symbol") return replace(expr);
  if (expr.kind === "number") return expr;
  return { ...expr, args: expr.args.map((arg) => mapSymbols(arg, replace)) };
}

/** The species whose symbol is a concentration, with the size that turns it into an amount; undefined for amounts. */
export function sizeOf({ species }: SourceModel, name: string): Expression | undefined {
  const found = species.get(name);
  return found?.concentration === true ? symbol(found.compartment) : undefined;
}

/** Gives every name of a source model its meaning in formulas, and its value at the start. */
export class Resolver {
  readonly model: SourceModel;
  /** Stoichiometries by their names. */
  private readonly references = new Map<string, SourceReference>();
  private readonly reactions = new Map<string, number>();
  private readonly laws = new Map<number, Expression>();
  private readonly starts = new Map<string, number>();
  private readonly open = new Set<string>();

  constructor(model: SourceModel) {
    this.model = model;
    model.reactions.forEach((reaction, r) => {
      this.reactions.set(reaction.id, r);
      for (const reference of [...reaction.reactants, ...reaction.products])
        if (reference.id !== undefined) this.references.set(reference.id, reference);
    });
  }

  private guarded<T>(name: string, place: SourcePlace, work: () => T): T {
    if (this.open.has(name)) {
      const circle = [...this.open].slice([...this.open].indexOf(name));
      throw new SourceError(place, `"${name}" is defined by itself: ${[...circle, name].join(" → ")}`);
    }
    if (this.open.size >= longestChain)
      throw new UnsupportedError(`a chain of more than ${longestChain} definitions`, { place });
    this.open.add(name);
    const result = work();
    this.open.delete(name);
    return result;
  }

  /** A formula over amounts, parameters, sizes and `time`. @throws {SourceError} For names without a meaning. */
  resolve({ value, place }: SourceFormula): Expression {
    const result = mapSymbols(value, (node) => this.meaning(node, node.place ?? place));
    checkSize(result, place);
    return result;
  }

  private meaning(node: SymbolNode, place: SourcePlace): Expression {
    const { name } = node;
    if (name === timeMark) return { ...node, name: timeSymbol };
    const { species, quantities } = this.model;
    if (species.has(name)) {
      const size = sizeOf(this.model, name);
      if (size === undefined) return node;
      this.checkValue(species.get(name)!.compartment, place);
      return { kind: "call", op: "/", args: [node, { ...size, place } as SymbolNode] };
    }
    if (quantities.has(name)) {
      this.checkValue(name, place);
      return node;
    }
    if (this.references.has(name)) return { kind: "number", value: this.stoichiometry(this.references.get(name)!) };
    const reaction = this.reactions.get(name);
    if (reaction !== undefined) return this.guarded(name, place, () => this.law(reaction));
    const known = [...species.keys(), ...quantities.keys(), ...this.reactions.keys(), ...this.references.keys()];
    const near = didYouMean(name, known);
    throw new SourceError(place, `"${name}" in a law is not declared`, {
      hint: near === undefined ? undefined : `Did you mean "${near}"?`,
    });
  }

  /** The law of a reaction as its name means it. */
  law(reaction: number): Expression {
    const known = this.laws.get(reaction);
    if (known !== undefined) return known;
    const law = this.resolve(this.model.reactions[reaction].law);
    this.laws.set(reaction, law);
    return law;
  }

  /** @throws {SourceError} When the model gives a quantity no value. */
  private checkValue(name: string, place: SourcePlace): void {
    const { quantities, initialAssignments, assignmentRules } = this.model;
    const quantity = quantities.get(name)!;
    if (quantity.value !== undefined || initialAssignments.has(name) || assignmentRules.has(name)) return;
    const what = quantity.kind === "compartment" ? `the compartment "${name}" has no size` : `"${name}" has no value`;
    throw new SourceError(place, `${what}, but a law uses it (declared on line ${quantity.place.line})`);
  }

  /** The value of a resolved expression at the start. */
  evaluate(expr: Expression): number {
    const values = new Map<string, number>();
    for (const name of symbolsOf(expr)) values.set(name, name === timeSymbol ? 0 : this.start(name));
    return compileExpression(expr, none, values)(nothing);
  }

  /** The amount, size or value of a name at the start. */
  start(name: string): number {
    const known = this.starts.get(name);
    if (known !== undefined) return known;
    const { species, quantities, initialAssignments, assignmentRules } = this.model;
    const formula = initialAssignments.get(name) ?? assignmentRules.get(name);
    const { place } = (formula ?? species.get(name) ?? quantities.get(name))!;
    const value = this.guarded(name, place, () => {
      if (formula === undefined) return this.declared(name);
      const size = sizeOf(this.model, name);
      const resolved = this.resolve(formula);
      const found = this.evaluate(size === undefined ? resolved : times(resolved, size));
      // A rule may be 0/0 at the start and only be reported; a law that needs it is refused where it stands.
      if (Number.isFinite(found) || !initialAssignments.has(name)) return found;
      throw new SourceError(formula.place, `the value of "${name}" at the start is not a finite number (${found})`);
    });
    this.starts.set(name, value);
    return value;
  }

  private declared(name: string): number {
    const { species, quantities } = this.model;
    const found = species.get(name);
    if (found === undefined) {
      const { value, place } = quantities.get(name)!;
      if (value === undefined) throw new SourceError(place, `"${name}" has no value at the start`);
      return value;
    }
    if (found.amount !== undefined) return found.amount;
    if (found.density === undefined)
      throw new SourceError(found.place, `"${name}" has no initialAmount and no initialConcentration`);
    const home = quantities.get(found.compartment)!;
    const { initialAssignments, assignmentRules } = this.model;
    const given =
      home.value !== undefined || [initialAssignments, assignmentRules].some((m) => m.has(found.compartment));
    if (!given || home.dimensions === 0) {
      const problem = `"${name}" starts from a concentration, but its compartment "${found.compartment}" has no size`;
      throw new SourceError(found.place, problem);
    }
    return found.density * this.start(found.compartment);
  }

  /** Whether a name is that of a stoichiometry. */
  isStoichiometry(name: string): boolean {
    return this.references.has(name);
  }

  /** A stoichiometry, which must not change: its number, or its formula of constants. */
  stoichiometry(reference: SourceReference): number {
    const { id, stoichiometry } = reference;
    const { initialAssignments, assignmentRules, rateRules, events } = this.model;
    const moving =
      id !== undefined &&
      (assignmentRules.has(id) || rateRules.has(id) || events.some(({ assignments }) => assignments.has(id)));
    const formula = (id === undefined ? undefined : initialAssignments.get(id)) ?? stoichiometry;
    if (moving) throw new UnsupportedError(`stoichiometry that changes ("${id}")`, { place: reference.place });
    if (typeof formula === "number") return formula;
    const resolved = this.guarded(id ?? `the stoichiometry of ${reference.species}`, formula.place, () =>
      this.resolve(formula),
    );
    const moves = symbolsOf(resolved).find((name) => !this.isConstant(name));
    if (moves !== undefined)
      throw new UnsupportedError(`stoichiometry that changes (by "${moves}")`, { place: formula.place });
    const value = this.evaluate(resolved);
    if (Number.isFinite(value) && value >= 0) return value;
    throw new SourceError(formula.place, `the stoichiometry of "${reference.species}" is ${value}`);
  }

  /** Whether a name is a quantity that nothing changes. */
  isConstant(name: string): boolean {
    const { quantities, assignmentRules, rateRules } = this.model;
    return quantities.has(name) && !assignmentRules.has(name) && !rateRules.has(name) && !this.targets.has(name);
  }

  private readTargets: ReadonlySet<string> | undefined;

  /** What events set. */
  get targets(): ReadonlySet<string> {
    return (this.readTargets ??= new Set(this.model.events.flatMap(({ assignments }) => [...assignments.keys()])));
  }
}
