import type { Expression } from "@dbd/cme/expression";
import { collect, Expansion, type Term } from "./polynomial.ts";
import { multiply, type Ratio, ratio } from "./ratio.ts";

/** A part k·∏ C(n, order) of a law; the rate constant is an expression of the parameters alone. */
export interface MassAction {
  readonly rate: Expression;
  readonly orders: ReadonlyMap<string, number>;
}

/** n^p = Σ_j S(p, j)·n(n−1)…(n−j+1) with Stirling numbers of the second kind: row p of their triangle. */
function stirling(p: number): readonly bigint[] {
  let row = [1n];
  for (let n = 1; n <= p; n++)
    row = Array.from({ length: n + 1 }, (_, j) => (row[j - 1] ?? 0n) + BigInt(j) * (row[j] ?? 0n));
  return row;
}

function factorial(n: number): bigint {
  let product = 1n;
  for (let i = 2n; i <= n; i++) product *= i;
  return product;
}

/** Rewrites one term as a sum over C(n, j): the powers of species in the result are the orders j. */
function inBinomials(term: Term, isSpecies: (name: string) => boolean): readonly Term[] {
  let terms: { factor: Ratio; powers: Map<string, number> }[] = [{ factor: term.factor, powers: new Map() }];
  for (const [name, power] of term.powers) {
    const choices: readonly (readonly [order: number, weight: bigint])[] = isSpecies(name)
      ? stirling(power)
          .map((s, j) => [j, s * factorial(j)] as const)
          .filter(([, weight]) => weight !== 0n)
      : [[power, 1n]];
    terms = terms.flatMap(({ factor, powers }) =>
      choices.map(([order, weight]) => ({
        factor: multiply(factor, ratio(weight, 1n)),
        powers: new Map(powers).set(name, order),
      })),
    );
  }
  return terms;
}

/**
 * Writes a law as Σ k·∏ C(n, order) over the species: one part is mass action. The rewriting is exact (fractions of
 * whole numbers, parameters as unknowns), so the result is the same polynomial or undefined.
 */
export function massActionParts(
  law: Expression,
  isSpecies: (name: string) => boolean,
): readonly MassAction[] | undefined {
  const expansion = new Expansion(isSpecies);
  const expanded = expansion.expand(law);
  const terms = expanded && collect([...expanded.values()].flatMap((term) => inBinomials(term, isSpecies)));
  if (terms === undefined) return undefined;
  const parts = new Map<string, { orders: Map<string, number>; terms: Term[] }>();
  for (const { factor, powers } of terms.values()) {
    const split = (wanted: boolean): [string, number][] => [...powers].filter(([name]) => isSpecies(name) === wanted);
    const orders = new Map(split(true).sort(([a], [b]) => (a < b ? -1 : 1)));
    const key = JSON.stringify([...orders]);
    const part = parts.get(key) ?? { orders, terms: [] };
    part.terms.push({ factor, powers: new Map(split(false)) });
    parts.set(key, part);
  }
  return [...parts.values()].map(({ orders, terms }) => ({ orders, rate: expansion.toExpression(terms) }));
}
