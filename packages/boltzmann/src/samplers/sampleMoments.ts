import { ArgumentError } from "@dbd/numerics/errors";
import { addStatistics } from "../bipartite.ts";
import { type Mixing, mixing } from "../diagnostics.ts";
import type { Rbm } from "../families/rbm.ts";
import type { Chains, Sampler } from "./chains.ts";

export interface SampleOptions {
  readonly sampler: Sampler;
  /** Steps that are kept, after `discard` steps that are not. */
  readonly steps: number;
  readonly discard?: number;
}

const MOST_VALUES = 2 ** 25;

/**
 * ⟨φ⟩ by Markov chains, each with its standard error, R-hat and effective sample size. The hidden units enter by their
 * conditional means, which lowers the variance at no cost in bias. The chains go on from where they are, in place.
 * @returns One entry per interaction, length P.
 */
export function sampleMoments(machine: Rbm, nu: Float64Array, chains: Chains, options: SampleOptions): Mixing[] {
  const { sampler, steps, discard = 0 } = options;
  const { graph } = machine;
  const P = graph.labels.length;
  const C = chains.count / sampler.replicas;
  const first = chains.count - C;
  if (!Number.isSafeInteger(steps) || steps < 4)
    throw new ArgumentError("sampleMoments", `steps must be an integer of at least 4, got ${steps}`);
  if (P * C * steps > MOST_VALUES)
    throw new ArgumentError("sampleMoments", `${P} × ${C} × ${steps} values are more than it keeps (2^25)`, {
      hint: "Use fewer chains or steps",
    });
  const trace = new Float64Array(P * C * steps);
  const phi = new Float64Array(P);
  const h = new Float64Array(graph.hidden.size);
  const V = graph.visible.size;
  sampler.run(machine, nu, chains, discard);
  for (let t = 0; t < steps; t++) {
    sampler.run(machine, nu, chains, 1);
    for (let c = 0; c < C; c++) {
      const v = chains.visible.subarray((first + c) * V, (first + c + 1) * V);
      machine.hiddenMean(nu, v, h);
      phi.fill(0);
      addStatistics(graph, v, 0, h, 0, 1, phi);
      for (let k = 0; k < P; k++) trace[(k * C + c) * steps + t] = phi[k];
    }
  }
  return Array.from({ length: P }, (_, k) => mixing(trace.subarray(k * C * steps, (k + 1) * C * steps), C));
}
