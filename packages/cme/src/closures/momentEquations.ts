import { ArgumentError } from "@dbd/numerics/errors";
import { type SparseRows, sparseRows } from "@dbd/numerics/sparse";
import type { Network } from "../network.ts";
import { degree, type Exponents, keyOf, minus, unit, zeros } from "./exponents.ts";
import { hierarchyOf, type MomentEquations, type MomentKind, type MomentTerm } from "./hierarchy.ts";
import { MomentCollector } from "./momentCollector.ts";
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
import { scaledBy } from "./rational.ts";
import { type RateTerm, type RateTerms, rateTerms } from "./rateTerms.ts";

/** ⟨(n + ν)^a − n^a⟩ times each rate, or the same for falling factorials. */
function linearEquation(
  { species, terms }: RateTerms,
  moment: Exponents,
  kind: "raw" | "factorial",
): readonly MomentTerm[] {
  const collector = new MomentCollector();
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
  const collector = new MomentCollector();
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
  const rates = rateTerms(network);
  return hierarchyOf(rates, { order, kind }, (moment) =>
    kind === "central" ? centralEquation(rates, moment) : linearEquation(rates, moment, kind),
  );
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
