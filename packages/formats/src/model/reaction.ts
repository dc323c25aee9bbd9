import type { Network, Participant } from "@dbd/cme";
import type { Expression } from "@dbd/cme/expression";

/** Copies per species index on one side, each species once. */
export function countsOf(side: readonly Participant[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { species, order } of side) counts.set(species, (counts.get(species) ?? 0) + order);
  return counts;
}

/** ∏ order! over the reactants. */
export function symmetryOf(side: readonly Participant[]): number {
  let product = 1;
  for (const order of countsOf(side).values()) for (let k = 2; k <= order; k++) product *= k;
  return product;
}

const call = (op: "+" | "*" | "/", args: readonly Expression[]): Expression => ({ kind: "call", op, args });
const number = (value: number): Expression => ({ kind: "number", value });

/** n(n−1)… over the reactants as factors, in the order of the species. */
export function fallingFactors({ species }: Network, side: readonly Participant[]): Expression[] {
  const factors: Expression[] = [];
  for (const [s, order] of countsOf(side)) {
    const n: Expression = { kind: "symbol", name: species[s] };
    for (let k = 0; k < order; k++) factors.push(k === 0 ? n : call("+", [n, number(-k)]));
  }
  return factors;
}

/** The propensity of a reaction written out: the law, or k·∏ C(n, order). */
export function propensityLaw(network: Network, { rate, reactants }: Network["reactions"][number]): Expression {
  if (rate.kind === "law") return rate.law;
  const factors = [rate.constant, ...fallingFactors(network, reactants)];
  const symmetry = symmetryOf(reactants);
  const product = factors.length === 1 ? factors[0] : call("*", factors);
  return symmetry === 1 ? product : call("/", [product, number(symmetry)]);
}

/** The value of a parameter that is written as one number. */
export function plainValue(value: number | Expression): number | undefined {
  if (typeof value === "number") return value;
  return value.kind === "number" ? value.value : undefined;
}
