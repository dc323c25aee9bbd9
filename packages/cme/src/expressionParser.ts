import { didYouMean, SourceError, type SourcePlace } from "@dbd/numerics/errors";
import { depthOf, type Expression, maximalDepth, type Operation } from "./expressionTree.ts";

/** Functions of the grammar with the number of arguments they take. `log` is the natural logarithm. */
const functions: ReadonlyMap<string, readonly [op: Operation, least: number, most: number]> = new Map([
  ["exp", ["exp", 1, 1]],
  ["ln", ["ln", 1, 1]],
  ["log", ["ln", 1, 1]],
  ["log10", ["log10", 1, 1]],
  ["sqrt", ["sqrt", 1, 1]],
  ["abs", ["abs", 1, 1]],
  ["floor", ["floor", 1, 1]],
  ["ceil", ["ceil", 1, 1]],
  ["min", ["min", 1, Infinity]],
  ["max", ["max", 1, Infinity]],
  ["pow", ["^", 2, 2]],
  ["piecewise", ["piecewise", 1, Infinity]],
  ["factorial", ["factorial", 1, 1]],
  ["xor", ["xor", 1, Infinity]],
  ["sin", ["sin", 1, 1]],
  ["cos", ["cos", 1, 1]],
  ["tan", ["tan", 1, 1]],
  ["asin", ["asin", 1, 1]],
  ["acos", ["acos", 1, 1]],
  ["atan", ["atan", 1, 1]],
  ["sinh", ["sinh", 1, 1]],
  ["cosh", ["cosh", 1, 1]],
  ["tanh", ["tanh", 1, 1]],
]);

/** Binding powers of the infix operators; `^` alone groups to the right, comparisons do not chain. */
const infix: ReadonlyMap<string, readonly [op: Operation, power: number]> = new Map([
  ["or", ["or", 1]],
  ["and", ["and", 2]],
  ["<", ["<", 4]],
  ["<=", ["<=", 4]],
  [">", [">", 4]],
  [">=", [">=", 4]],
  ["==", ["==", 4]],
  ["!=", ["!=", 4]],
  ["+", ["+", 5]],
  ["-", ["+", 5]],
  ["*", ["*", 6]],
  ["/", ["/", 6]],
  ["^", ["^", 8]],
]);
const NOT = 3;
const COMPARE = 4;
const NEGATE = 7;

/** Most brackets, signs and operators that may be open at once. */
const deepest = 100;

interface Token {
  readonly kind: "number" | "name" | "mark" | "end";
  readonly text: string;
  readonly at: number;
}

const tokenShape =
  /\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<mark><=|>=|==|!=|[-+*/^<>(),]))/uy;

class Parser {
  private readonly text: string;
  private readonly place: SourcePlace;
  private token: Token;
  private position = 0;
  private depth = 0;

  constructor(text: string, place: SourcePlace) {
    this.text = text;
    this.place = place;
    this.token = this.read();
  }

  parse(): Expression {
    const expr = this.expression(0);
    if (this.token.kind !== "end") this.fail(`expected an operator, found ${this.found()}`);
    if (depthOf(expr) > maximalDepth) this.fail(`an expression nested more than ${maximalDepth} levels deep`, 0);
    return expr;
  }

  private placeOf(at: number): SourcePlace {
    const before = this.text.slice(0, at);
    const lines = before.split("\n");
    if (lines.length === 1) return { ...this.place, column: this.place.column + at };
    return { ...this.place, line: this.place.line + lines.length - 1, column: lines.at(-1)!.length + 1 };
  }

  private fail(problem: string, at: number = this.token.at, hint?: string): never {
    throw new SourceError(this.placeOf(at), problem, hint === undefined ? {} : { hint });
  }

  private found(): string {
    return this.token.kind === "end" ? "the end of the expression" : `"${this.token.text}"`;
  }

  private read(): Token {
    tokenShape.lastIndex = this.position;
    const match = tokenShape.exec(this.text);
    if (match === null) {
      const rest = this.text.slice(this.position);
      const at = this.position + rest.length - rest.trimStart().length;
      if (at < this.text.length) {
        this.fail(`unexpected character "${String.fromCodePoint(this.text.codePointAt(at)!)}" in an expression`, at);
      }
      return { kind: "end", text: "", at };
    }
    this.position = tokenShape.lastIndex;
    const { number, name, mark } = match.groups!;
    const text = number ?? name ?? mark;
    const kind = number !== undefined ? "number" : name !== undefined ? "name" : "mark";
    return { kind, text, at: this.position - text.length };
  }

  private take(): Token {
    const token = this.token;
    this.token = this.read();
    return token;
  }

  private expect(mark: string): void {
    if (this.token.kind !== "mark" || this.token.text !== mark) this.fail(`expected "${mark}", found ${this.found()}`);
    this.take();
  }

  /** Everything that binds at least as tightly as `power`. */
  private expression(power: number): Expression {
    if (++this.depth > deepest) this.fail(`an expression nested more than ${deepest} levels deep`);
    let left = this.prefix();
    let chain: { op: Operation; args: Expression[] } | undefined; // a + b + c becomes one sum, whatever its length
    for (;;) {
      const operator = infix.get(this.token.kind === "number" ? "" : this.token.text);
      if (operator === undefined || operator[1] < power) break;
      const [op, strength] = operator;
      const sign = this.take();
      let right = this.expression(op === "^" ? NEGATE : strength + 1);
      if (sign.text === "-") right = negate(right);
      if (chain !== undefined && chain.op === op) {
        chain.args.push(right);
        continue;
      }
      const args = [left, right];
      chain = op === "+" || op === "*" || op === "and" || op === "or" ? { op, args } : undefined;
      left = { kind: "call", op, args };
      const next = infix.get(this.token.text);
      if (strength === COMPARE && next?.[1] === COMPARE) this.fail(`comparisons do not chain`);
    }
    this.depth--;
    return left;
  }

  private prefix(): Expression {
    const token = this.take();
    if (token.kind === "number") return this.number(token);
    if (token.kind === "name") return this.name(token);
    if (token.text === "-") return negate(this.expression(NEGATE));
    if (token.text === "+") return this.expression(NEGATE);
    if (token.text === "(") {
      const inner = this.expression(0);
      this.expect(")");
      return inner;
    }
    this.token = token;
    return this.fail(`expected a number, a name or "(", found ${this.found()}`);
  }

  private number(token: Token): Expression {
    const value = Number(token.text);
    if (!Number.isFinite(value)) this.fail(`the number ${token.text} is too large`, token.at);
    return { kind: "number", value };
  }

  private name(token: Token): Expression {
    if (token.text === "not") return { kind: "call", op: "not", args: [this.expression(NOT)] };
    if (token.text === "and" || token.text === "or") {
      this.fail(`expected a number, a name or "(", found "${token.text}"`, token.at);
    }
    if (this.token.text !== "(") return { kind: "symbol", name: token.text, place: this.placeOf(token.at) };
    return this.call(token);
  }

  private call(token: Token): Expression {
    const known = functions.get(token.text);
    if (known === undefined) {
      const near = didYouMean(token.text, [...functions.keys()]);
      const names = [...functions.keys()].join(", ");
      const hint = near === undefined ? `Functions are ${names}; a product needs "*"` : `Did you mean "${near}"?`;
      return this.fail(`unknown function "${token.text}"`, token.at, hint);
    }
    const [op, least, most] = known;
    const args: Expression[] = [];
    this.expect("(");
    while (this.token.text !== ")") {
      if (args.length > 0) this.expect(",");
      args.push(this.expression(0));
    }
    this.expect(")");
    if (args.length < least || args.length > most) {
      const wanted = `${least === most ? "" : "at least "}${least} argument${least === 1 ? "" : "s"}`;
      this.fail(`${token.text} takes ${wanted}, got ${args.length}`, token.at);
    }
    return { kind: "call", op, args };
  }
}

function negate(expr: Expression): Expression {
  return expr.kind === "number" ? { kind: "number", value: -expr.value } : { kind: "call", op: "neg", args: [expr] };
}

/**
 * Reads a rate expression: numbers, names, `+ - * / ^`, comparisons, `and or not` and the functions exp, ln (log),
 * log10, sqrt, abs, floor, ceil, min, max, pow, factorial, xor, piecewise(value, condition, …, otherwise), sin, cos,
 * tan, asin, acos, atan, sinh, cosh and tanh.
 * A Pratt parser (Pratt 1973, Top down operator precedence) over a closed grammar: nothing is ever evaluated as code.
 * @param place - Where the first character stands, so that errors and symbols carry their own line and column.
 * @throws {SourceError} With the column of the first thing that does not fit.
 */
export function parseExpression(text: string, place: SourcePlace): Expression {
  return new Parser(text, place).parse();
}
