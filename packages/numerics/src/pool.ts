import { parent, processors, Worker } from "#worker";
import { ArgumentError } from "./errors.ts";
import type { Port } from "./port.ts";

export type { Port, PortConstructor } from "./port.ts";
export { processors, Worker };

/** Workers that share a queue of jobs. Which worker takes a job must not change its result. */
export interface Pool<A, R> {
  readonly size: number;
  /** Queues a job; rejects when its handler throws, its worker dies or the pool is closed. */
  run(argument: A): Promise<R>;
  /** Whether the workers keep the process alive: false for a pool that is kept for later. */
  hold(alive: boolean): void;
  /** Ends every worker and rejects what is still queued or running. */
  close(): Promise<void>;
}

interface Failure {
  readonly name: string;
  readonly message: string;
  readonly exitCode?: number;
}

interface Job {
  readonly argument: unknown;
  resolve(value: unknown): void;
  reject(reason: Error): void;
}

type Answer = { readonly value: unknown } | { readonly failure: Failure };

function revive({ name, message, exitCode }: Failure): Error {
  const error = new Error(message);
  error.name = name;
  return exitCode === undefined ? error : Object.assign(error, { exitCode });
}

/**
 * Starts `size` workers. `start` is one line that node, browsers and bundlers all understand:
 * `() => new Worker(new URL("./x.worker.js", import.meta.url), { type: "module" })`; the worker's module calls `serve`.
 */
export function createPool<A, R>(start: () => Port, size: number): Pool<A, R> {
  if (!Number.isInteger(size) || size < 1) {
    throw new ArgumentError("createPool", `size must be an integer of at least 1, got ${size}`);
  }
  const queue: Job[] = [];
  const running = new Map<Port, Job | undefined>();
  let closed = false;

  const pump = (): void => {
    for (const [port, busy] of running) {
      if (busy !== undefined) continue;
      const job = queue.shift();
      if (job === undefined) return;
      running.set(port, job);
      port.postMessage(job.argument);
    }
  };
  const rejectAll = (reason: Error): void => {
    const jobs = [...running.values(), ...queue.splice(0)];
    for (const port of running.keys()) running.set(port, undefined);
    for (const job of jobs) job?.reject(reason);
  };
  const hire = (port: Port): void => {
    running.set(port, undefined);
    port.addEventListener("message", ({ data }) => {
      const job = running.get(port);
      if (job === undefined) return; // an answer that came after close
      running.set(port, undefined);
      const answer = data as Answer;
      if ("failure" in answer) job.reject(revive(answer.failure));
      else job.resolve(answer.value);
      pump();
    });
    // A worker that dies is not replaced: its module would most likely fail again.
    port.addEventListener("error", ({ message }) => {
      const job = running.get(port);
      running.delete(port);
      const reason = new Error(`a worker stopped: ${message}`);
      job?.reject(reason);
      if (running.size === 0) rejectAll(reason);
    });
  };
  for (let i = 0; i < size; i++) hire(start());

  return {
    size,
    run: (argument) =>
      new Promise<R>((resolve, reject) => {
        if (closed || running.size === 0) {
          reject(new Error(closed ? "the pool is closed" : "every worker of the pool has stopped"));
          return;
        }
        queue.push({ argument, resolve, reject });
        pump();
      }),
    hold: (alive) => {
      for (const port of running.keys()) port.hold?.(alive);
    },
    close: async () => {
      closed = true;
      rejectAll(new Error("the pool was closed"));
      await Promise.all([...running.keys()].map((port) => port.terminate?.()));
    },
  };
}

/** The worker's side, in a browser worker or a node thread: answers every job with the handler's (awaited) result. */
export function serve<A>(handle: (argument: A) => unknown, port: Port = parent()): void {
  const answer = async (argument: A): Promise<void> => {
    let message: Answer;
    try {
      message = { value: await handle(argument) };
    } catch (error) {
      message = { failure: failureOf(error) };
    }
    port.postMessage(message);
  };
  port.addEventListener("message", ({ data }) => void answer(data as A));
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message } = error;
  const exitCode = (error as { exitCode?: unknown }).exitCode;
  return typeof exitCode === "number" ? { name, message, exitCode } : { name, message };
}
