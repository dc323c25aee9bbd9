import type { Expression, Operation } from "@dbd/cme/expression";
import { didYouMean, SourceError, type SourcePlace } from "@dbd/numerics/errors";

/** How a format's formulas differ from one another. */
export interface Dialect {
  /** Functions by name: what a call means, undefined for a wrong number of arguments. */
  readonly functions: ReadonlyMap<string, (args: readonly Expression[]) => Expression | undefined>;
  /** Functions that the document itself declares; undefined for one that it does not. */
  readonly userCall?: (name: string, args: readonly Expression[], place: SourcePlace) => Expression | undefined;
  /** What a name stands for. */
  readonly symbol: (name: string, place: SourcePlace) => Expression;
}

export const number = (value: number): Expression => ({ kind: "number", value });
export const call = (op: Operation, ...args: readonly Expression[]): Expression => ({ kind: "call", op, args });

/** Turns a sign around; numbers stay numbers. */
const negate = (expr: Expression): Expression => (expr.kind === "number" ? number(-expr.value) : call("neg", expr));

const unary = (op: Operation): ((args: readonly Expression[]) => Expression | undefined) => {
  return (args) => (args.length === 1 ? call(op, args[0]) : undefined);
};
const several = (op: Operation): ((args: readonly Expression[]) => Expression | undefined) => {
  return (args) => (args.length > 0 ? call(op, ...args) : undefined);
};

/** Functions that all dialects write alike. A bare `log` is none: programs disagree on its base. */
export const commonFunctions: Dialect["functions"] = new Map([
  ...(["exp", "ln", "log10", "sqrt", "abs", "floor", "ceil", "sin", "cos", "tan"] as const).map(
    (name) => [name, unary(name)] as const,
  ),
  ...(["asin", "acos", "atan", "sinh", "cosh", "tanh", "factorial"] as const).map(
    (name) => [name, unary(name)] as const,
  ),
  ["min", several("min")],
  ["max", several("max")],
  ["log2", (args) => (args.length === 1 ? call("/", call("ln", args[0]), call("ln", number(2))) : undefined)],
  ["pow", (args) => (args.length === 2 ? call("^", args[0], args[1]) : undefined)],
]);

const infix: ReadonlyMap<string, readonly [op: Operation, power: number]> = new Map([
  ["||", ["or", 1]],
  ["or", ["or", 1]],
  ["&&", ["and", 2]],
  ["and", ["and", 2]],
  ["<", ["<", 4]],
  ["<=", ["<=", 4]],
  [">", [">", 4]],
  [">=", [">=", 4]],
  ["==", ["==", 4]],
  ["!=", ["!=", 4]],
  ["~=", ["!=", 4]],
  ["+", ["+", 5]],
  ["-", ["+", 5]],
  ["*", ["*", 6]],
  ["/", ["/", 6]],
  ["^", ["^", 8]],
  ["**", ["^", 8]],
]);
const NOT = 3;
const NEGATE = 7;
/** Operators whose chains are one operation of many arguments. */
const chaining: ReadonlySet<Operation> = new Set(["+", "*", "and", "or"]);

/** Most brackets, signs and operators that may be open at once. */
const deepest = 100;

const tokenShape =
  /\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|(?<mark>\*\*|&&|\|\||<=|>=|==|!=|~=|[-+*/^<>(),!]))/y;

interface Token {
  readonly kind: "number" | "name" | "mark" | "end";
  readonly text: string;
  readonly at: number;
}

class InfixParser {
  private position = 0;
  private depth = 0;
  private token: Token;
  private readonly text: string;
  private readonly place: SourcePlace;
  private readonly dialect: Dialect;

  constructor(text: string, place: SourcePlace, dialect: Dialect) {
    this.text = text;
    this.place = place;
    this.dialect = dialect;
    this.token = this.read();
  }

  parse(): Expression {
    const expr = this.expression(0);
    if (this.token.kind !== "end") this.fail(`expected an operator, found "${this.token.text}"`);
    return expr;
  }

  private placeOf(at: number): SourcePlace {
    return { ...this.place, column: this.place.column + at };
  }

  private fail(problem: string, at: number = this.token.at, hint?: string): never {
    throw new SourceError(this.placeOf(at), problem, { hint });
  }

  private read(): Token {
    tokenShape.lastIndex = this.position;
    const match = tokenShape.exec(this.text);
    if (match === null) {
      const rest = this.text.slice(this.position);
      const at = this.position + rest.length - rest.trimStart().length;
      if (at < this.text.length) {
        const found = String.fromCodePoint(this.text.codePointAt(at)!);
        this.fail(`unexpected character ${JSON.stringify(found)} in a formula`, at);
      }
      return { kind: "end", text: "the end of the formula", at };
    }
    this.position = tokenShape.lastIndex;
    const { number: digits, name, mark } = match.groups!;
    const text = digits ?? name ?? mark;
    const kind = digits !== undefined ? "number" : name !== undefined ? "name" : "mark";
    return { kind, text, at: this.position - text.length };
  }

  private take(): Token {
    const { token } = this;
    this.token = this.read();
    return token;
  }

  private expression(power: number): Expression {
    if (++this.depth > deepest) this.fail(`a formula nested more than ${deepest} levels deep`);
    let left = this.prefix();
    let chain: Expression[] | undefined;
    for (;;) {
      const found = this.token.kind === "number" ? undefined : infix.get(this.token.text);
      if (found === undefined || found[1] < power) break;
      const [op, strength] = found;
      const sign = this.take().text;
      let right = this.expression(op === "^" ? NEGATE : strength + 1);
      if (sign === "-") right = negate(right);
      if (chain !== undefined && left.kind === "call" && left.op === op) {
        chain.push(right);
        continue;
      }
      const args = [left, right];
      chain = chaining.has(op) ? args : undefined;
      left = { kind: "call", op, args };
    }
    this.depth--;
    return left;
  }

  private prefix(): Expression {
    const token = this.take();
    if (token.kind === "number") {
      const value = Number(token.text);
      if (!Number.isFinite(value)) this.fail(`the number ${token.text} is too large`, token.at);
      return number(value);
    }
    if (token.text === "!" || token.text === "not") return call("not", this.expression(NOT));
    if (token.kind === "name") return this.name(token);
    if (token.text === "-") return negate(this.expression(NEGATE));
    if (token.text === "+") return this.expression(NEGATE);
    if (token.text === "(") {
      const inner = this.expression(0);
      this.close();
      return inner;
    }
    const found = token.kind === "end" ? token.text : `"${token.text}"`;
    return this.fail(`expected a number, a name or "(", found ${found}`, token.at);
  }

  /** Whether a mark, or the end, comes next. */
  private stands(mark: string): boolean {
    return this.token.kind === "end" || this.token.text === mark;
  }

  private close(): void {
    if (this.token.text !== ")" || this.token.kind !== "mark") this.fail(`expected ")", found "${this.token.text}"`);
    this.take();
  }

  private name({ text, at }: Token): Expression {
    const place = this.placeOf(at);
    if (this.token.kind !== "mark" || this.token.text !== "(") return this.dialect.symbol(text, place);
    this.take();
    const args: Expression[] = [];
    while (!this.stands(")")) {
      if (args.length > 0 && this.take().text !== ",") this.fail('expected ","');
      args.push(this.expression(0));
    }
    this.close();
    const own = this.dialect.userCall?.(text, args, place);
    if (own !== undefined) return own;
    const meaning = this.dialect.functions.get(text);
    if (meaning === undefined) {
      const near = didYouMean(text, [...this.dialect.functions.keys()]);
      return this.fail(`unknown function "${text}"`, at, near === undefined ? undefined : `Did you mean "${near}"?`);
    }
    return meaning(args) ?? this.fail(`${text} does not take ${args.length} arguments`, at);
  }
}

/**
 * Reads a formula as BioNetGen and Antimony write them: `+ - * / ^`, comparisons, `&& || !` (and, or, not) and calls.
 * Nothing is ever evaluated as code.   @param place - Where the first character stands.
 * @throws {SourceError} With the column of the first thing that does not fit.
 */
export function parseInfix(text: string, place: SourcePlace, dialect: Dialect): Expression {
  return new InfixParser(text, place, dialect).parse();
}
