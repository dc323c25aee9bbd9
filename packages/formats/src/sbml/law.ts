import { type Expression, foldConstants } from "@dbd/cme/expression";
import { didYouMean, SourceError, type SourcePlace, UnsupportedError } from "@dbd/numerics/errors";
import { type MassAction, massActionParts } from "./massAction.ts";
import type { Constant, Declarations } from "./model.ts";

type SymbolNode = Extract<Expression, { kind: "symbol" }>;

/** Rebuilds an expression with every symbol replaced. */
function replaceSymbols(expr: Expression, replace: (symbol: SymbolNode) => Expression): Expression {
  if (expr.kind === "symbol") return replace(expr);
  if (expr.kind === "number") return expr;
  return { ...expr, args: expr.args.map((arg) => replaceSymbols(arg, replace)) };
}

function unknownName(symbol: SymbolNode, fallback: SourcePlace, known: readonly string[]): never {
  const near = didYouMean(symbol.name, known);
  const hint = near === undefined ? {} : { hint: `Did you mean "${near}"?` };
  throw new SourceError(symbol.place ?? fallback, `"${symbol.name}" in a law is not declared`, hint);
}

/** A constant as a law uses it. @throws {SourceError} When the model gives it no value. */
function checkValue(name: string, constant: Constant, place: SourcePlace): void {
  if (constant.value !== undefined) return;
  const what = constant.kind === "compartment" ? `the compartment "${name}" has no size` : `"${name}" has no value`;
  throw new SourceError(place, `${what}, but a law uses it (declared on line ${constant.place.line})`);
}

/**
 * Turns a law as written into one over amounts: local parameters get their global names, and the symbol of a species
 * that stands for a concentration becomes amount / size.
 * @param locals - Local parameter → the global name it was given.
 */
export function resolveLaw(
  law: Expression,
  place: SourcePlace,
  { constants, species, others }: Declarations,
  locals: ReadonlyMap<string, string>,
): Expression {
  return replaceSymbols(law, (symbol) => {
    const { name } = symbol;
    const at = symbol.place ?? place;
    const local = locals.get(name);
    if (local !== undefined) return { ...symbol, name: local };
    const found = species.get(name);
    if (found?.concentration === true) {
      checkValue(found.compartment, constants.get(found.compartment)!, at);
      return { kind: "call", op: "/", args: [symbol, { kind: "symbol", name: found.compartment, place: at }] };
    }
    if (found !== undefined) return symbol;
    const constant = constants.get(name);
    if (constant !== undefined) {
      checkValue(name, constant, at);
      return symbol;
    }
    if (others.has(name)) {
      throw new UnsupportedError(`a law that refers to the reaction or reference "${name}"`, { place: at });
    }
    return unknownName(symbol, place, [...locals.keys(), ...species.keys(), ...constants.keys()]);
  });
}

/** 1 never negative, −1 never positive, 0 unknown, for non-negative species. */
type Sign = -1 | 0 | 1;

function signOf(expr: Expression): Sign {
  if (expr.kind === "number") return expr.value >= 0 ? 1 : expr.value < 0 ? -1 : 0;
  if (expr.kind === "symbol") return 1; // a species: constants were folded
  const signs = expr.args.map(signOf);
  const all = (sign: Sign): boolean => signs.every((s) => s === sign);
  switch (expr.op) {
    case "+":
    case "min":
    case "floor":
    case "ceil":
      return all(1) ? 1 : all(-1) ? -1 : expr.op === "min" && signs.includes(-1) ? -1 : 0;
    case "max":
      return signs.includes(1) ? 1 : all(-1) ? -1 : 0;
    case "neg":
      return -signs[0] as Sign;
    case "*":
    case "/":
      return signs.reduce<number>((a, b) => a * b, 1) as Sign;
    case "^": {
      const exponent = expr.args[1];
      return signs[0] === 1 || (exponent.kind === "number" && exponent.value % 2 === 0) ? 1 : 0;
    }
    case "piecewise": {
      const values = signs.filter((_, i) => i % 2 === 0);
      return values.every((s) => s === 1) ? 1 : 0;
    }
    case "ln":
    case "log10":
      return 0;
    default:
      return 1; // comparisons, and, or, not, exp, sqrt, abs
  }
}

/** A law in the form the simulators like best: mass action where it provably is, else the expression. */
export interface Law {
  readonly expression: Expression;
  readonly massAction?: MassAction;
  /** Whether the law is provably never negative. */
  readonly nonNegative: boolean;
}

/** @param values - Values of all constants, to decide signs. */
export function classifyLaw(
  expression: Expression,
  isSpecies: (name: string) => boolean,
  values: ReadonlyMap<string, number>,
): Law {
  const parts = massActionParts(expression, isSpecies);
  const positive = (part: MassAction): boolean => signOf(foldConstants(part.rate, values)) === 1;
  const nonNegative = (parts?.every(positive) ?? false) || signOf(foldConstants(expression, values)) === 1;
  if (parts?.length !== 1) return { expression, nonNegative };
  return { expression, massAction: parts[0], nonNegative };
}
