import { type Expression, printExpression } from "../expression.ts";
import type { CoefficientPart } from "./hierarchy.ts";
import { type Rational, valueOf } from "./rational.ts";

/** How formulas are written. */
export type FormulaNotation = "text" | "latex";

/** A name in math mode: k1 with an index, longer names upright. */
export const latexName = (name: string): string => {
  const parts = /^(\p{L})_?(\d+)$/u.exec(name);
  if (parts !== null) return `${parts[1]}_{${parts[2]}}`;
  return name.length === 1 ? name : `\\mathrm{${name.replaceAll("_", "\\_")}}`;
};

const latexNumber = (value: number): string => {
  const [digits, power] = String(value).split("e");
  return power === undefined ? digits : `${digits === "1" ? "" : `${digits} \\cdot `}10^{${Number(power)}}`;
};

/** A rate constant in LaTeX; rare operations are printed upright, as functions. */
function latexExpression(expr: Expression): string {
  if (expr.kind === "number") return latexNumber(expr.value);
  if (expr.kind === "symbol") return latexName(expr.name);
  const args = expr.args.map((arg) => {
    const text = latexExpression(arg);
    const loose = arg.kind === "call" && (arg.op === "+" || arg.op === "neg");
    return loose && expr.op !== "+" && expr.op !== "/" ? `\\left(${text}\\right)` : text;
  });
  switch (expr.op) {
    case "+":
      return args.join(" + ").replaceAll("+ -", "- ");
    case "neg":
      return `-${args[0]}`;
    case "*":
      return args.join(" \\cdot ");
    case "/":
      return `\\frac{${args[0]}}{${args[1]}}`;
    case "^":
      return expr.args[0].kind === "call" ? `{\\left(${args[0]}\\right)}^{${args[1]}}` : `{${args[0]}}^{${args[1]}}`;
    default:
      return `\\operatorname{${expr.op}}\\left(${args.join(", ")}\\right)`;
  }
}

function fraction({ numerator, denominator }: Rational, notation: FormulaNotation): string {
  if (denominator === 1n) return String(numerator);
  return notation === "latex" ? `\\frac{${numerator}}{${denominator}}` : `${numerator}/${denominator}`;
}

/** One summand of a coefficient: its sign, and its size in words ("" for 1). */
export interface Signed {
  readonly negative: boolean;
  readonly text: string;
}

function symbolic({ constant, multiplier }: CoefficientPart, notation: FormulaNotation): Signed {
  const { numerator, denominator } = multiplier;
  const size: Rational = { numerator: numerator < 0n ? -numerator : numerator, denominator };
  const { expression } = constant;
  const text = notation === "latex" ? latexExpression(expression) : printExpression(expression);
  const loose = expression.kind === "call";
  const symbol = loose ? (notation === "latex" ? `\\left(${text}\\right)` : `(${text})`) : text;
  const factor = size.numerator === size.denominator ? "" : `${fraction(size, notation)} `;
  return { negative: numerator < 0n, text: `${factor}${symbol}` };
}

const isNumber = (part: CoefficientPart): boolean => part.constant.expression.kind === "number";

/** Plain numbers are added up; symbols keep their exact fractions. */
export function summands(parts: readonly CoefficientPart[], notation: FormulaNotation): Signed[] {
  const numbers = parts.filter(isNumber);
  const total = numbers.reduce((sum, p) => sum + p.constant.value * valueOf(p.multiplier), 0);
  const size = Math.abs(total);
  const number: Signed = { negative: total < 0, text: notation === "latex" ? latexNumber(size) : String(size) };
  return [
    ...(total === 0 ? [] : [number]),
    ...parts.filter((part) => !isNumber(part)).map((part) => symbolic(part, notation)),
  ];
}

/** The summands in a row with their signs. */
export const joined = (list: readonly Signed[]): string =>
  list.map(({ negative, text }, i) => `${i === 0 ? (negative ? "-" : "") : negative ? " - " : " + "}${text}`).join("");
