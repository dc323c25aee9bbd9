/** How far a long job has come. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly label?: string;
}

/** What every long job takes: a way to stop it and a way to watch it. */
export interface RunControl {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** How a job ended. An ordinary ending is data, not an error. */
export type Stopped = "end" | "converged" | "budget" | "aborted";

/**
 * Returns the function that a long job awaits between two pieces of work. It reports at most every `everyMs`
 * milliseconds (and always when done = total), lets the event loop turn as often, and resolves to false once the job
 * has been told to stop.
 */
export function pace(control: RunControl, everyMs = 50): (progress: Progress) => Promise<boolean> {
  const { signal, onProgress } = control;
  let last = performance.now();
  return async (progress) => {
    const now = performance.now();
    const due = now - last >= everyMs;
    if (due || progress.done >= progress.total) onProgress?.(progress);
    if (due) {
      await new Promise<void>((resolve) => {
        setTimeout(resolve, 0);
      });
      last = performance.now();
    }
    return signal?.aborted !== true;
  };
}
