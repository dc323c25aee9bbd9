import { binomial, type Exponents, factorial, keyOf, upTo } from "../closures/exponents.ts";
import { separable, stirlingSecond } from "../closures/polynomial.ts";

/** One term coefficient · ∏ a†_s^creation · ∏ a_s^annihilation, creation operators on the left. */
export interface LadderTerm {
  /** Powers of the creation operators, shape [S]. */
  readonly creation: Exponents;
  /** Powers of the annihilation operators, shape [S]. */
  readonly annihilation: Exponents;
  readonly coefficient: bigint;
}

/**
 * A polynomial of creation and annihilation operators in normal order: each pair of powers once, none with coefficient 0.
 * Doi's convention: a†|n⟩ = |n + 1⟩, a|n⟩ = n|n − 1⟩, [a, a†] = 1. Doi (1976), J. Phys. A 9, 1465,
 * doi:10.1088/0305-4470/9/9/008; Peliti (1985), J. Physique 46, 1469, doi:10.1051/jphys:019850046090146900.
 */
export type LadderOperator = readonly LadderTerm[];

function collect(terms: readonly LadderTerm[]): LadderOperator {
  const sums = new Map<string, LadderTerm>();
  for (const { creation, annihilation, coefficient } of terms) {
    const key = `${keyOf(creation)};${keyOf(annihilation)}`;
    sums.set(key, { creation, annihilation, coefficient: coefficient + (sums.get(key)?.coefficient ?? 0n) });
  }
  return [...sums.values()].filter(({ coefficient }) => coefficient !== 0n);
}

/** ∏ a†^creation ∏ a^annihilation. */
export const ladderTerm = (creation: Exponents, annihilation: Exponents, coefficient = 1n): LadderOperator =>
  coefficient === 0n ? [] : [{ creation, annihilation, coefficient }];

export const ladderSum = (...operators: readonly LadderOperator[]): LadderOperator => collect(operators.flat());

export const ladderScaled = (operator: LadderOperator, factor: bigint): LadderOperator =>
  collect(
    operator.map(({ creation, annihilation, coefficient }) => ({
      creation,
      annihilation,
      coefficient: factor * coefficient,
    })),
  );

/** Brings a product of two terms into normal order: a^m a†^n = Σ_k k! C(m, k) C(n, k) a†^(n − k) a^(m − k). */
function termProduct(left: LadderTerm, right: LadderTerm): LadderTerm[] {
  const contracted = left.annihilation.map((m, s) => Math.min(m, right.creation[s]));
  return upTo(contracted).map((pairs) => ({
    creation: left.creation.map((power, s) => power + right.creation[s] - pairs[s]),
    annihilation: left.annihilation.map((power, s) => power + right.annihilation[s] - pairs[s]),
    coefficient: pairs.reduce(
      (product, k, s) => product * factorial(k) * binomial(left.annihilation[s], k) * binomial(right.creation[s], k),
      left.coefficient * right.coefficient,
    ),
  }));
}

/** The product in normal order, exactly. */
export const ladderProduct = (left: LadderOperator, right: LadderOperator): LadderOperator =>
  collect(left.flatMap((a) => right.flatMap((b) => termProduct(a, b))));

/** [A, B] = AB − BA in normal order. */
export const commutator = (a: LadderOperator, b: LadderOperator): LadderOperator =>
  ladderSum(ladderProduct(a, b), ladderScaled(ladderProduct(b, a), -1n));

/** ∏ n_s^(powers_s) with n = a†a, in normal order: n^m = Σ S(m, j) a†^j a^j. */
export const numberPower = (powers: Exponents): LadderOperator =>
  separable(powers.map(stirlingSecond)).map(({ exponents, coefficient }) => ({
    creation: exponents,
    annihilation: exponents,
    coefficient,
  }));
