import { ArgumentError } from "@dbd/numerics/errors";
import { ascending, degree, type Exponents, graded, keyOf } from "./exponents.ts";
import type { Rational } from "./rational.ts";
import type { RateConstant, RateTerms } from "./rateTerms.ts";

/** raw: ⟨n^a⟩. central: ⟨(n − ⟨n⟩)^a⟩ and the means. factorial: ⟨n(n − 1)…(n − a + 1)⟩. */
export type MomentKind = "raw" | "central" | "factorial";

/** A rate constant times an exact fraction. */
export interface CoefficientPart {
  readonly constant: RateConstant;
  readonly multiplier: Rational;
}

/** coefficient · ∏ means^means · ∏ moments; without factors it is a constant. */
export interface MomentTerm {
  /** In s⁻¹: Σ over the parts. */
  readonly coefficient: number;
  /** The same exactly, one part for each rate constant. */
  readonly parts: readonly CoefficientPart[];
  /** Powers of the means, shape [S]: all 0 but in the central form. */
  readonly means: Exponents;
  /** At most one moment, two in the central form. */
  readonly moments: readonly Exponents[];
}

/** One line of the hierarchy: d moment/dt = Σ terms. */
export interface MomentEquation {
  readonly moment: Exponents;
  readonly terms: readonly MomentTerm[];
}

/** The moment equations of a network up to one order; those of order m need moments of higher order. */
export interface MomentEquations {
  readonly kind: MomentKind;
  readonly order: number;
  /** The species with moments, S of them: all but boundary species. */
  readonly species: readonly string[];
  /** One for each moment of order 1 … order, ascending: A, B, A², AB, B². In the central form order 1 is the mean. */
  readonly equations: readonly MomentEquation[];
  /** Moments on a right-hand side that have no equation, ascending. */
  readonly higher: readonly Exponents[];
}

/** Most moments that are written out. */
const maximalMoments = 20_000;

/**
 * All equations up to `order` by a rule for one of them.
 * @throws {ArgumentError} For an order that is not a whole number ≥ 1, or too many moments.
 */
export function hierarchyOf(
  rates: Pick<RateTerms, "species">,
  { order, kind }: Pick<MomentEquations, "order" | "kind">,
  termsOf: (moment: Exponents) => readonly MomentTerm[],
): MomentEquations {
  if (!(Number.isInteger(order) && order >= 1)) {
    throw new ArgumentError("momentEquations", `the order must be a whole number of at least 1, got ${order}`);
  }
  const size = rates.species.length;
  let count = 1;
  for (let i = 1; i <= size; i++) count *= (order + i) / i;
  if (count > maximalMoments) {
    const problem = `${size} species have ${Math.round(count) - 1} moments up to order ${order}`;
    throw new ArgumentError("momentEquations", problem, {
      hint: `At most ${maximalMoments} are written out; lower the order`,
    });
  }
  const equations = graded(size, 1, order).map((moment) => ({ moment, terms: termsOf(moment) }));
  return { kind, order, species: rates.species, equations, higher: higherOf(equations, order) };
}

function higherOf(equations: readonly MomentEquation[], order: number): Exponents[] {
  const found = new Map<string, Exponents>();
  for (const { terms } of equations) {
    for (const { moments } of terms) for (const a of moments) if (degree(a) > order) found.set(keyOf(a), a);
  }
  return [...found.values()].sort(ascending);
}
