import { nextDouble } from "@dbd/numerics/random/xoshiro";
import { layerMoments } from "../conditionalMoments.ts";
import type { BoltzmannFamily } from "../family.ts";
import type { Chains } from "../samplers/chains.ts";
import type { AwakePhase } from "../trainDbm.ts";
import type { Dbm } from "./dbm.ts";
import { type SampledOptions, sampledRbm } from "./sampledRbm.ts";

/** As for `sampledRbm`, and how the hidden layers are averaged given the data. */
export interface SampledDeepOptions extends SampledOptions {
  readonly awake: AwakePhase;
}

/** A deep machine of any size as a family: asleep moments from persistent chains, awake ones from the given phase. */
export function sampledDbm(machine: Dbm, options: SampledDeepOptions): BoltzmannFamily<Float64Array, Chains> {
  return {
    ...sampledRbm(machine.machine, options),
    labels: machine.labels,
    awakeMoments(nu, data, state, out) {
      const moments = layerMoments(machine.machine);
      options.awake.moments(machine, nu, data, () => nextDouble(state.random), moments);
      out.set(moments.phi);
    },
  };
}
