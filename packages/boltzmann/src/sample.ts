import type { RandomSource } from "@dbd/numerics/random/source";
import { cumulativeOf, type Sums } from "./partition.ts";

/** Fills out[0 … count) with independent draws from the last evaluation (numbers of states), by inversion (one uniform each). */
export function drawInverse(p: Sums, count: number, random: RandomSource, out: Int32Array): void {
  const cumulative = cumulativeOf(p);
  const last = p.size - 1;
  for (let i = 0; i < count; i++) {
    const u = random();
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] > u) high = middle;
      else low = middle + 1;
    }
    out[i] = low;
  }
}

/**
 * Fills out[0 … count) with a stratified sample: one inversion in each of `count` equal slices of [0, 1), so the counts
 * come out in ascending order. Means are unbiased and their variance falls like count⁻² to count⁻³ instead of count⁻¹.
 */
export function drawInverseStratified(p: Sums, count: number, random: RandomSource, out: Int32Array): void {
  const cumulative = cumulativeOf(p);
  const last = p.size - 1;
  let n = 0;
  for (let i = 0; i < count; i++) {
    const u = (i + random()) / count;
    while (n < last && cumulative[n] <= u) n++;
    out[i] = n;
  }
}
