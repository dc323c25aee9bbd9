import type { Closure, ClosureTerm } from "../closure.ts";
import { type Exponents, plus, unit } from "../exponents.ts";

/** exp(a·μ + ½ aᵀΣa) with Σ_st = ln(m_st/(m_s m_t)) and μ_s = ln m_s − ½ Σ_ss, sorted by moments. */
function logNormalMoment(a: Exponents): ClosureTerm {
  const size = a.length;
  const involved = a.flatMap((power, s) => (power > 0 ? [s] : []));
  const total = involved.reduce((sum, s) => sum + a[s], 0);
  // m_s: 2 a_s from μ_s less a_s a_t from every Σ_st
  const means = involved.map((s) => ({ moment: unit(size, s), power: a[s] * (2 - total) }));
  const pairs = involved.flatMap((s, i) =>
    involved.slice(i).map((t) => ({
      moment: plus(unit(size, s), unit(size, t)),
      power: s === t ? (a[s] * (a[s] - 1)) / 2 : a[s] * a[t],
    })),
  );
  return { coefficient: 1, factors: [...means, ...pairs].filter(({ power }) => power !== 0) };
}

/**
 * Moments above 2 are those of the log-normal distribution with the same means and covariances. Defined at order 2, where
 * it equals `derivativeMatching`. When to use it: broad, skew distributions away from 0; it is undefined where a mean is
 * 0, such as an empty start. Keeling (2000), J. Theor. Biol. 205, 269,
 * doi:10.1006/jtbi.2000.2066.
 */
export const logNormalClosure: Closure = {
  name: "logNormal",
  orders: [2, 2],
  express: (moment) => [logNormalMoment(moment)],
};
