import { solve } from "@dbd/numerics/dense";
import { ArgumentError } from "@dbd/numerics/errors";
import type { Closure } from "../closure.ts";
import { binomials, type Exponents, graded } from "../exponents.ts";

/** γ with Σ_p γ_p C(p, s) = C(moment, s) for all s of total power 1 … order; whole numbers. */
function powersOf(moment: Exponents, lower: readonly Exponents[]): number[] {
  const size = lower.length;
  const matrix = Float64Array.from(lower.flatMap((s) => lower.map((p) => Number(binomials(p, s)))));
  const gamma = Float64Array.from(lower, (s) => Number(binomials(moment, s)));
  if (!solve(matrix, size, gamma)) throw new ArgumentError("derivativeMatching", "the exponents have no solution");
  return Array.from(gamma, Math.round);
}

/**
 * A higher moment is a product of powers of lower ones, ∏ m_p^(γ_p), with the powers for which its time derivatives agree
 * with the exact ones at a fixed start; at order 2 this is the log-normal closure: m_3 = (m_2/m_1)³. When to use it:
 * broad, skew distributions away from 0; it is undefined where a moment is 0, such as an empty start.
 * Singh & Hespanha (2011), IEEE Trans. Autom. Control 56, 414, doi:10.1109/TAC.2010.2088631.
 */
export const derivativeMatchingClosure: Closure = {
  name: "derivativeMatching",
  express(moment, order) {
    const isInvolved = (p: Exponents): boolean => p.every((power, s) => power === 0 || moment[s] > 0);
    const lower = graded(moment.length, 1, order).filter(isInvolved); // the others have the power 0
    const gamma = powersOf(moment, lower);
    const factors = lower.flatMap((p, i) => (gamma[i] === 0 ? [] : [{ moment: p, power: gamma[i] }]));
    return [{ coefficient: 1, factors }];
  },
};
