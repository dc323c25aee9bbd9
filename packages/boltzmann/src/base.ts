import { ArgumentError } from "@dbd/numerics/errors";
import { logBinomial, logFactorial } from "@dbd/numerics/special";

/**
 * The measure q(n) that the interactions act on. Choose the one that makes the unreacted mixture simple: `poisson` for
 * well-mixed chemistry, `binomial(N)` for N sites that are full or empty, `counting` for the slides' formula as written.
 * log q must be concave in n: the tail check of the sums relies on it.
 */
export interface BaseMeasure {
  readonly name: string;
  /** Largest count with q(n) > 0; ∞ when there is none. */
  readonly max: number;
  /**
   * Highest power of n that −log q(n) outgrows as n → ∞: −1 for the counting measure (not summable by itself), 1 for
   * 1/n!, ∞ on a finite support. An energy of higher degree must itself grow.
   */
  readonly dominates: number;
  /** log q(n) for an integer 0 ≤ n ≤ max. */
  logWeight(n: number): number;
}

/** q(n) = 1. With one interaction the geometric distribution, ⟨n⟩ = 1/(e^ν − 1), ν > 0. */
export const counting: BaseMeasure = { name: "counting", max: Infinity, dominates: -1, logWeight: () => 0 };

/** q(n) = 1/n!. With one interaction the Poisson distribution, ⟨n⟩ = e^−ν. */
export const poisson: BaseMeasure = {
  name: "poisson",
  max: Infinity,
  dominates: 1,
  logWeight: (n) => -logFactorial(n),
};

/** q(n) = C(N, n): N places that are full or empty. With one interaction the binomial, ⟨n⟩ = N/(1 + e^ν). */
export function binomial(N: number): BaseMeasure {
  if (!Number.isSafeInteger(N) || N < 1)
    throw new ArgumentError("binomial", `the number of places must be a positive integer, got ${N}`);
  return { name: `binomial(${N})`, max: N, dominates: Infinity, logWeight: (n) => logBinomial(N, n) };
}
