import { ArgumentError, didYouMean, SourceError } from "@dbd/numerics/errors";
import { exp, log } from "@dbd/numerics/special";
import { checkDepth, type Expression, type Operation } from "./expressionTree.ts";
import { asin, atan, cos, sin, sinh, tanh } from "./expressionTrigonometry.ts";

const arity: Readonly<Record<Operation, readonly [least: number, most: number]>> = {
  "+": [1, Infinity],
  neg: [1, 1],
  "*": [1, Infinity],
  "/": [2, 2],
  "^": [2, 2],
  "<": [2, 2],
  "<=": [2, 2],
  ">": [2, 2],
  ">=": [2, 2],
  "==": [2, 2],
  "!=": [2, 2],
  and: [1, Infinity],
  or: [1, Infinity],
  not: [1, 1],
  exp: [1, 1],
  ln: [1, 1],
  log10: [1, 1],
  sqrt: [1, 1],
  abs: [1, 1],
  floor: [1, 1],
  ceil: [1, 1],
  min: [1, Infinity],
  max: [1, Infinity],
  piecewise: [1, Infinity],
  xor: [1, Infinity],
  factorial: [1, 1],
  sin: [1, 1],
  cos: [1, 1],
  tan: [1, 1],
  asin: [1, 1],
  acos: [1, 1],
  atan: [1, 1],
  sinh: [1, 1],
  cosh: [1, 1],
  tanh: [1, 1],
};
const operations = Object.keys(arity) as Operation[];
const codes: ReadonlyMap<Operation, number> = new Map(operations.map((op, i) => [op, i + 2]));
const CONSTANT = 0;
const SLOT = 1;
const PLUS = codes.get("+")!;
const TIMES = codes.get("*")!;
const DIVIDE = codes.get("/")!;

/** n! of a whole number, NaN of any other. */
function factorial(n: number): number {
  if (!(Number.isInteger(n) && n >= 0)) return Number.NaN;
  let product = 1;
  for (let k = 2; k <= n && product < Infinity; k++) product *= k;
  return product;
}

/** Integer powers by repeated squaring, others as exp(y·log x): the same bits in every engine, unlike Math.pow. */
export function power(x: number, y: number): number {
  if (Number.isInteger(y) && Math.abs(y) <= 1024) {
    let result = 1;
    for (let n = Math.abs(y), square = x; n > 0; n = Math.floor(n / 2), square *= square) {
      if (n % 2 === 1) result *= square;
    }
    return y < 0 ? 1 / result : result;
  }
  if (x === 0) return y > 0 ? 0 : y < 0 ? Infinity : Number.NaN;
  if (x > 0) return exp(y * log(x));
  return Number.isInteger(y) ? (y % 2 === 0 ? 1 : -1) * exp(y * log(-x)) : Number.NaN;
}

function fold(stack: Float64Array, top: number, count: number, step: (a: number, b: number) => number): number {
  let value = stack[top];
  for (let i = 1; i < count; i++) value = step(value, stack[top + i]);
  return value;
}

/** value₁, condition₁, value₂, condition₂, …, [otherwise]; NaN where no piece applies or a condition is NaN. */
function piecewise(stack: Float64Array, top: number, count: number): number {
  for (let i = 0; i + 1 < count; i += 2) {
    const condition = stack[top + i + 1];
    if (condition !== 0) return Number.isNaN(condition) ? condition : stack[top + i];
  }
  return count % 2 === 1 ? stack[top + count - 1] : Number.NaN;
}

type Rule = (stack: Float64Array, top: number, count: number) => number;
const rules: Readonly<Record<Operation, Rule>> = {
  "+": (s, t, n) => fold(s, t, n, (a, b) => a + b),
  neg: (s, t) => -s[t],
  "*": (s, t, n) => fold(s, t, n, (a, b) => a * b),
  "/": (s, t) => s[t] / s[t + 1],
  "^": (s, t) => power(s[t], s[t + 1]),
  "<": (s, t) => (s[t] < s[t + 1] ? 1 : 0),
  "<=": (s, t) => (s[t] <= s[t + 1] ? 1 : 0),
  ">": (s, t) => (s[t] > s[t + 1] ? 1 : 0),
  ">=": (s, t) => (s[t] >= s[t + 1] ? 1 : 0),
  "==": (s, t) => (s[t] === s[t + 1] ? 1 : 0),
  "!=": (s, t) => (s[t] === s[t + 1] ? 0 : 1),
  and: (s, t, n) => fold(s, t, n, (a, b) => (a !== 0 && b !== 0 ? 1 : 0)),
  or: (s, t, n) => fold(s, t, n, (a, b) => (a !== 0 || b !== 0 ? 1 : 0)),
  not: (s, t) => (s[t] === 0 ? 1 : 0),
  exp: (s, t) => exp(s[t]),
  ln: (s, t) => log(s[t]),
  log10: (s, t) => log(s[t]) / Math.LN10,
  sqrt: (s, t) => Math.sqrt(s[t]),
  abs: (s, t) => Math.abs(s[t]),
  floor: (s, t) => Math.floor(s[t]),
  ceil: (s, t) => Math.ceil(s[t]),
  min: (s, t, n) => fold(s, t, n, Math.min),
  max: (s, t, n) => fold(s, t, n, Math.max),
  piecewise,
  xor: (s, t, n) => fold(s, t, n, (a, b) => ((a !== 0) === (b !== 0) ? 0 : 1)),
  factorial: (s, t) => factorial(s[t]),
  sin: (s, t) => sin(s[t]),
  cos: (s, t) => cos(s[t]),
  tan: (s, t) => sin(s[t]) / cos(s[t]),
  asin: (s, t) => asin(s[t]),
  acos: (s, t) => Math.PI / 2 - asin(s[t]),
  atan: (s, t) => atan(s[t]),
  sinh: (s, t) => sinh(s[t]),
  cosh: (s, t) => (exp(s[t]) + exp(-s[t])) / 2,
  tanh: (s, t) => tanh(s[t]),
};
const ruleOf: readonly Rule[] = operations.map((op) => rules[op]);

interface Program {
  readonly code: number[];
  readonly operand: number[];
  readonly constants: number[];
}

function emit(expr: Expression, slots: ReadonlyMap<string, number>, program: Program): void {
  const { code, operand, constants } = program;
  if (expr.kind === "number") {
    code.push(CONSTANT);
    operand.push(constants.push(expr.value) - 1);
  } else if (expr.kind === "symbol") {
    const slot = slots.get(expr.name);
    if (slot === undefined) throw unknownSymbol(expr, [...slots.keys()]);
    code.push(SLOT);
    operand.push(slot);
  } else {
    const [least, most] = arity[expr.op];
    if (expr.args.length < least || expr.args.length > most) {
      throw new ArgumentError("compileExpression", `${expr.op} cannot take ${expr.args.length} arguments`);
    }
    for (const arg of expr.args) emit(arg, slots, program);
    code.push(codes.get(expr.op)!);
    operand.push(expr.args.length);
  }
}

function unknownSymbol(symbol: Expression & { kind: "symbol" }, known: readonly string[]): ArgumentError {
  const near = didYouMean(symbol.name, known);
  const hint = near === undefined ? {} : { hint: `Did you mean "${near}"?` };
  const problem = `unknown name "${symbol.name}"`;
  if (symbol.place !== undefined) return new SourceError(symbol.place, problem, hint);
  return new ArgumentError("compileExpression", problem, hint);
}

/**
 * Replaces the named constants by their values and evaluates every part that is then constant. The rest keeps its
 * order of operations, so that the value stays the same to the last bit.
 */
export function foldConstants(expr: Expression, constants: ReadonlyMap<string, number>): Expression {
  checkDepth(expr, "foldConstants");
  return substitute(expr, (name) => constants.get(name));
}

function substitute(expr: Expression, valueOf: (name: string) => number | undefined): Expression {
  if (expr.kind === "number") return expr;
  if (expr.kind === "symbol") {
    const value = valueOf(expr.name);
    return value === undefined ? expr : { kind: "number", value };
  }
  const args = expr.args.map((arg) => substitute(arg, valueOf));
  if (args.length === 0 || !args.every((arg) => arg.kind === "number")) return { ...expr, args };
  return {
    kind: "number",
    value: rules[expr.op](
      Float64Array.from(args, (a) => a.value),
      0,
      args.length,
    ),
  };
}

/**
 * Makes a function of the state out of an expression: postfix code in typed arrays, run without allocation.
 * @param slots - Where each symbol stands in `values`.   @param constants - Symbols with a fixed value.
 * @throws {ArgumentError} For an unknown symbol (with its place when it has one), a wrong number of arguments or
 * too deep nesting.
 */
export function compileExpression(
  expr: Expression,
  slots: ReadonlyMap<string, number>,
  constants: ReadonlyMap<string, number> = new Map(),
): (values: Float64Array) => number {
  const program: Program = { code: [], operand: [], constants: [] };
  checkDepth(expr, "compileExpression");
  const valueOf = (name: string): number | undefined => (slots.has(name) ? undefined : constants.get(name));
  emit(substitute(expr, valueOf), slots, program);
  const code = Int32Array.from(program.code);
  const operand = Int32Array.from(program.operand);
  const numbers = Float64Array.from(program.constants);
  const stack = new Float64Array(code.length);
  return (values) => {
    let top = 0;
    for (let i = 0; i < code.length; i++) {
      const op = code[i];
      if (op === CONSTANT) stack[top++] = numbers[operand[i]];
      else if (op === SLOT) stack[top++] = values[operand[i]];
      else {
        const count = operand[i];
        top -= count;
        let value = stack[top];
        // The commonest operations stand here, the others behind a call.
        if (op === TIMES) for (let k = 1; k < count; k++) value *= stack[top + k];
        else if (op === PLUS) for (let k = 1; k < count; k++) value += stack[top + k];
        else if (op === DIVIDE) value /= stack[top + 1];
        else value = ruleOf[op - 2](stack, top, count);
        stack[top] = value;
        top++;
      }
    }
    return stack[0];
  };
}
