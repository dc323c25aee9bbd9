import type { Closure } from "../closure.ts";
import { withoutCumulant } from "../cumulant.ts";
import { unit } from "../exponents.ts";

/**
 * Cumulants above the order are those of independent Poisson distributions: the mean where only one species is
 * involved, 0 for mixed ones. When to use it: few copies with a variance close to the mean. Unlike `normal` it did not
 * diverge on any of our examples, but its variance can become negative. Nasell (2003), Theor. Popul. Biol. 63, 159,
 * doi:10.1016/S0040-5809(02)00060-6.
 */
export const poissonClosure: Closure = {
  name: "poisson",
  express(moment) {
    const rest = withoutCumulant(moment);
    const only = moment.findIndex((power) => power > 0);
    if (moment.some((power, s) => power > 0 && s !== only)) return rest;
    return [{ coefficient: 1, factors: [{ moment: unit(moment.length, only), power: 1 }] }, ...rest];
  },
};
