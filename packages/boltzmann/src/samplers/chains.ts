import { ArgumentError } from "@dbd/numerics/errors";
import type { RandomSource } from "@dbd/numerics/random/source";
import type { Rbm } from "../families/rbm.ts";
import { checkStates } from "../layers/layer.ts";

/** Markov chains as plain data: what a checkpoint must hold to go on with the same bits. */
export interface Chains {
  readonly count: number;
  /** Shape [C, V]. */
  readonly visible: Float64Array;
  /** Shape [C, H]. */
  readonly hidden: Float64Array;
  /** State of their xoshiro128++ generator, shape [4]. */
  readonly random: Int32Array;
}

/** One Markov step of every chain, which must leave p̃(v, h; ν) unchanged. */
export interface Sampler {
  readonly name: string;
  /** Of so many chains one samples p̃(ν), the last ones; the others serve them. 1 where all do. */
  readonly replicas: number;
  /** `steps` steps of all chains, in place. */
  run(machine: Rbm, nu: Float64Array, chains: Chains, steps: number): void;
}

/** A generator state from another generator. */
export function randomState(random: RandomSource): Int32Array {
  const state = Int32Array.from({ length: 4 }, () => (random() * 4294967296) | 0);
  state[0] |= 1; // never all zero
  return state;
}

/** `count` chains whose units are drawn without any field; or at given visible rows [count, V]. */
export function startChains(machine: Rbm, count: number, random: RandomSource, visible?: Float64Array): Chains {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new ArgumentError("startChains", `the number of chains must be a positive integer, got ${count}`);
  const { graph } = machine;
  const [V, H] = [graph.visible.size, graph.hidden.size];
  const chains = {
    count,
    visible: new Float64Array(count * V),
    hidden: new Float64Array(count * H),
    random: randomState(random),
  };
  for (let c = 0; c < count; c++) {
    graph.visible.sample(chains.visible, c * V, random, chains.visible);
    graph.hidden.sample(chains.hidden, c * H, random, chains.hidden);
  }
  if (visible !== undefined) {
    checkStates("startChains", graph.visible, visible);
    if (visible.length !== count * V)
      throw new ArgumentError("startChains", `needs ${count} visible rows, got ${visible.length / V}`);
    chains.visible.set(visible);
  }
  return chains;
}
