import { stream } from "@dbd/numerics/random/stream";
import { type AwakeData, awakeData } from "./awake.ts";
import type { Setup } from "./setup.ts";

/**
 * Mixtures α p_i + (1 − α) p_j of the exact laws of training starts. They solve the master equation too, so they are data
 * for nothing: they fill the space between starts, where a learned F would have to guess.
 * @returns Training data that no report shows; empty when the data are simulated or none are asked for.
 */
export function mixtureData(setup: Setup, data: readonly AwakeData[]): AwakeData[] {
  const { optimizer, seed } = setup.experiment.input;
  const training = data.filter(({ request, exact }) => request.role === "training" && exact);
  if (training.length < 2) return [];
  const random = stream(`${seed}/mixtures`, 0);
  return Array.from({ length: optimizer.mixtures }, (_, m) => {
    const i = Math.floor(random() * training.length);
    const j = (i + 1 + Math.floor(random() * (training.length - 1))) % training.length;
    const alpha = 0.2 + 0.6 * random();
    const tables = training[i].tables.map((p, t) => mixed(p, training[j].tables[t], alpha));
    const request = { ...training[i].request, label: `mixture ${m + 1}`, law: { kind: "model" } as const };
    return awakeData(setup, request, { tables, exact: true, events: 0, notes: [] });
  });
}

function mixed(p: Float64Array, q: Float64Array, alpha: number): Float64Array {
  const at = (law: Float64Array, n: number): number => (n < law.length ? law[n] : 0);
  return Float64Array.from(
    { length: Math.max(p.length, q.length) },
    (_, n) => alpha * at(p, n) + (1 - alpha) * at(q, n),
  );
}
