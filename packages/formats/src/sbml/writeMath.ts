import { type Expression, type Operation, timeSymbol } from "@dbd/cme/expression";

/** MathML elements of our operations; `neg` and `piecewise` are written apart. */
const tags: Readonly<Record<Exclude<Operation, "neg" | "piecewise">, string>> = {
  "+": "plus",
  "*": "times",
  "/": "divide",
  "^": "power",
  "<": "lt",
  "<=": "leq",
  ">": "gt",
  ">=": "geq",
  "==": "eq",
  "!=": "neq",
  and: "and",
  or: "or",
  xor: "xor",
  not: "not",
  exp: "exp",
  ln: "ln",
  log10: "log",
  sqrt: "root",
  abs: "abs",
  floor: "floor",
  ceil: "ceiling",
  min: "min",
  max: "max",
  factorial: "factorial",
  sin: "sin",
  cos: "cos",
  tan: "tan",
  asin: "arcsin",
  acos: "arccos",
  atan: "arctan",
  sinh: "sinh",
  cosh: "cosh",
  tanh: "tanh",
};

const comparisons: ReadonlySet<string> = new Set(["<", "<=", ">", ">=", "==", "!="]);
const logical: ReadonlySet<string> = new Set(["and", "or", "xor", "not"]);

const number = (value: number): string => {
  const [digits, exponent] = String(value).split("e");
  return exponent === undefined
    ? `<cn>${digits}</cn>`
    : `<cn type="e-notation">${digits}<sep/>${Number(exponent)}</cn>`;
};

/** What stands in a place: SBML tells numbers and truth values apart, our grammar does not. */
type Wanted = "number" | "truth";

/** Writes an expression as content MathML of SBML Level 3 Version 2, without the <math> around it. */
export function mathOf(expr: Expression, nameOf: (name: string) => string, wanted: Wanted = "number"): string {
  if (expr.kind === "call" && (comparisons.has(expr.op) || logical.has(expr.op))) {
    const inside = logical.has(expr.op) ? "truth" : "number";
    const args = expr.args.map((arg) => mathOf(arg, nameOf, inside)).join("");
    const truth = `<apply><${tags[expr.op as keyof typeof tags]}/>${args}</apply>`;
    if (wanted === "truth") return truth;
    return `<piecewise><piece>${number(1)}${truth}</piece><otherwise>${number(0)}</otherwise></piecewise>`;
  }
  const value = numeric(expr, nameOf);
  return wanted === "number" ? value : `<apply><neq/>${value}${number(0)}</apply>`;
}

/** What a term takes away, when it does. */
function negated(expr: Expression): Expression | undefined {
  if (expr.kind === "number" && expr.value < 0) return { kind: "number", value: -expr.value };
  return expr.kind === "call" && expr.op === "neg" ? expr.args[0] : undefined;
}

function numeric(expr: Expression, nameOf: (name: string) => string): string {
  if (expr.kind === "number") return number(expr.value);
  if (expr.kind === "symbol")
    return expr.name === timeSymbol
      ? '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">time</csymbol>'
      : `<ci>${nameOf(expr.name)}</ci>`;
  const { op, args } = expr;
  if (op === "piecewise") {
    const parts: string[] = [];
    for (let i = 0; i + 1 < args.length; i += 2)
      parts.push(`<piece>${mathOf(args[i], nameOf)}${mathOf(args[i + 1], nameOf, "truth")}</piece>`);
    if (args.length % 2 === 1) parts.push(`<otherwise>${mathOf(args.at(-1)!, nameOf)}</otherwise>`);
    return `<piecewise>${parts.join("")}</piecewise>`;
  }
  if (op === "+" && args.length === 2) {
    const taken = negated(args[1]);
    if (taken !== undefined) return `<apply><minus/>${mathOf(args[0], nameOf)}${mathOf(taken, nameOf)}</apply>`;
  }
  return `<apply><${op === "neg" ? "minus" : tags[op]}/>${args.map((arg) => mathOf(arg, nameOf)).join("")}</apply>`;
}
