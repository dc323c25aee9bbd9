import { ArgumentError } from "@dbd/numerics/errors";
import type { RandomSource } from "@dbd/numerics/random/source";
import { addStatistics } from "./bipartite.ts";
import { conditionalMoments, type LayerMoments } from "./conditionalMoments.ts";
import type { Dbm } from "./families/dbm.ts";
import { checkStates } from "./layers/layer.ts";
import { meanField } from "./meanField.ts";
import { startChains } from "./samplers/chains.ts";
import { gibbs } from "./samplers/gibbs.ts";
import { climb, type TrainOptions, type Training } from "./trainRbm.ts";

/** How the hidden layers of a deep machine are averaged given rows of data. */
export interface AwakePhase {
  readonly name: string;
  /** Averages over rows [rows, V]. Overwrites out; returns configurations of the even layers, [rows, E], if it has any. */
  moments(machine: Dbm, nu: Float64Array, rows: Float64Array, random: RandomSource, out: LayerMoments): Float64Array;
}

/** Exact sums over the hidden layers: at most 20 binary units in the odd layers, or in the even hidden ones. */
export const exactAwake: AwakePhase = {
  name: "exact",
  moments(machine, nu, rows, _random, out) {
    machine.posterior(nu, rows, out);
    return new Float64Array(0);
  },
};

/** Even layers of every row, [rows, E]: the visible one as given, the others as they are in `from`. */
function clamp(machine: Dbm, rows: Float64Array, even: Float64Array): void {
  const [V, E] = [machine.layers[0].size, machine.machine.graph.visible.size];
  for (let r = 0; r * V < rows.length; r++) even.set(rows.subarray(r * V, (r + 1) * V), r * E);
}

/**
 * Gibbs sampling of the hidden layers with the visible one held, from a fresh start for every batch: unbiased as `sweeps`
 * grows. The odd layers enter by their conditional means.
 */
export function clampedGibbs(sweeps: number): AwakePhase {
  if (!Number.isSafeInteger(sweeps) || sweeps < 1)
    throw new ArgumentError("clampedGibbs", `sweeps must be a positive integer, got ${sweeps}`);
  return {
    name: `clamped Gibbs, ${sweeps} sweeps`,
    moments(machine, nu, rows, random, out) {
      const chains = startChains(machine.machine, rows.length / machine.layers[0].size, random);
      clamp(machine, rows, chains.visible);
      for (let s = 0; s < sweeps; s++) {
        gibbs.run(machine.machine, nu, chains, 1);
        clamp(machine, rows, chains.visible);
      }
      conditionalMoments(machine.machine, nu, chains.visible, out);
      return chains.visible;
    },
  };
}

/** Mean-field averages (see `meanField`): no noise, a bias where units depend on each other given the data. */
export const meanFieldAwake: AwakePhase = {
  name: "mean field",
  moments(machine, nu, rows, _random, out) {
    const V = machine.layers[0].size;
    const share = V / rows.length;
    for (const x of [out.phi, out.visible, out.hidden]) x.fill(0);
    for (let at = 0; at < rows.length; at += V) {
      const { visible, hidden } = meanField(machine, nu, rows.subarray(at, at + V));
      addStatistics(machine.machine.graph, visible, 0, hidden, 0, share, out.phi);
      for (let i = 0; i < visible.length; i++) out.visible[i] += share * visible[i];
      for (let j = 0; j < hidden.length; j++) out.hidden[j] += share * hidden[j];
    }
    return new Float64Array(0);
  },
};

/** As for `trainRbm`, and how the hidden layers are averaged. */
export interface DeepTrainOptions extends TrainOptions {
  /** Default `exactAwake`. Contrastive divergence starts from the rows of `clampedGibbs`. */
  readonly awake?: AwakePhase;
}

/**
 * Maximum-likelihood learning of a deep machine, all layers at once, with the steps of `trainRbm` (Salakhutdinov & Hinton
 * 2009; centring: Montavon & Müller 2012, doi:10.1007/978-3-642-35289-8_33, which makes layer-by-layer pre-training
 * unnecessary).
 * @param data - Visible configurations, shape [rows, V].
 */
export async function trainDbm(machine: Dbm, data: Float64Array, options: DeepTrainOptions): Promise<Training> {
  checkStates("trainDbm", machine.layers[0], data);
  const { awake = exactAwake, random } = options;
  const moments = (nu: Float64Array, batch: Float64Array, out: LayerMoments): Float64Array =>
    awake.moments(machine, nu, batch, random, out);
  return climb(machine.machine, data, { width: machine.layers[0].size, moments }, options);
}
