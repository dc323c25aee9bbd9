import { checkDepth, type Expression, type Operation } from "./expressionTree.ts";

/** How tightly each operation binds when written down; functions and atoms bind tightest. */
const binding: Readonly<Partial<Record<Operation, number>>> = {
  or: 1,
  and: 2,
  not: 3,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "==": 4,
  "!=": 4,
  "+": 5,
  "*": 6,
  "/": 6,
  neg: 7,
  "^": 8,
};
const ATOM = 9;

/** Writes an expression in the grammar that `parseExpression` reads, with no more brackets than needed. */
export function printExpression(expr: Expression): string {
  checkDepth(expr, "printExpression");
  return print(expr, 0);
}

function print(expr: Expression, least: number): string {
  const bracket = (text: string, strength: number): string => (strength < least ? `(${text})` : text);
  if (expr.kind === "symbol") return expr.name;
  if (expr.kind === "number") {
    const negative = expr.value < 0 || Object.is(expr.value, -0);
    return bracket(`${negative ? "-" : ""}${Math.abs(expr.value)}`, negative ? 7 : ATOM);
  }
  const { op, args } = expr;
  const strength = binding[op];
  if (strength === undefined) return `${op}(${args.map((arg) => print(arg, 0)).join(", ")})`;
  if (op === "neg" || op === "not")
    return bracket(`${op === "neg" ? "-" : "not "}${print(args[0], strength)}`, strength);
  if (op === "+") return bracket(args.map(printTerm).join(""), strength);
  if (op === "^") return bracket(`${print(args[0], ATOM)}^${print(args[1], 7)}`, strength);
  const first = op === "/" || (op === "*" && isDivision(args[0])) ? strength : strength + 1;
  return bracket(args.map((arg, i) => print(arg, i === 0 ? first : strength + 1)).join(` ${op} `), strength);
}

function isDivision(expr: Expression): boolean {
  return expr.kind === "call" && expr.op === "/";
}

function printTerm(term: Expression, index: number): string {
  if (index === 0) return print(term, 6);
  if (term.kind === "call" && term.op === "neg") return ` - ${print(term.args[0], 6)}`;
  if (term.kind === "number" && term.value < 0) return ` - ${-term.value}`;
  return ` + ${print(term, 6)}`;
}
