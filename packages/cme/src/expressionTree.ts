import { ArgumentError, type SourcePlace } from "@dbd/numerics/errors";

/** Names of the operations of the grammar; `+ * and or xor min max piecewise` take any number of arguments. */
export type Operation =
  | ("+" | "neg" | "*" | "/" | "^")
  | ("<" | "<=" | ">" | ">=" | "==" | "!=")
  | ("and" | "or" | "xor" | "not")
  | ("exp" | "ln" | "log10" | "sqrt" | "abs" | "floor" | "ceil" | "min" | "max" | "piecewise" | "factorial")
  | ("sin" | "cos" | "tan" | "asin" | "acos" | "atan" | "sinh" | "cosh" | "tanh");

/** The name that stands for simulated time in every expression; no species and no parameter may have it. */
export const timeSymbol = "time";

/** A rate expression as plain data. `a - b` is the sum of `a` and `neg b`; true is 1 and false is 0. */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "symbol"; readonly name: string; readonly place?: SourcePlace }
  | { readonly kind: "call"; readonly op: Operation; readonly args: readonly Expression[] };

/** Deepest nesting that is read, printed or compiled: beyond any formula written by people, within any stack. */
export const maximalDepth = 200;

/** Nesting depth, found without recursion so that no expression can overflow the stack. */
export function depthOf(expr: Expression): number {
  let depth = 0;
  for (let level: readonly Expression[] = [expr]; level.length > 0; depth++) {
    level = level.flatMap((e) => (e.kind === "call" ? e.args : []));
  }
  return depth;
}

/** @throws {ArgumentError} When an expression is nested more than `maximalDepth` levels deep. */
export function checkDepth(expr: Expression, where: string): void {
  if (depthOf(expr) <= maximalDepth) return;
  throw new ArgumentError(where, `the expression is nested more than ${maximalDepth} levels deep`);
}

/** The names an expression depends on, each once, in the order of their first appearance. */
export function symbolsOf(expr: Expression): readonly string[] {
  const names = new Set<string>();
  const pending: Expression[] = [expr];
  for (let e = pending.pop(); e !== undefined; e = pending.pop()) {
    if (e.kind === "symbol") names.add(e.name);
    if (e.kind === "call") for (let i = e.args.length - 1; i >= 0; i--) pending.push(e.args[i]);
  }
  return [...names];
}
