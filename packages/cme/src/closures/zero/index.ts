import type { Closure } from "../closure.ts";
import { binomials, degree, minus, unit, upTo } from "../exponents.ts";

/**
 * Central moments above the order are 0: ⟨∏ (n_s − ⟨n_s⟩)^(a_s)⟩ = 0. At order 2 the same as `normal`; from order 3 on it
 * neglects even the Gaussian part of the fourth moment. When to use it: as the baseline of the literature; `normal` is
 * rarely worse. Also called central moment neglect. Gillespie (2009), IET Syst. Biol. 3, 52, doi:10.1049/iet-syb:20070031.
 */
export const zeroClosure: Closure = {
  name: "zero",
  express: (moment) =>
    upTo(moment)
      .slice(0, -1)
      .map((c) => {
        const rest = minus(moment, c);
        const means = rest.flatMap((power, s) => (power === 0 ? [] : [{ moment: unit(moment.length, s), power }]));
        const sign = degree(rest) % 2 === 0 ? -1 : 1;
        const factors = degree(c) === 0 ? means : [...means, { moment: c, power: 1 }];
        return { coefficient: sign * Number(binomials(moment, c)), factors };
      }),
};
