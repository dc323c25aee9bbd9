import { type Expression, type Operation, printExpression, symbolsOf } from "@dbd/cme/expression";
import { add, multiply, one, type Ratio, ratio, ratioOf, toNumber, zero } from "./ratio.ts";

/** One term: an exact coefficient times a product of symbols. Only symbols that are no species have negative powers. */
export interface Term {
  readonly factor: Ratio;
  readonly powers: ReadonlyMap<string, number>;
}

/** A sum of terms, keyed by their powers. */
export type Polynomial = ReadonlyMap<string, Term>;

/** Beyond these sizes a law is not expanded: it stays an expression. */
const mostTerms = 256;
const highestDegree = 12;
const mostDigits = 1n << 16_384n;

const keyOf = (powers: ReadonlyMap<string, number>): string =>
  JSON.stringify([...powers].sort(([a], [b]) => (a < b ? -1 : 1)));

/** Collects equal terms and drops those that cancel; undefined when the result is too large to be worth it. */
export function collect(terms: Iterable<Term>): Polynomial | undefined {
  const sum = new Map<string, Term>();
  for (const { factor, powers } of terms) {
    const key = keyOf(powers);
    const total = add(sum.get(key)?.factor ?? zero, factor);
    if (total.bottom > mostDigits || total.top > mostDigits || total.top < -mostDigits) return undefined;
    if (total.top === 0n) sum.delete(key);
    else sum.set(key, { factor: total, powers });
    if (sum.size > mostTerms) return undefined;
  }
  return sum;
}

function timesTerm(a: Term, b: Term): Term {
  const powers = new Map(a.powers);
  for (const [name, power] of b.powers) {
    const total = (powers.get(name) ?? 0) + power;
    if (total === 0) powers.delete(name);
    else powers.set(name, total);
  }
  return { factor: multiply(a.factor, b.factor), powers };
}

function times(a: Polynomial, b: Polynomial): Polynomial | undefined {
  if (a.size * b.size > mostTerms) return undefined;
  const product = collect([...a.values()].flatMap((s) => [...b.values()].map((t) => timesTerm(s, t))));
  const tooHigh = [...(product?.values() ?? [])].some((t) => [...t.powers.values()].some((p) => p > highestDegree));
  return tooHigh ? undefined : product;
}

const constant = (factor: Ratio): Polynomial => collect([{ factor, powers: new Map() }])!;
const variable = (name: string, power: number): Polynomial =>
  collect([{ factor: one, powers: new Map([[name, power]]) }])!;

/** The inverse of a polynomial with a single term and no species in it. */
function inverse(p: Polynomial, isSpecies: (name: string) => boolean): Polynomial | undefined {
  if (p.size !== 1) return undefined;
  const [{ factor, powers }] = p.values();
  if ([...powers.keys()].some(isSpecies)) return undefined;
  const turned = new Map([...powers].map(([name, power]) => [name, -power]));
  return collect([{ factor: ratio(factor.bottom, factor.top), powers: turned }]);
}

/**
 * Expands expressions into polynomials of the species, exactly: numbers are fractions, parameters are unknowns, and a
 * part without species that is no polynomial (exp(−E), 1/(a + b)) is one more unknown, kept in `parts`. Two
 * expressions with equal expansions are therefore the same function.
 */
export class Expansion {
  private readonly parts = new Map<string, Expression>();
  private readonly isSpecies: (name: string) => boolean;

  constructor(isSpecies: (name: string) => boolean) {
    this.isSpecies = isSpecies;
  }

  /** The expansion, or undefined for a law that is no polynomial in the species. */
  expand(expr: Expression): Polynomial | undefined {
    if (expr.kind === "number") return Number.isFinite(expr.value) ? constant(ratioOf(expr.value)) : undefined;
    if (expr.kind === "symbol") return variable(expr.name, 1);
    return this.call(expr.op, expr.args) ?? this.part(expr);
  }

  private call(op: Operation, args: readonly Expression[]): Polynomial | undefined {
    if (op === "^") return this.power(args[0], args[1]);
    if (op !== "+" && op !== "neg" && op !== "*" && op !== "/") return undefined;
    const expanded = (op === "/" ? args.slice(0, 1) : args).map((arg) => this.expand(arg));
    if (expanded.includes(undefined)) return undefined;
    const [first, ...others] = expanded as Polynomial[];
    if (op === "neg") return times(constant(ratio(-1n, 1n)), first);
    if (op === "+") return collect((expanded as Polynomial[]).flatMap((p) => Array.from(p.values())));
    const factors = op === "*" ? others : [this.inverse(args[1])];
    return factors.reduce<Polynomial | undefined>((p, q) => p && q && times(p, q), first);
  }

  private power(base: Expression, exponent: Expression): Polynomial | undefined {
    if (exponent.kind !== "number" || !Number.isInteger(exponent.value)) return undefined;
    if (Math.abs(exponent.value) > highestDegree) return undefined;
    const factor = exponent.value < 0 ? this.inverse(base) : this.expand(base);
    let result: Polynomial | undefined = constant(one);
    for (let i = 0; i < Math.abs(exponent.value); i++) result = result && factor && times(result, factor);
    return result;
  }

  /** 1/expr for an expression without species: term by term when it is one term, else of the whole as one unknown. */
  private inverse(expr: Expression): Polynomial | undefined {
    const expanded = this.expand(expr);
    const whole = expanded?.size === 1 ? expanded : this.part(expr);
    return whole && inverse(whole, this.isSpecies);
  }

  /** A part that only parameters enter is a number whatever its form: an unknown of its own. */
  private part(expr: Expression): Polynomial | undefined {
    if (symbolsOf(expr).some(this.isSpecies)) return undefined;
    const name = `(${printExpression(expr)})`; // the brackets keep it apart from every symbol
    this.parts.set(name, expr);
    return variable(name, 1);
  }

  /** Writes a polynomial of parameters as an expression. */
  toExpression(terms: readonly Term[]): Expression {
    const sum = terms.map((term) => this.termExpression(term));
    if (sum.length === 0) return { kind: "number", value: 0 };
    return sum.length === 1 ? sum[0] : { kind: "call", op: "+", args: sum };
  }

  private termExpression({ factor, powers }: Term): Expression {
    const factors = (sign: 1 | -1): Expression[] =>
      [...powers].filter(([, p]) => p * sign > 0).map(([name, p]) => this.powerExpression(name, p * sign));
    const above = factors(1);
    const below = factors(-1);
    const value = toNumber(factor);
    if (value !== 1 || above.length === 0) above.unshift({ kind: "number", value });
    const top = product(above);
    return below.length === 0 ? top : { kind: "call", op: "/", args: [top, product(below)] };
  }

  private powerExpression(name: string, power: number): Expression {
    const base = this.parts.get(name) ?? { kind: "symbol" as const, name };
    return power === 1 ? base : { kind: "call", op: "^", args: [base, { kind: "number", value: power }] };
  }
}

function product(args: readonly Expression[]): Expression {
  return args.length === 1 ? args[0] : { kind: "call", op: "*", args };
}
