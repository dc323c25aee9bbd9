import { compileExpression, type Expression, symbolsOf } from "../expression.ts";
import { type Exponents, keyOf, plus, unit, zeros } from "./exponents.ts";

/** A monomial of the copy numbers with a floating-point coefficient. */
export interface LawTerm {
  readonly exponents: Exponents;
  readonly coefficient: number;
}

/** What a law may mention. */
export interface LawNames {
  readonly species: ReadonlyMap<string, number>;
  readonly values: ReadonlyMap<string, number>;
}

/** Largest power of one law: beyond it a law is not what moment equations are for. */
const maximalPower = 12;

function collect(terms: readonly LawTerm[]): readonly LawTerm[] {
  const sums = new Map<string, LawTerm>();
  for (const { exponents, coefficient } of terms) {
    const key = keyOf(exponents);
    sums.set(key, { exponents, coefficient: coefficient + (sums.get(key)?.coefficient ?? 0) });
  }
  return [...sums.values()].filter(({ coefficient }) => coefficient !== 0);
}

const product = (p: readonly LawTerm[], q: readonly LawTerm[]): readonly LawTerm[] =>
  collect(
    p.flatMap((a) =>
      q.map((b) => ({ exponents: plus(a.exponents, b.exponents), coefficient: a.coefficient * b.coefficient })),
    ),
  );

/** The law as a polynomial of the copy numbers; undefined when it is none. */
export function lawPolynomial(expr: Expression, names: LawNames): readonly LawTerm[] | undefined {
  const size = names.species.size;
  const number = (value: number): readonly LawTerm[] => collect([{ exponents: zeros(size), coefficient: value }]);
  const constant = (e: Expression): number | undefined =>
    symbolsOf(e).some((name) => names.species.has(name))
      ? undefined
      : compileExpression(e, new Map(), names.values)(new Float64Array(0));
  const value = constant(expr);
  if (value !== undefined) return number(value);
  if (expr.kind === "symbol") return [{ exponents: unit(size, names.species.get(expr.name)!), coefficient: 1 }];
  if (expr.kind === "number") return number(expr.value);
  const { op, args } = expr;
  if (op === "/" || op === "^") {
    const base = lawPolynomial(args[0], names);
    const right = constant(args[1]);
    if (base === undefined || right === undefined) return undefined;
    if (op === "/") return product(base, number(1 / right));
    if (!Number.isInteger(right) || right < 0 || right > maximalPower) return undefined;
    return Array.from({ length: right }, () => base).reduce(product, number(1));
  }
  const parts = args.map((arg) => lawPolynomial(arg, names));
  if (!parts.every((part) => part !== undefined)) return undefined;
  if (op === "+") return collect(parts.flat());
  if (op === "neg") return product(parts[0], number(-1));
  return op === "*" ? parts.reduce(product) : undefined;
}
