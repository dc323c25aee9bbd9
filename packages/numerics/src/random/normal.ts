import { log } from "../special.ts";
import type { RandomSource } from "./source.ts";

/**
 * A standard normal variate by the polar method (Marsaglia & Bray 1964, doi:10.1137/1006063). The pair's second
 * member is dropped: keeping it would be hidden state.
 */
export function drawNormal(random: RandomSource): number {
  for (;;) {
    const x = 2 * random() - 1;
    const y = 2 * random() - 1;
    const s = x * x + y * y;
    if (s < 1 && s > 0) return x * Math.sqrt((-2 * log(s)) / s);
  }
}
