import { nextDouble } from "@dbd/numerics/random/xoshiro";
import type { Chains, Sampler } from "./chains.ts";

/** Rows in random order (Fisher–Yates), so that no chain always holds the same slice. */
function shuffle(chains: Chains, V: number, H: number): void {
  const { visible, hidden, random, count } = chains;
  for (let c = count - 1; c > 0; c--) {
    const d = Math.floor(nextDouble(random) * (c + 1));
    for (const [x, size] of [[visible, V] as const, [hidden, H] as const]) {
      const keep = x.slice(c * size, (c + 1) * size);
      x.copyWithin(c * size, d * size, (d + 1) * size);
      x.set(keep, d * size);
    }
  }
}

/**
 * Independent exact draws: every step replaces all chains, whatever they held. When to use: wherever one side has at most
 * 2²⁰ states; R-hat is then 1 and every draw counts in full.
 */
export const exactDraws: Sampler = {
  name: "exact",
  replicas: 1,
  run(machine, nu, chains, steps) {
    if (steps < 1) return;
    machine.draw(nu, chains.count, () => nextDouble(chains.random), chains.visible, chains.hidden);
  },
};

/**
 * Exact draws, one in each of C slices of equal probability of the summed side, handed to the C chains in random order.
 * Each chain by itself holds independent exact draws; the mean over chains is at least as precise as that of independent
 * ones, so that standard errors and effective sizes, which do not know, are on the safe side.
 */
export const stratifiedDraws: Sampler = {
  name: "stratified",
  replicas: 1,
  run(machine, nu, chains, steps) {
    if (steps < 1) return;
    const { graph } = machine;
    machine.drawStratified(nu, chains.count, () => nextDouble(chains.random), chains.visible, chains.hidden);
    shuffle(chains, graph.visible.size, graph.hidden.size);
  },
};
