import { ArgumentError } from "@dbd/numerics/errors";
import { conditionalMoments } from "../conditionalMoments.ts";
import type { Rbm } from "../families/rbm.ts";
import { type Chains, type Sampler, startChains } from "../samplers/chains.ts";
import { gibbs } from "../samplers/gibbs.ts";
import type { AsleepPhase } from "./phase.ts";

export interface PersistentOptions {
  /** Chains that sample the model. */
  readonly chains: number;
  /** Steps of the sampler for each update of ν; default 1. */
  readonly steps?: number;
  /** Default gibbs; with `tempering` this is tempered CD. */
  readonly sampler?: Sampler;
}

/**
 * Persistent CD (stochastic maximum likelihood): chains that are never restarted follow ν as it moves slowly (Younes
 * 1989; Tieleman 2008, doi:10.1145/1390156.1390290; with tempering Desjardins et al. 2010).
 */
export function persistent(options: PersistentOptions): AsleepPhase {
  const { chains: count, steps = 1, sampler = gibbs } = options;
  if (!Number.isSafeInteger(steps) || steps < 1)
    throw new ArgumentError("persistent", `steps must be a positive integer, got ${steps}`);
  const rows = (machine: Rbm, chains: Chains): Float64Array =>
    chains.visible.subarray(chains.visible.length - count * machine.graph.visible.size);
  return {
    name: `persistent CD-${steps}`,
    state: (machine, random) => startChains(machine, count * sampler.replicas, random),
    moments(machine, nu, _batch, chains, _random, out) {
      if (chains === undefined) throw new ArgumentError("persistent", "its chains are missing");
      sampler.run(machine, nu, chains, steps);
      conditionalMoments(machine, nu, rows(machine, chains), out);
    },
    rows,
  };
}
