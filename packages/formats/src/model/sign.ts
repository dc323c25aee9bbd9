import type { Expression } from "@dbd/cme/expression";

/** 1 never negative, −1 never positive, 0 unknown. */
export type Sign = -1 | 0 | 1;

/** @param isNonNegative - Which symbols never are negative: counts and time. Constants must have been folded. */
export function signOf(expr: Expression, isNonNegative: (name: string) => boolean): Sign {
  if (expr.kind === "number") return expr.value >= 0 ? 1 : expr.value < 0 ? -1 : 0;
  if (expr.kind === "symbol") return isNonNegative(expr.name) ? 1 : 0;
  const signs = expr.args.map((arg) => signOf(arg, isNonNegative));
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
    case "sin":
    case "cos":
    case "tan":
    case "asin":
    case "atan":
    case "sinh":
    case "tanh":
      return 0;
    default:
      return 1; // comparisons, and, or, xor, not, exp, sqrt, abs, acos, cosh, factorial
  }
}
