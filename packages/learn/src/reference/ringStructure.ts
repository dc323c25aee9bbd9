import type { Statistic } from "@dbd/boltzmann";
import { stream } from "@dbd/numerics/random/stream";
import { rankStatistics, tabulate, type Score, type Transitions } from "../structure.ts";

const N = 12;

/** Σ_i Π_d (n(i + d) − ρ) on the ring. */
function cluster(offsets: readonly number[], density: number): Statistic {
  return {
    label: offsets.join(""),
    value(n) {
      let total = 0;
      for (let i = 0; i < N; i++) {
        let product = 1;
        for (const d of offsets) product *= n[(i + d) % N] - density;
        total += product;
      }
      return total;
    },
  };
}

/** A rule on three neighbouring sites or two: what is there before, and after. */
export interface RingRule {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Exchange of neighbours at rate D and a rule at rate k, everywhere on the ring. */
function ringTransitions({ before, after }: RingRule, D: number, k: number): Transitions {
  const next = new Int8Array(N);
  return (n, visit) => {
    for (let i = 0; i < N; i++) {
      const j = (i + 1) % N;
      if (n[i] !== n[j]) {
        for (let s = 0; s < N; s++) next[s] = n[s];
        next[i] = n[j];
        next[j] = n[i];
        visit(D, next);
      }
      if (!before.every((v, d) => n[(i + d) % N] === v)) continue;
      for (let s = 0; s < N; s++) next[s] = n[s];
      for (const [d, v] of after.entries()) next[(i + d) % N] = v;
      visit(k, next);
    }
  };
}

const candidates = [
  [0, 1],
  [0, 2],
  [0, 3],
  [0, 4],
  [0, 5],
  [0, 1, 2],
  [0, 1, 3],
  [0, 2, 4],
];

/**
 * Ranks 8 candidates from `runs` sampled product states with random rates and a random filling that is not one half.
 */
export function rankOnRing(rule: RingRule, seed: number, runs: number): readonly Score[] {
  const random = stream("structure", seed);
  const density = random() < 0.5 ? 0.15 + 0.25 * random() : 0.6 + 0.25 * random();
  const transitions = ringTransitions(rule, 0.5 + random(), 0.5 + random());
  const states = Int8Array.from({ length: runs * N }, () => (random() < density ? 1 : 0));
  const options = { size: N, transitions };
  return rankStatistics(
    tabulate(states, [cluster([0], density)], options),
    tabulate(
      states,
      candidates.map((offsets) => cluster(offsets, density)),
      options,
    ),
  );
}
