import type { RandomSource } from "@dbd/numerics/random/source";
import type { LayerMoments } from "../conditionalMoments.ts";
import type { Rbm } from "../families/rbm.ts";
import type { Chains } from "../samplers/chains.ts";

/** How learning estimates the model's moments. */
export interface AsleepPhase {
  readonly name: string;
  /** Chains to begin with, undefined where none are kept. */
  state(machine: Rbm, random: RandomSource): Chains | undefined;
  /** Model averages at ν; `batch` [rows, V] is what the awake phase has just used. Overwrites out. */
  moments(
    machine: Rbm,
    nu: Float64Array,
    batch: Float64Array,
    chains: Chains | undefined,
    random: RandomSource,
    out: LayerMoments,
  ): void;
  /** The chains' visible configurations that sample p̃(ν), where a phase has such: the Fisher matrix is estimated there. */
  rows?(machine: Rbm, chains: Chains): Float64Array;
}
