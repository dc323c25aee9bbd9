import { ArgumentError } from "@dbd/numerics/errors";
import { conditionalMoments, layerMoments } from "../conditionalMoments.ts";
import type { BoltzmannFamily } from "../family.ts";
import { type Chains, type Sampler, startChains } from "../samplers/chains.ts";
import type { Rbm } from "./rbm.ts";

export interface SampledOptions {
  /** Chains that sample the model. */
  readonly chains: number;
  /** Steps before each asleep average. */
  readonly steps: number;
  readonly sampler: Sampler;
}

/**
 * A machine of any size as a family whose asleep moments come from persistent chains: its state is plain data, and each
 * call moves the chains on at the ν that is given. Awake moments are exact given the data.
 */
export function sampledRbm(machine: Rbm, options: SampledOptions): BoltzmannFamily<Float64Array, Chains> {
  const { chains: count, steps, sampler } = options;
  if (!Number.isSafeInteger(steps) || steps < 1)
    throw new ArgumentError("sampledRbm", `steps must be a positive integer, got ${steps}`);
  const kept = count * machine.graph.visible.size;
  return {
    labels: machine.labels,
    support: machine.support,
    state: (random) => startChains(machine, count * sampler.replicas, random),
    awakeMoments: (nu, data, _state, out) => machine.awakeMoments(nu, data, null, out),
    asleepMoments(nu, state, out) {
      sampler.run(machine, nu, state, steps);
      const moments = layerMoments(machine);
      conditionalMoments(machine, nu, state.visible.subarray(state.visible.length - kept), moments);
      out.set(moments.phi);
    },
  };
}
