import type { CompiledNetwork } from "../compile.ts";
import { propensity } from "../propensity.ts";
import { countFailure } from "./failure.ts";

/** Propensities as products of three: rate · x[first] · (x[second] − less2) · (x[third] − less3); spare factors read x[S] = 1. */
export interface Factors {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly third: Int32Array;
  readonly less2: Float64Array;
  readonly less3: Float64Array;
  /** 1 for laws and orders above three, which are evaluated one by one. */
  readonly general: Uint8Array;
}

export function factorsOf(net: CompiledNetwork): Factors {
  const count = net.rate.length;
  const one = net.network.species.length;
  const factors: Factors = {
    first: new Int32Array(count).fill(one),
    second: new Int32Array(count).fill(one),
    third: new Int32Array(count).fill(one),
    less2: new Float64Array(count),
    less3: new Float64Array(count),
    general: new Uint8Array(count),
  };
  for (let r = 0; r < count; r++) {
    let places = 0;
    for (let e = net.start[r]; e < net.start[r + 1]; e++) {
      for (let k = 0; k < net.order[e]; k++, places++) {
        if (places === 0) factors.first[r] = net.species[e];
        else if (places === 1) [factors.second[r], factors.less2[r]] = [net.species[e], k];
        else if (places === 2) [factors.third[r], factors.less3[r]] = [net.species[e], k];
      }
    }
    if (net.laws[r] !== undefined || places > 3) factors.general[r] = 1;
  }
  return factors;
}

/** One propensity; a law may be negative or no number, which the caller checks. Hot path. */
export function factored(net: CompiledNetwork, f: Factors, r: number, x: Float64Array): number {
  if (f.general[r] === 1) return propensity(net, r, x);
  return net.rate[r] * x[f.first[r]] * (x[f.second[r]] - f.less2[r]) * (x[f.third[r]] - f.less3[r]);
}

/** Applies one firing. Hot path. @throws {NumericalError} For a count outside [0, most]. */
export function fire(net: CompiledNetwork, r: number, x: Float64Array, most: number, t: number): void {
  const { changeStart, changeSpecies, change } = net;
  const end = changeStart[r + 1];
  for (let e = changeStart[r]; e < end; e++) {
    const s = changeSpecies[e];
    const n = x[s] + change[e];
    x[s] = n;
    if (!(n >= 0 && n <= most)) throw countFailure(net, r, x, t, most);
  }
}
