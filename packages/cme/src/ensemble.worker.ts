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
  /** Tells ensembles apart: a thread serves many, one after the other. */
  readonly ensemble: number;
  readonly task: EnsembleTask;
  readonly first: number;
  readonly blocks: number;
}

// The network of the ensemble at hand is compiled once per thread.
let current = -1;
let runner: BlockRunner | undefined;

serve(({ ensemble, task, first, blocks }: BlockJob): BlockResult[] => {
  if (ensemble !== current || runner === undefined) {
    runner = createWasmRunner(task) ?? createBlockRunner(task, simulationMethod(task.method));
    current = ensemble;
  }
  const own = runner;
  return Array.from({ length: blocks }, (_, i) => simulateBlock(task, own, first + i, task.maxEvents));
});
