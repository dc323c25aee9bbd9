import type { CompiledNetwork } from "./compile.ts";

/**
 * One propensity in s⁻¹. Hot path: no checks, no allocation.
 * @param x - Copy numbers, shape [S]. Float64Array, so that laws can read the same array.
 */
export function propensity(net: CompiledNetwork, r: number, x: Float64Array): number {
  const law = net.laws[r];
  if (law !== undefined) return law(x);
  const { start, species, order } = net;
  let a = net.rate[r];
  for (let e = start[r]; e < start[r + 1]; e++) {
    const n = x[species[e]];
    for (let k = 0; k < order[e]; k++) a *= n - k; // falling factorial: too few copies meet the factor 0
  }
  return a;
}

/**
 * Writes every propensity into `out` and returns their sum. Hot path: no checks, no allocation.
 * @param x - Copy numbers, shape [S].   @param out - Propensities in s⁻¹, shape [R]. Overwritten.
 */
export function propensities(net: CompiledNetwork, x: Float64Array, out: Float64Array): number {
  let total = 0;
  for (let r = 0; r < out.length; r++) {
    const a = propensity(net, r, x);
    out[r] = a;
    total += a;
  }
  return total;
}
