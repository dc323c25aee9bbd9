import { log } from "../special.ts";
import type { RandomSource } from "./source.ts";

/** An exponential variate of mean 1: −log(1 − u). 1 − u is exact and never 0, so every value is finite. */
export function drawExponential(random: RandomSource): number {
  return -log(1 - random());
}
