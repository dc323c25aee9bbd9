import { ArgumentError } from "@dbd/numerics/errors";
import { conditionalMoments } from "../conditionalMoments.ts";
import { startChains } from "../samplers/chains.ts";
import { gibbs } from "../samplers/gibbs.ts";
import type { AsleepPhase } from "./phase.ts";

/**
 * CD-k: k Gibbs steps from the batch itself (Hinton 2002, doi:10.1162/089976602760128018). Cheap and biased: good for the
 * first steps and for features; probabilities far from the data stay wrong. Use `persistent` to finish.
 */
export function contrastiveDivergence(k: number): AsleepPhase {
  if (!Number.isSafeInteger(k) || k < 1)
    throw new ArgumentError("contrastiveDivergence", `k must be a positive integer, got ${k}`);
  return {
    name: `CD-${k}`,
    state: () => undefined,
    moments(machine, nu, batch, _chains, random, out) {
      const chains = startChains(machine, batch.length / machine.graph.visible.size, random, batch);
      gibbs.run(machine, nu, chains, k);
      conditionalMoments(machine, nu, chains.visible, out);
    },
  };
}
