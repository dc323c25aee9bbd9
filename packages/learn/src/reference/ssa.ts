import type { RandomSource } from "@dbd/numerics/random/source";

/** A reaction of counts n [S]. For the tests of this package only: @dbd/cme has the simulators. */
export interface Reaction {
  readonly propensity: (n: ArrayLike<number>) => number;
  readonly jump: readonly number[];
}

/**
 * Gillespie's direct method (1976, doi:10.1016/0021-9991(76)90041-3): the counts of every run at every time.
 * @param x0 - Initial counts, or a way to draw those of a run.
 * @returns Shape [T] of [K, S].
 */
export function simulateRuns(
  reactions: readonly Reaction[],
  x0: readonly number[] | (() => readonly number[]),
  times: ArrayLike<number>,
  options: { readonly runs: number; readonly random: RandomSource },
): readonly Int32Array[] {
  const { runs, random } = options;
  const S = reactions[0].jump.length;
  const out = Array.from({ length: times.length }, () => new Int32Array(runs * S));
  const a = new Float64Array(reactions.length);
  for (let run = 0; run < runs; run++) {
    const n = Int32Array.from(typeof x0 === "function" ? x0() : x0);
    let t = 0;
    let next = 0;
    while (next < times.length) {
      let total = 0;
      for (let r = 0; r < a.length; r++) total += a[r] = reactions[r].propensity(n);
      t = total > 0 ? t - Math.log(1 - random()) / total : Infinity;
      for (; next < times.length && times[next] < t; next++) out[next].set(n, run * S);
      if (next === times.length) break;
      let pick = random() * total;
      let r = 0;
      while (r < a.length - 1 && pick >= a[r]) pick -= a[r++];
      for (let s = 0; s < S; s++) n[s] += reactions[r].jump[s];
    }
  }
  return out;
}
