import { type Expression, maximalDepth, type Operation, symbolsOf } from "@dbd/cme/expression";
import { SourceError, UnsupportedError } from "@dbd/numerics/errors";
import { sourceName } from "../model/names.ts";
import { checkSize, type UserFunction, UserFunctions } from "../model/functions.ts";
import { timeMark } from "../model/source.ts";
import type { XmlElement } from "./xml.ts";

const mathNamespace = "http://www.w3.org/1998/Math/MathML";
const symbolUrl = "http://www.sbml.org/sbml/symbols/";

/** MathML operators with the operation they mean and how many arguments they take. */
const operators: ReadonlyMap<string, readonly [op: Operation, least: number, most: number]> = new Map([
  ["plus", ["+", 0, Infinity]],
  ["times", ["*", 0, Infinity]],
  ["divide", ["/", 2, 2]],
  ["power", ["^", 2, 2]],
  ["exp", ["exp", 1, 1]],
  ["ln", ["ln", 1, 1]],
  ["abs", ["abs", 1, 1]],
  ["floor", ["floor", 1, 1]],
  ["ceiling", ["ceil", 1, 1]],
  ["min", ["min", 1, Infinity]],
  ["max", ["max", 1, Infinity]],
  ["and", ["and", 0, Infinity]],
  ["or", ["or", 0, Infinity]],
  ["xor", ["xor", 1, Infinity]],
  ["not", ["not", 1, 1]],
  ["factorial", ["factorial", 1, 1]],
  ["sin", ["sin", 1, 1]],
  ["cos", ["cos", 1, 1]],
  ["tan", ["tan", 1, 1]],
  ["arcsin", ["asin", 1, 1]],
  ["arccos", ["acos", 1, 1]],
  ["arctan", ["atan", 1, 1]],
  ["sinh", ["sinh", 1, 1]],
  ["cosh", ["cosh", 1, 1]],
  ["tanh", ["tanh", 1, 1]],
]);

/** MathML functions that are others of one another, or a formula. */
const reciprocals: ReadonlyMap<string, Operation> = new Map([
  ["sec", "cos"],
  ["csc", "sin"],
  ["cot", "tan"],
  ["sech", "cosh"],
  ["csch", "sinh"],
  ["coth", "tanh"],
]);
const inverseReciprocals: ReadonlyMap<string, Operation> = new Map([
  ["arcsec", "acos"],
  ["arccsc", "asin"],
  ["arccot", "atan"],
]);

/** Comparisons; those that MathML lets chain (a < b < c) read as the conjunction of their neighbours. */
const comparisons: ReadonlyMap<string, readonly [op: Operation, most: number]> = new Map([
  ["lt", ["<", Infinity]],
  ["leq", ["<=", Infinity]],
  ["gt", [">", Infinity]],
  ["geq", [">=", Infinity]],
  ["eq", ["==", Infinity]],
  ["neq", ["!=", 2]],
]);

/** Avogadro's constant as fixed by SBML L3V1 §3.4.6 (CODATA 2006). */
const avogadro = 6.02214179e23;
const constants: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["exponentiale", Math.E],
  ["true", 1],
  ["false", 0],
]);

/** What an empty sum, product, conjunction or disjunction is worth. */
const neutral: Readonly<Partial<Record<Operation, number>>> = { "+": 0, "*": 1, and: 1, or: 0 };

const number = (value: number): Expression => ({ kind: "number", value });
const call = (op: Operation, args: readonly Expression[]): Expression => ({ kind: "call", op, args });

function fail(element: XmlElement, problem: string): never {
  throw new SourceError(element.place, problem);
}

function unsupported(element: XmlElement, feature: string): never {
  throw new UnsupportedError(feature, { place: element.place });
}

/** A number as XML Schema and MathML write it; NaN for anything else. */
export function readDecimal(text: string): number {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : Number.NaN;
}

function readNumber(element: XmlElement): Expression {
  const type = element.attributes.get("type")?.value ?? "real";
  const base = element.attributes.get("base")?.value ?? "10";
  if (base !== "10") unsupported(element, `a number in base ${base}`);
  if (!["real", "integer", "e-notation", "rational"].includes(type)) fail(element, `unknown type "${type}" of <cn>`);
  const expected = type === "e-notation" || type === "rational" ? 2 : 1;
  const parts = element.pieces.map((piece) => piece.trim());
  if (parts.length !== expected) fail(element, `<cn type="${type}"> holds ${parts.length} numbers, not ${expected}`);
  if (element.children.some((child) => child.local !== "sep")) fail(element, "<cn> holds something else than a number");
  const whole = type === "e-notation" ? readDecimal(parts.join("e")) : readDecimal(parts[0]);
  const value = type === "rational" ? whole / readDecimal(parts[1]) : whole;
  const shown = parts.join(" ");
  if (!Number.isFinite(value)) fail(element, `"${shown}" is not a finite number`);
  if (type === "integer" && !Number.isInteger(value)) fail(element, `"${shown}" is not a whole number`);
  return number(value);
}

function readSymbol(element: XmlElement): Expression {
  const name = element.text.trim();
  if (element.children.length > 0) fail(element, "<ci> holds a name and nothing else");
  if (name === "") fail(element, "an empty <ci>");
  return { kind: "symbol", name: sourceName(name), place: element.place };
}

function readCsymbol(element: XmlElement): Expression {
  const url = element.attributes.get("definitionURL")?.value ?? "";
  const name = url.startsWith(symbolUrl) ? url.slice(symbolUrl.length) : url;
  if (name === "avogadro") return number(avogadro);
  if (name === "time") return { kind: "symbol", name: timeMark, place: element.place };
  return unsupported(element, `the symbol "${name}" in a law`);
}

function checkNoText(element: XmlElement): void {
  const text = element.text.trim();
  if (text !== "") fail(element, `unexpected text "${text.slice(0, 40)}" in <${element.local}>`);
}

function checkCount(element: XmlElement, count: number, least: number, most: number): void {
  if (count >= least && count <= most) return;
  const wanted = least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} or ${most}`;
  const noun = wanted.endsWith("1") ? "argument" : "arguments";
  fail(element, `<${element.local}> takes ${wanted} ${noun}, got ${count}`);
}

function readApply(element: XmlElement, depth: number, functions: UserFunctions): Expression {
  const [operator, ...operands] = element.children;
  if (operator === undefined) return fail(element, "an empty <apply>");
  const read = (child: XmlElement): Expression => readNode(child, depth + 1, functions);
  if (operator.local === "ci") return functions.call(operator.text.trim(), operands.map(read), operator.place);
  if (operator.local === "csymbol") return readCsymbol(operator);
  if (operator.local === "log" || operator.local === "root") return readQualified(operator, operands, read);
  if (operator.local === "minus") {
    checkCount(operator, operands.length, 1, 2);
    const args = operands.map(read);
    const last = call("neg", [args.at(-1)!]);
    return args.length === 1 ? last : call("+", [args[0], last]);
  }
  const comparison = comparisons.get(operator.local);
  if (comparison !== undefined) {
    checkCount(operator, operands.length, 2, comparison[1]);
    const args = operands.map(read);
    const pairs = args.slice(1).map((right, i) => call(comparison[0], [args[i], right]));
    return pairs.length === 1 ? pairs[0] : call("and", pairs);
  }
  const derived = readDerived(operator, operands, read);
  if (derived !== undefined) return derived;
  const known = operators.get(operator.local);
  if (known === undefined) return unsupported(operator, `<${operator.local}> in a law`);
  const [op, least, most] = known;
  checkCount(operator, operands.length, least, most);
  if (operands.length === 0) return number(neutral[op]!);
  if (operands.length === 1 && (op === "+" || op === "*")) return read(operands[0]);
  return call(op, operands.map(read));
}

/** Functions that our grammar has no word for, as formulas of those it has. */
function readDerived(
  operator: XmlElement,
  operands: readonly XmlElement[],
  read: (child: XmlElement) => Expression,
): Expression | undefined {
  const { local } = operator;
  const one = (): Expression => {
    checkCount(operator, operands.length, 1, 1);
    return read(operands[0]);
  };
  const below = reciprocals.get(local);
  if (below !== undefined) return call("/", [number(1), call(below, [one()])]);
  const inverse = inverseReciprocals.get(local);
  if (inverse !== undefined) return call(inverse, [call("/", [number(1), one()])]);
  const two = (): [Expression, Expression] => {
    checkCount(operator, operands.length, 2, 2);
    return [read(operands[0]), read(operands[1])];
  };
  const quotient = (a: Expression, b: Expression): Expression => {
    const ratio = call("/", [a, b]);
    return call("piecewise", [call("floor", [ratio]), call(">=", [ratio, number(0)]), call("ceil", [ratio])]);
  };
  const root = (x: Expression, shift: number): Expression =>
    call("sqrt", [call("+", [call("^", [x, number(2)]), number(shift)])]);
  const half = (x: Expression): Expression => call("*", [number(0.5), x]);
  switch (local) {
    case "arcsinh":
    case "arccosh": {
      const x = one();
      return call("ln", [call("+", [x, root(x, local === "arcsinh" ? 1 : -1)])]);
    }
    case "arctanh": {
      const x = one();
      const below = call("+", [number(1), call("neg", [x])]);
      return half(call("ln", [call("/", [call("+", [number(1), x]), below])]));
    }
    case "implies": {
      const [a, b] = two();
      return call("or", [call("not", [a]), b]);
    }
    case "quotient":
      return quotient(...two());
    case "rem": {
      const [a, b] = two();
      return call("+", [a, call("neg", [call("*", [b, quotient(a, b)])])]);
    }
    default:
      return undefined;
  }
}

/** <log> with an optional <logbase>, <root> with an optional <degree>. */
function readQualified(
  operator: XmlElement,
  operands: readonly XmlElement[],
  read: (child: XmlElement) => Expression,
): Expression {
  const name = operator.local === "log" ? "logbase" : "degree";
  const qualifier = operands.find((child) => child.local === name);
  const args = operands.filter((child) => child !== qualifier);
  checkCount(operator, args.length, 1, 1);
  const [inside, ...more] = qualifier?.children ?? [];
  if (qualifier !== undefined && (inside === undefined || more.length > 0))
    fail(qualifier, `<${name}> holds one value`);
  const argument = read(args[0]);
  if (operator.local === "log") {
    return inside === undefined
      ? call("log10", [argument])
      : call("/", [call("ln", [argument]), call("ln", [read(inside)])]);
  }
  return inside === undefined ? call("sqrt", [argument]) : call("^", [argument, call("/", [number(1), read(inside)])]);
}

function readPiecewise(element: XmlElement, depth: number, functions: UserFunctions): Expression {
  const args: Expression[] = [];
  element.children.forEach((piece, i) => {
    const last = i === element.children.length - 1;
    const wanted = piece.local === "piece" ? 2 : piece.local === "otherwise" && last ? 1 : 0;
    if (wanted === 0) fail(piece, `unexpected <${piece.local}> in <piecewise>`);
    checkCount(piece, piece.children.length, wanted, wanted);
    args.push(...piece.children.map((child) => readNode(child, depth + 1, functions)));
  });
  if (args.length === 0) fail(element, "an empty <piecewise>");
  return call("piecewise", args);
}

function readNode(element: XmlElement, depth: number, functions: UserFunctions): Expression {
  if (element.uri !== mathNamespace) fail(element, `<${element.local}> is not in the MathML namespace`);
  if (depth > maximalDepth / 2) fail(element, `a formula nested more than ${maximalDepth / 2} levels deep`);
  if (element.local === "cn") return readNumber(element);
  if (element.local === "ci") return readSymbol(element);
  if (element.local === "csymbol") return readCsymbol(element);
  checkNoText(element);
  if (element.local === "apply") return readApply(element, depth, functions);
  if (element.local === "piecewise") return readPiecewise(element, depth, functions);
  if (element.local === "semantics" && element.children.length > 0)
    return readNode(element.children[0], depth + 1, functions);
  const constant = constants.get(element.local);
  if (constant !== undefined) return number(constant);
  if (element.local === "notanumber" || element.local === "infinity") fail(element, `<${element.local}/> in a law`);
  return unsupported(element, `<${element.local}> in a law`);
}

/** The one formula inside a <math> element. */
function formulaIn(math: XmlElement): XmlElement {
  if (math.uri !== mathNamespace) fail(math, "<math> is not in the MathML namespace");
  const [formula, ...more] = math.children;
  if (formula === undefined) return fail(math, "an empty <math>");
  if (more.length > 0) fail(more[0], "a second formula in one <math>");
  checkNoText(math);
  return formula;
}

/**
 * Reads a <math> element of SBML's subset of MathML 2 into an expression. Symbols keep their place; time is the symbol
 * `timeMark`; user functions are put in.
 * @throws {SourceError} For a malformed formula.   @throws {UnsupportedError} For delays and functions outside our
 * grammar, by name and line.
 */
export function readMath(math: XmlElement, functions: UserFunctions = new UserFunctions()): Expression {
  const result = readNode(formulaIn(math), 0, functions);
  checkSize(result, math.place);
  return result;
}

/** Reads the <lambda> of a function definition. */
export function readLambda(math: XmlElement, functions: UserFunctions): UserFunction {
  let lambda = formulaIn(math);
  if (lambda.local === "semantics" && lambda.children.length > 0) lambda = lambda.children[0];
  if (lambda.local !== "lambda" || lambda.uri !== mathNamespace)
    return fail(lambda, `a function is a <lambda>, found <${lambda.local}>`);
  checkNoText(lambda);
  const parameters = lambda.children.slice(0, -1).map((bvar) => {
    const [name, ...more] = bvar.children;
    if (bvar.local !== "bvar" || name?.local !== "ci" || more.length > 0)
      return fail(bvar, "<lambda> holds one <bvar> an argument, and then the formula");
    return sourceName(name.text.trim());
  });
  const body = lambda.children.at(-1);
  if (body === undefined || body.local === "bvar") return fail(lambda, "<lambda> without a formula");
  const repeated = parameters.find((name, i) => parameters.indexOf(name) !== i);
  if (repeated !== undefined) fail(lambda, `the argument "${repeated}" stands twice`);
  const made = { parameters, body: readNode(body, 0, functions) };
  checkSize(made.body, lambda.place);
  const free = symbolsOf(made.body).find((name) => name !== timeMark && !parameters.includes(name));
  if (free !== undefined) fail(lambda, `"${free}" in the formula of a function is none of its arguments`);
  return made;
}
