import { simulateEnsemble } from "@dbd/cme";
import type { RunOptions } from "../run.ts";
import { bestOf, type Comparison, judged, type Replacement } from "./comparison.ts";
import type { Contest } from "./contest.ts";

/**
 * Whether the best reduced model can stand for the stochastic simulation: its mean beside that of many runs of the whole
 * model from the first judged start, and what either took. Undefined when no field came through.
 */
export async function replacementOf(
  { network, species, times, truths }: Contest,
  comparison: Comparison,
  runs: number,
  options: RunOptions & { readonly seed: string | number; readonly clock?: (() => number) | undefined },
): Promise<Replacement | undefined | "aborted"> {
  const row = bestOf(comparison, ({ kind }) => kind === "learned" || kind === "analytic");
  if (row === undefined) return undefined;
  const [a] = judged(truths);
  const { initial, label } = truths[a];
  const { clock, seed, workers = 1, signal, onProgress } = options;
  const begun = clock?.() ?? Number.NaN;
  const ensemble = await simulateEnsemble(network, {
    ...(initial === undefined ? {} : { initial }),
    ...(signal === undefined ? {} : { signal }),
    onProgress: (p) => onProgress?.({ ...p, label: "stochastic runs" }),
    times,
    runs,
    seed: `${seed}/replacement`,
    species,
    workers,
  });
  if (ensemble.stopped === "aborted") return "aborted";
  const simulationSeconds = ((clock?.() ?? Number.NaN) - begun) / 1000;
  const size = times.length * species.length;
  let meanGap = 0;
  let meanGapErrors = 0;
  for (let i = 0; i < size; i++) {
    const gap = Math.abs(row.mean.data[a * size + i] - ensemble.mean[i]);
    meanGap = Math.max(meanGap, gap / ensemble.mean[i]);
    meanGapErrors = Math.max(meanGapErrors, gap / Math.sqrt(ensemble.variance[i] / runs));
  }
  return {
    start: label,
    method: row.method,
    runs,
    events: ensemble.events,
    meanGap,
    meanGapErrors,
    simulationSeconds,
    predictionSeconds: row.predictionSeconds ?? Number.NaN,
  };
}
