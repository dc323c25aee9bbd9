import { serve } from "@dbd/numerics/pool";
import { createWasmRunner } from "./backends/wasm/runner.ts";
import {
  type BlockResult,
  type BlockRunner,
  createBlockRunner,
  type EnsembleTask,
  simulateBlock,
} from "./ensembleBlock.ts";
import { simulationMethod } from "./ssa/methods.ts";

/** Consecutive blocks of one ensemble. */
export interface BlockJob {
  readonly task: EnsembleTask;
  readonly first: number;
  readonly blocks: number;
}

// A pool serves one ensemble, so the network is compiled once per thread.
let runner: BlockRunner | undefined;

serve(({ task, first, blocks }: BlockJob): BlockResult[] => {
  const own = (runner ??= createWasmRunner(task) ?? createBlockRunner(task, simulationMethod(task.method)));
  return Array.from({ length: blocks }, (_, i) => simulateBlock(task, own, first + i, task.maxEvents));
});
