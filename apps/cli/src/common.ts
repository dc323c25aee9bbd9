import { availableParallelism } from "node:os";
import type { RunControl } from "@dbd/numerics/run";
import type { Command } from "commander";
import { Interrupted } from "./exit.ts";
import { numberFlag } from "./grid.ts";
import { createProgress } from "./progress.ts";

/** The flags that every command takes. */
export interface CommonOptions {
  readonly seed?: string;
  readonly workers?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly resume?: boolean;
  readonly csv?: string;
  readonly json?: string;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

export const withCommon = (command: Command): Command =>
  command
    .option("--seed <text>", "any text; the default is fixed and printed")
    .option("--workers <count>", "worker threads (default: all cores; never changes a result)")
    .option("--out <dir>", "folder for the result")
    .option("--force", "write over what is there")
    .option("--resume", "go on with an interrupted run, to the same bits")
    .option("--csv <file>", "table as CSV; - for stdout")
    .option("--json <file>", "table as JSON; - for stdout")
    .option("--quiet", "no progress on stderr")
    .option("--debug", "stack traces");

export const defaultSeed = "dbd";

/** How many worker threads to use. */
export const workerCount = ({ workers }: CommonOptions): number =>
  workers === undefined ? availableParallelism() : numberFlag("--workers", workers, 1, true);

/**
 * Runs a job that Ctrl-C stops cleanly: the first asks the job to stop at its next safe point, a second ends at once.
 * @throws {Interrupted} Never by itself: the job decides what is kept, then throws it.
 */
export async function interruptible<T>(
  { quiet = false }: CommonOptions,
  job: (control: RunControl & { readonly signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const progress = createProgress(quiet);
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    return await job({ signal: controller.signal, onProgress: progress.report });
  } finally {
    progress.end();
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

/** Ends a command that was stopped. */
export function throwIfAborted(signal: AbortSignal, kept: string): void {
  if (signal.aborted) throw new Interrupted(`interrupted; ${kept}`);
}
