import { ArgumentError } from "@dbd/numerics/errors";
import { drawNormal } from "@dbd/numerics/random/normal";
import { stream } from "@dbd/numerics/random/stream";
import type { RandomSource, Seed } from "@dbd/numerics/random/source";
import type { AsleepPhase } from "./phases.ts";
import type { LearnableFamily } from "./problem.ts";

/** How to sample the asleep phase by Markov chains. */
export interface PersistentAsleep {
  /** Chains of every start. */
  readonly chains: number;
  /** Metropolis sweeps from one time to the next; 5 unless given. */
  readonly sweeps?: number;
  readonly seed: Seed;
}

/** A family of counts whose weights are known up to their sum. */
interface WeightedFamily extends LearnableFamily {
  statistics(n: number, out: Float64Array): void;
  logBase(n: number): number;
}

const hasWeights = (family: LearnableFamily & Partial<WeightedFamily>): family is WeightedFamily =>
  family.statistics !== undefined && family.logBase !== undefined;

/** Sweeps before the first use of a chain. */
const BURN_IN = 100;

/**
 * Persistent chains carried along t: the chains at one time start from those at the time before, and those at t = 0
 * from the last iteration's, so that a few sweeps a time suffice where ν moves slowly. No sum over states is needed.
 * The price is a lag where ν moves fast: check with twice the sweeps. For families that can be drawn from directly
 * `SampledAsleep` is better. Tieleman (2008), doi:10.1145/1390156.1390290, with the time of the trajectory in the place
 * of training time.
 * @throws ArgumentError on impossible numbers or a family without weights.
 */
export function persistentPhase(
  family: LearnableFamily,
  { chains, sweeps = 5, seed }: PersistentAsleep,
): (iteration: number) => AsleepPhase {
  for (const [name, value] of Object.entries({ chains, sweeps }))
    if (!Number.isInteger(value) || value < 1)
      throw new ArgumentError("learn", `asleep.${name} must be a positive integer, got ${value}`);
  if (!hasWeights(family)) throw new ArgumentError("learn", 'this family has no chains of counts; use asleep: "exact"');
  const first: Int32Array[] = []; // per start, at t = 0
  const move = mover(family);
  const phi = new Float64Array(family.labels.length);
  return (iteration) => {
    const random = stream(seed, iteration);
    let start = -1;
    let now = new Int32Array(chains);
    return (nu, out, t = 0) => {
      if (t === 0) {
        start++;
        const fresh = first.length === start;
        if (fresh)
          first.push(new Int32Array(chains).fill(Math.max(family.support.min, Math.min(1, family.support.max))));
        for (let s = 0; s < (fresh ? BURN_IN : sweeps); s++) move(nu, first[start], random);
        now = first[start].slice();
      } else for (let s = 0; s < sweeps; s++) move(nu, now, random);
      out.fill(0);
      for (const n of now) {
        family.statistics(n, phi);
        for (let k = 0; k < out.length; k++) out[k] += phi[k] / chains;
      }
    };
  };
}

/** One Metropolis sweep over all chains, with normal steps of 2.4 times their spread (Gelman, Roberts & Gilks 1996). */
function mover(family: WeightedFamily): (nu: Float64Array, chains: Int32Array, random: RandomSource) => void {
  const P = family.labels.length;
  const phi = new Float64Array(P);
  const logWeight = (n: number, nu: Float64Array): number => {
    family.statistics(n, phi);
    let energy = 0;
    for (let k = 0; k < P; k++) energy += nu[k] * phi[k];
    return family.logBase(n) - energy;
  };
  return (nu, chains, random) => {
    let mean = 0;
    let square = 0;
    for (const n of chains) {
      mean += n / chains.length;
      square += (n * n) / chains.length;
    }
    const width = Math.max(1, 2.4 * Math.sqrt(Math.max(0, square - mean * mean)));
    for (let c = 0; c < chains.length; c++) {
      const n = chains[c];
      const step = Math.round(width * drawNormal(random));
      const next = n + step;
      const accept = random(); // drawn in any case: one stream, one count of numbers per move
      if (step === 0 || next < family.support.min || next > family.support.max) continue;
      if (Math.log(1 - accept) < logWeight(next, nu) - logWeight(n, nu)) chains[c] = next;
    }
  };
}
