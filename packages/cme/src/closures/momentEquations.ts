import { ArgumentError } from "@dbd/numerics/errors";
import { type SparseRows, sparseRows } from "@dbd/numerics/sparse";
import type { Network } from "../network.ts";
import { ascending, degree, type Exponents, graded, keyOf, minus, unit, zeros } from "./exponents.ts";
import {
  collect,
  difference,
  fallingFactorial,
  inBasis,
  type Monomial,
  type Polynomial,
  scaled,
  shifted,
  shiftedPower,
  stirlingSecond,
  times,
} from "./polynomial.ts";
import { type Rational, scaledBy, sumOf, valueOf } from "./rational.ts";
import { type RateConstant, type RateTerm, type RateTerms, rateTerms } from "./rateTerms.ts";

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

/** Adds up terms of equal moments and, within them, of equal rate constants. */
class Collector {
  private readonly sums = new Map<
    string,
    { term: Omit<MomentTerm, "coefficient" | "parts">; parts: Map<string, CoefficientPart> }
  >();

  add(constant: RateConstant, multiplier: Rational, means: Exponents, moments: readonly Exponents[]): void {
    const sorted = moments.toSorted(ascending);
    const key = [means, ...sorted].map(keyOf).join(";");
    const sum = this.sums.get(key) ?? { term: { means, moments: sorted }, parts: new Map<string, CoefficientPart>() };
    this.sums.set(key, sum);
    const name = JSON.stringify(constant.expression, (field, value: unknown) =>
      field === "place" ? undefined : value,
    );
    const before = sum.parts.get(name);
    sum.parts.set(name, {
      constant,
      multiplier: before === undefined ? multiplier : sumOf(before.multiplier, multiplier),
    });
  }

  terms(): MomentTerm[] {
    const rank = ({ means, moments }: MomentTerm): number => degree(means) + moments.reduce((d, a) => d + degree(a), 0);
    return [...this.sums.values()]
      .map(({ term, parts }) => {
        const kept = [...parts.values()].filter(({ multiplier }) => multiplier.numerator !== 0n);
        const coefficient = kept.reduce((sum, p) => sum + p.constant.value * valueOf(p.multiplier), 0);
        return { coefficient, parts: kept, means: term.means, moments: term.moments };
      })
      .filter(({ parts }) => parts.length > 0)
      .sort((a, b) => rank(a) - rank(b));
  }
}

/** ⟨(n + ν)^a − n^a⟩ times each rate, or the same for falling factorials. */
function linearEquation(
  { species, terms }: RateTerms,
  moment: Exponents,
  kind: "raw" | "factorial",
): readonly MomentTerm[] {
  const collector = new Collector();
  const none = zeros(species.length);
  const statistic: Polynomial = kind === "raw" ? shiftedPower(moment, none) : fallingFactorial(moment);
  for (const { constant, multiplier, orders, change } of terms) {
    const gain = difference(shifted(statistic, change), statistic);
    const flow = times(gain, fallingFactorial(orders));
    for (const { exponents, coefficient } of kind === "raw" ? flow : inBasis(flow, stirlingSecond)) {
      const moments = degree(exponents) === 0 ? [] : [exponents];
      collector.add(constant, scaledBy(multiplier, coefficient), none, moments);
    }
  }
  return collector.terms();
}

/** A rate around the means: each monomial in x = n − ⟨n⟩ followed by powers of ⟨n⟩, shape [2 S]. */
function aroundMeans({ orders }: RateTerm): Polynomial {
  return collect(
    fallingFactorial(orders).flatMap(({ exponents, coefficient }) =>
      shiftedPower(
        exponents,
        exponents.map(() => 1),
      ).map(
        ({ exponents: x, coefficient: c }): Monomial => ({
          // (1 + x)^j gives the binomials; the rest of the power falls to the mean
          exponents: [...x, ...minus(exponents, x)],
          coefficient: c * coefficient,
        }),
      ),
    ),
  );
}

/** d⟨x^a⟩/dt = Σ ⟨((x + ν)^a − x^a) w⟩ − Σ_s a_s d⟨n_s⟩/dt ⟨x^(a − e_s)⟩ with x = n − ⟨n⟩; for order 1 the mean. */
function centralEquation({ species, terms }: RateTerms, moment: Exponents): readonly MomentTerm[] {
  const size = species.length;
  const collector = new Collector();
  const add = (term: RateTerm, flow: Polynomial, factor: readonly Exponents[]): void => {
    for (const { exponents, coefficient } of flow) {
      const x = exponents.slice(0, size);
      if (degree(x) === 1) continue; // ⟨n − ⟨n⟩⟩ = 0
      const moments = [...(degree(x) === 0 ? [] : [x]), ...factor];
      collector.add(term.constant, scaledBy(term.multiplier, coefficient), exponents.slice(size), moments);
    }
  };
  for (const term of terms) {
    const rate = aroundMeans(term);
    if (degree(moment) === 1) {
      add(term, scaled(rate, BigInt(term.change[moment.indexOf(1)])), []);
      continue;
    }
    const gain = difference(shiftedPower(moment, term.change), shiftedPower(moment, zeros(size)));
    const lifted = gain.map(({ exponents, coefficient }) => ({
      exponents: exponents.concat(zeros(size)),
      coefficient,
    }));
    add(term, times(lifted, rate), []);
    for (const [s, power] of moment.entries()) {
      const rest = minus(moment, unit(size, s));
      if (power === 0 || degree(rest) === 1) continue;
      add(term, scaled(rate, BigInt(-power * term.change[s])), degree(rest) === 0 ? [] : [rest]);
    }
  }
  return collector.terms();
}

/**
 * The equations for all moments up to `order`, with exact coefficients.
 * When to use it: to see what a network's moments obey, and which of them a closure must supply. The raw and factorial
 * forms are linear; the central form is a polynomial of the means and the central moments.
 * @throws {ArgumentError} For an order that is not a whole number ≥ 1, more than 20 000 moments, or a law that is not a
 * polynomial of the copy numbers.
 */
export function momentEquations(network: Network, order: number, kind: MomentKind = "raw"): MomentEquations {
  if (!(Number.isInteger(order) && order >= 1)) {
    throw new ArgumentError("momentEquations", `the order must be a whole number of at least 1, got ${order}`);
  }
  const rates = rateTerms(network);
  const size = rates.species.length;
  let count = 1;
  for (let i = 1; i <= size; i++) count *= (order + i) / i;
  if (count > maximalMoments) {
    throw new ArgumentError(
      "momentEquations",
      `${size} species have ${Math.round(count) - 1} moments up to order ${order}`,
      {
        hint: `At most ${maximalMoments} are written out; lower the order`,
      },
    );
  }
  const equations = graded(size, 1, order).map((moment) => ({
    moment,
    terms: kind === "central" ? centralEquation(rates, moment) : linearEquation(rates, moment, kind),
  }));
  return { kind, order, species: rates.species, equations, higher: higherOf(equations, order) };
}

function higherOf(equations: readonly MomentEquation[], order: number): Exponents[] {
  const found = new Map<string, Exponents>();
  for (const { terms } of equations) {
    for (const { moments } of terms) for (const a of moments) if (degree(a) > order) found.set(keyOf(a), a);
  }
  return [...found.values()].sort(ascending);
}

/**
 * The linear map of the raw or factorial form: dm/dt = M · (1, moments with equations, higher moments).
 * Shape [P, 1 + P + H], column 0 for the constants.
 */
export function momentMatrix({ kind, equations, higher }: MomentEquations): SparseRows {
  if (kind === "central")
    throw new ArgumentError("momentMatrix", "the central form is not linear; take raw or factorial");
  const columns = new Map([...equations.map(({ moment }) => moment), ...higher].map((a, i) => [keyOf(a), i + 1]));
  return sparseRows(
    columns.size + 1,
    equations.map(({ terms }) =>
      terms.map(({ moments, coefficient }) => [
        moments.length === 0 ? 0 : columns.get(keyOf(moments[0]))!,
        coefficient,
      ]),
    ),
  );
}

/** Which moments feed which: `from` stands on the right-hand side of the equation of `to`. */
export interface MomentEdge {
  readonly from: Exponents;
  readonly to: Exponents;
}

/** The graph of the hierarchy, moments that a central term multiplies included; ordered by `to`, then by degree. */
export function momentGraph({ equations, species }: MomentEquations): readonly MomentEdge[] {
  return equations.flatMap(({ moment: to, terms }) => {
    const from = new Map<string, Exponents>();
    for (const { means, moments } of terms) {
      for (const a of moments) from.set(keyOf(a), a);
      for (const [s, power] of means.entries()) {
        if (power > 0) from.set(keyOf(unit(species.length, s)), unit(species.length, s));
      }
    }
    return [...from.values()].sort((a, b) => degree(a) - degree(b)).map((a): MomentEdge => ({ from: a, to }));
  });
}
