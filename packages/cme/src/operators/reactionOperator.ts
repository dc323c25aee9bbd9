import { degree, type Exponents, plus } from "../closures/exponents.ts";
import { hierarchyOf, type MomentEquations } from "../closures/hierarchy.ts";
import { MomentCollector } from "../closures/momentCollector.ts";
import { collect, inBasis, type Polynomial, stirlingFirst } from "../closures/polynomial.ts";
import { type Rational, scaledBy } from "../closures/rational.ts";
import { type RateConstant, rateTerms } from "../closures/rateTerms.ts";
import { type Network, reactionError } from "../network.ts";
import { type LadderOperator, ladderProduct, ladderSum, ladderTerm, numberPower } from "./ladder.ts";

/** What one reaction, or one term of its propensity, adds to the generator: multiplier · constant · operator. */
export interface ReactionOperator {
  /** Index into `Network.reactions`. */
  readonly reaction: number;
  readonly constant: RateConstant;
  readonly multiplier: Rational;
  /** (∏ a†^products − ∏ a†^reactants) ∏ a^reactants, in normal order. */
  readonly operator: LadderOperator;
}

/** The generator H of d|P⟩/dt = H|P⟩ as a sum of reactions. */
export interface GeneratorOperators {
  /** The species that the operators act on, shape [S]: all but boundary species, whose amounts are numbers. */
  readonly species: readonly string[];
  readonly terms: readonly ReactionOperator[];
}

/**
 * A network's reactions as creation and annihilation operators. When to use it: to derive what a network's statistics
 * obey by algebra, or to see it as a field theory; to solve the master equation use `solveExact`.
 * Each falling factorial n(n − 1)…(n − m + 1) of a propensity is a†^m a^m, and a firing replaces a†^m by a†^(m + change).
 * @throws {ArgumentError} For a law that is not a polynomial of the copy numbers, or that does not vanish where too few
 * copies are left, by name.
 */
export function generatorOperators(network: Network): GeneratorOperators {
  const { species, terms } = rateTerms(network);
  return {
    species,
    terms: terms.map(({ reaction, constant, multiplier, orders, change }) => {
      const created = plus(orders, change);
      if (created.some((power) => power < 0)) {
        throw reactionError(network, reaction, "its law does not vanish where fewer copies are left than it takes");
      }
      const operator = ladderSum(ladderTerm(created, orders), ladderTerm(orders, orders, -1n));
      return { reaction, constant, multiplier, operator };
    }),
  };
}

/** ⟨1|: the sum over states, an eigenvector of every a† to the value 1; what is left are factorial moments. */
const summedOver = (operator: LadderOperator): Polynomial =>
  collect(operator.map(({ annihilation, coefficient }) => ({ exponents: annihilation, coefficient })));

/**
 * The equations of the raw or factorial moments by normal ordering: d⟨O⟩/dt = ⟨1|O H|P⟩ with O = (a†a)^m or a†^m a^m.
 * The same as `momentEquations`, which shifts polynomials of the copy numbers, by another way.
 * @throws {ArgumentError} As `momentEquations` and `generatorOperators`.
 */
export function operatorMomentEquations(
  network: Network,
  order: number,
  kind: "raw" | "factorial" = "raw",
): MomentEquations {
  const generator = generatorOperators(network);
  const none = generator.species.map(() => 0);
  return hierarchyOf(generator, { order, kind }, (moment: Exponents) => {
    const statistic = kind === "raw" ? numberPower(moment) : ladderTerm(moment, moment);
    const collector = new MomentCollector();
    for (const { constant, multiplier, operator } of generator.terms) {
      const factorial = summedOver(ladderProduct(statistic, operator));
      for (const { exponents, coefficient } of kind === "raw" ? inBasis(factorial, stirlingFirst) : factorial) {
        const moments = degree(exponents) === 0 ? [] : [exponents];
        collector.add(constant, scaledBy(multiplier, coefficient), none, moments);
      }
    }
    return collector.terms();
  });
}
