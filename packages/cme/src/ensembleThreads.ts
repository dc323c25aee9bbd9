import { createPool, type Pool, type Port, Worker } from "@dbd/numerics/pool";
import type { RunControl, Stopped } from "@dbd/numerics/run";
import type { BlockJob } from "./ensemble.worker.ts";
import { type BlockResult, blockRuns, type EnsembleTask } from "./ensembleBlock.ts";
import type { Gathering } from "./ensembleGathering.ts";

type BlockPool = Pool<BlockJob, BlockResult[]>;

const startWorker = (): Port => new Worker(new URL("./ensemble.worker.js", import.meta.url), { type: "module" });

/** A pool that waits for the next ensemble: starting a thread takes longer than many an ensemble. */
let idle: BlockPool | undefined;

/** The idle pool when it is large enough, or a new one. */
function lease(size: number): BlockPool {
  const kept = idle;
  idle = undefined;
  if (kept === undefined || kept.size < size) {
    void kept?.close();
    return createPool(startWorker, size);
  }
  kept.hold(true);
  return kept;
}

/** Keeps the larger pool for later; it does not keep the process alive. */
function giveBack(pool: BlockPool): void {
  const [kept, other] = idle !== undefined && idle.size > pool.size ? [idle, pool] : [pool, idle];
  kept.hold(false);
  idle = kept;
  void other?.close();
}

/** Ends the threads that are kept for later ensembles. */
export async function closeEnsembleWorkers(): Promise<void> {
  const kept = idle;
  idle = undefined;
  await kept?.close();
}

/** Blocks per message grow until one takes about this long: few messages, yet lively progress. */
const jobMs = 100;
let ensembles = 0;

/** Simulates the blocks that are left on threads. @param report - Awaited after every message. */
export async function simulateThreads(
  task: EnsembleTask,
  workers: number,
  gathering: Gathering,
  control: RunControl,
  report: () => Promise<boolean>,
): Promise<Stopped> {
  const blocks = Math.ceil(task.runs / blockRuns);
  const threads = Math.max(1, Math.min(workers, blocks - gathering.blocks));
  const pool = lease(threads);
  const ensemble = ++ensembles;
  const aborted = (): boolean => control.signal?.aborted === true;
  const close = (): void => void pool.close();
  control.signal?.addEventListener("abort", close, { once: true });
  let next = gathering.blocks;
  const serveThread = async (): Promise<void> => {
    let share = 1;
    while (next < blocks && !gathering.spent && !aborted()) {
      const job: BlockJob = { ensemble, task, first: next, blocks: Math.min(share, blocks - next) };
      next += job.blocks;
      const begun = performance.now();
      for (const result of await pool.run(job)) gathering.add(result, false);
      if (performance.now() - begun < jobMs / 2) share = Math.min(64, share * 2);
      await report();
    }
  };
  let whole = false;
  try {
    await Promise.all(Array.from({ length: threads }, serveThread));
    whole = !aborted();
  } catch (error) {
    if (!aborted()) throw error;
  } finally {
    control.signal?.removeEventListener("abort", close);
    if (whole) giveBack(pool);
    else await pool.close();
  }
  return gathering.runs < task.runs && aborted() ? "aborted" : "end";
}
