import { type Expression, printExpression } from "../expression.ts";
import type { Exponents } from "./exponents.ts";
import type { CoefficientPart, MomentEquation, MomentEquations, MomentKind, MomentTerm } from "./momentEquations.ts";
import { type Rational, valueOf } from "./rational.ts";

/** How formulas are written. */
export type MomentNotation = "text" | "latex";

const latexName = (name: string): string => {
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

/** A² B in the chosen notation. */
function monomial(a: Exponents, species: readonly string[], notation: MomentNotation, kind: MomentKind): string {
  const factors = a.flatMap((power, s) => {
    if (power === 0) return [];
    const name = notation === "latex" ? latexName(species[s]) : species[s];
    const latex = notation === "latex";
    if (kind === "factorial" && power > 1) return [latex ? `(${name})_{${power}}` : `(${name})_${power}`];
    const shown = kind === "central" ? `${latex ? "\\delta " : "δ"}${name}` : name;
    if (power === 1) return [shown];
    return [latex ? `${kind === "central" ? `(${shown})` : shown}^{${power}}` : `${shown}^${power}`];
  });
  return factors.join(" ");
}

const brackets = (inside: string, notation: MomentNotation): string =>
  notation === "latex" ? `\\langle ${inside} \\rangle` : `⟨${inside}⟩`;

/** ⟨A² B⟩; of order 1 the mean in every form. */
export function momentName(
  moment: Exponents,
  { species, kind }: Pick<MomentEquations, "species" | "kind">,
  notation: MomentNotation = "text",
): string {
  const isMean = moment.reduce((sum, power) => sum + power, 0) === 1;
  return brackets(monomial(moment, species, notation, isMean ? "raw" : kind), notation);
}

function fraction({ numerator, denominator }: Rational, notation: MomentNotation): string {
  if (denominator === 1n) return String(numerator);
  return notation === "latex" ? `\\frac{${numerator}}{${denominator}}` : `${numerator}/${denominator}`;
}

/** One summand of a coefficient: its sign, and its size in words ("" for 1). */
interface Signed {
  readonly negative: boolean;
  readonly text: string;
}

function symbolic({ constant, multiplier }: CoefficientPart, notation: MomentNotation): Signed {
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
function summands({ parts }: MomentTerm, notation: MomentNotation): Signed[] {
  const numbers = parts.filter(isNumber);
  const total = numbers.reduce((sum, p) => sum + p.constant.value * valueOf(p.multiplier), 0);
  const size = Math.abs(total);
  const number: Signed = { negative: total < 0, text: notation === "latex" ? latexNumber(size) : String(size) };
  return [
    ...(total === 0 ? [] : [number]),
    ...parts.filter((part) => !isNumber(part)).map((part) => symbolic(part, notation)),
  ];
}

const joined = (list: readonly Signed[]): string =>
  list.map(({ negative, text }, i) => `${i === 0 ? (negative ? "-" : "") : negative ? " - " : " + "}${text}`).join("");

function termOf(term: MomentTerm, equations: MomentEquations, notation: MomentNotation): Signed[] {
  const { species } = equations;
  const means = term.means.flatMap((power, s) => {
    if (power === 0) return [];
    const mean = brackets(notation === "latex" ? latexName(species[s]) : species[s], notation);
    return [power === 1 ? mean : `${mean}^${notation === "latex" ? `{${power}}` : power}`];
  });
  const factors = [...means, ...term.moments.map((a) => momentName(a, equations, notation))].join(" ");
  const list = summands(term, notation);
  if (list.length === 0) return [];
  const sum: Signed = list.length === 1 ? list[0] : { negative: false, text: "" };
  const text =
    list.length === 1 ? sum.text : notation === "latex" ? `\\left(${joined(list)}\\right)` : `(${joined(list)})`;
  if (factors === "") return list;
  return [{ negative: sum.negative, text: text === "1" ? factors : `${text} ${factors}` }];
}

function lineOf({ moment, terms }: MomentEquation, equations: MomentEquations, notation: MomentNotation): string {
  const name = momentName(moment, equations, notation);
  const right = joined(terms.flatMap((term) => termOf(term, equations, notation))) || "0";
  if (notation === "text") return `d${name}/dt = ${right}`;
  return `\\frac{\\mathrm{d}}{\\mathrm{d}t} ${name} &= ${right}`;
}

/**
 * The equations, one a line. `text` reads d⟨A⟩/dt = -2 k ⟨A^2⟩ + 2 k ⟨A⟩; `latex` is the body of an align environment.
 * (A)_2 stands for A(A − 1), and δA for A − ⟨A⟩. Rate constants keep their names; plain numbers are multiplied out.
 */
export function printMomentEquations(equations: MomentEquations, notation: MomentNotation = "text"): string {
  const lines = equations.equations.map((equation) => lineOf(equation, equations, notation));
  return notation === "latex" ? `${lines.join(" \\\\\n")}\n` : `${lines.join("\n")}\n`;
}
