/** How far a long job is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly label?: string;
}

/** What every long job takes: a way to stop it and a way to follow it. */
export interface RunControl {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** Ordinary endings are data. */
export type Stopped = "end" | "converged" | "budget" | "aborted";

/**
 * A pacer for one long job. Calling it reports progress at most every `everyMs` milliseconds, lets the event loop run
 * as often (so that Ctrl-C and pages stay alive), and resolves to false once the job is aborted.
 */
export function pace(control: RunControl, everyMs = 50): (progress: Progress) => Promise<boolean> {
  let last = performance.now();
  return async (progress) => {
    const now = performance.now();
    if (now - last >= everyMs || progress.done >= progress.total) {
      last = now;
      control.onProgress?.(progress);
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
    }
    return control.signal?.aborted !== true;
  };
}
