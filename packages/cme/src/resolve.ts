import { UnsupportedError } from "@dbd/numerics/errors";
import { assignmentOrder } from "./dynamics.ts";
import type { Expression } from "./expression.ts";
import type { Network } from "./network.ts";

/** Nodes of the largest expression that assignment rules may unfold into. */
const mostNodes = 100_000;

/** Replaces symbols; parts without any stay the same object. */
export function replaceSymbols(expr: Expression, valueOf: (name: string) => Expression | undefined): Expression {
  if (expr.kind === "number") return expr;
  if (expr.kind === "symbol") return valueOf(expr.name) ?? expr;
  const args = expr.args.map((arg) => replaceSymbols(arg, valueOf));
  return args.every((arg, i) => arg === expr.args[i]) ? expr : { ...expr, args };
}

function nodesOf(expr: Expression, sizes: ReadonlyMap<string, number>): number {
  if (expr.kind === "number") return 1;
  if (expr.kind === "symbol") return sizes.get(expr.name) ?? 1;
  return expr.args.reduce((sum, arg) => sum + nodesOf(arg, sizes), 1);
}

/**
 * A function that unfolds assignment rules: what it returns names species, parameters and time alone.
 * @throws {UnsupportedError} When rules that mention rules that mention rules grow without measure.
 */
export function assignmentResolver({ assignments }: Network): (expr: Expression) => Expression {
  if (assignments === undefined) return (expr) => expr;
  const resolved = new Map<string, Expression>();
  const sizes = new Map<string, number>();
  for (const name of assignmentOrder(assignments)) {
    const rule = assignments.get(name)!;
    const size = nodesOf(rule, sizes);
    if (size > mostNodes) throw new UnsupportedError(`an assignment rule of ${size} terms ("${name}")`);
    sizes.set(name, size);
    resolved.set(
      name,
      replaceSymbols(rule, (symbol) => resolved.get(symbol)),
    );
  }
  return (expr) => replaceSymbols(expr, (symbol) => resolved.get(symbol));
}
