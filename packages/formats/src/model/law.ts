import { type Expression, foldConstants } from "@dbd/cme/expression";
import { type MassAction, massActionParts } from "./massAction.ts";
import { signOf } from "./sign.ts";

/** A law in the form the simulators like best: mass action where it provably is, else the expression. */
export interface Law {
  readonly expression: Expression;
  readonly massAction?: MassAction;
}

/** What is known about the names in laws. */
export interface LawContext {
  readonly isSpecies: (name: string) => boolean;
  /** Values of all constants, to decide signs. */
  readonly constants: ReadonlyMap<string, number>;
  /** Names that provably never are negative: counts, time, and what rules and events make so. */
  readonly isNonNegative: (name: string) => boolean;
}

const call = (op: "+" | "neg", args: readonly Expression[]): Expression => ({ kind: "call", op, args });
const sum = (terms: readonly Expression[]): Expression => (terms.length === 1 ? terms[0] : call("+", terms));

export function classifyLaw(expression: Expression, { isSpecies }: LawContext): Law {
  const parts = massActionParts(expression, isSpecies);
  return parts?.length === 1 ? { expression, massAction: parts[0] } : { expression };
}

const sign = (expr: Expression, { constants, isNonNegative }: LawContext): -1 | 0 | 1 =>
  signOf(foldConstants(expr, constants), isNonNegative);

/**
 * Names of a set that stay non-negative as long as all of them are: each begins so, and what is said of it keeps it so.
 * @param said - Formulas that give a name its values.
 */
export function nonNegativeNames(
  counts: ReadonlySet<string>,
  said: ReadonlyMap<string, readonly Expression[]>,
  constants: ReadonlyMap<string, number>,
): ReadonlySet<string> {
  const folded = new Map(
    Array.from(said, ([name, formulas]) => [name, formulas.map((f) => foldConstants(f, constants))] as const),
  );
  const names = new Set([...counts, ...said.keys()]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [name, formulas] of folded) {
      if (!names.has(name) || formulas.every((f) => signOf(f, (other) => names.has(other)) === 1)) continue;
      names.delete(name);
      changed = true;
    }
  }
  return names;
}

/** Whether the constant of mass action is a negative number. */
export function isNegative(rate: Expression, { constants }: LawContext): boolean {
  const folded = foldConstants(rate, constants);
  return folded.kind === "number" && folded.value < 0;
}

/** k·∏ C(n, order) written out. */
function written({ rate, orders }: MassAction): Expression {
  const factors: Expression[] = [rate];
  let divisor = 1;
  for (const [name, order] of orders)
    for (let k = 0; k < order; k++) {
      divisor *= k + 1;
      const n: Expression = { kind: "symbol", name };
      factors.push(k === 0 ? n : call("+", [n, { kind: "number", value: -k }]));
    }
  if (divisor > 1) factors.push({ kind: "number", value: 1 / divisor });
  return factors.length === 1 ? rate : { kind: "call", op: "*", args: factors };
}

/**
 * The two directions of a reversible reaction, each provably never negative: the terms of a polynomial in binomials by
 * their signs, or those of a sum. Undefined when a sign is in doubt. A law of one sign has one direction.
 */
export function directionsOf(
  law: Expression,
  context: LawContext,
): { readonly forward: Expression | undefined; readonly backward: Expression | undefined } | undefined {
  if (sign(law, context) === 1) return { forward: law, backward: undefined };
  const parts = massActionParts(law, context.isSpecies);
  const fromParts = parts?.map((part) => ({ term: written(part), sign: sign(part.rate, context) }));
  const terms = law.kind === "call" && law.op === "+" ? law.args : [law];
  const fromSum = terms.map((term) => ({ term, sign: sign(term, context) }));
  const known = [fromParts, fromSum].find((split) => split?.every((part) => part.sign !== 0));
  if (known === undefined) return undefined;
  const forward = known.filter((part) => part.sign === 1).map(({ term }) => term);
  const backward = known.filter((part) => part.sign === -1).map(({ term }) => call("neg", [term]));
  if (backward.length === 0) return { forward: law, backward: undefined };
  return { forward: forward.length === 0 ? undefined : sum(forward), backward: sum(backward) };
}
