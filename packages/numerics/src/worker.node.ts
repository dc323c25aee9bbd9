import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { type MessagePort, parentPort, Worker as Thread } from "node:worker_threads";
import type { Port, PortConstructor } from "./port.ts";

/**
 * Modules name their worker `./x.worker.js`. When they run from source only `./x.worker.ts` is there; node 20 then reads
 * it through tsx, which must be registered inside the thread (`execArgv` does not bring it there).
 */
function start(url: URL): Thread {
  if (existsSync(url)) return new Thread(url, { execArgv: [] });
  const source = url.href.replace(/\.js$/, ".ts");
  const tsx = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const boot = `import { register } from ${tsx}; register(); await import(${JSON.stringify(source)});`;
  return new Thread(new URL(`data:text/javascript,${encodeURIComponent(boot)}`), {
    execArgv: ["--conditions=@dbd/source"],
  });
}

function dress(raw: Thread | MessagePort): Port {
  return {
    postMessage: (message, transfer = []) => {
      raw.postMessage(message, transfer);
    },
    addEventListener(type: "message" | "error", listener: (event: never) => void): void {
      if (type === "message") raw.on("message", (data: unknown) => listener({ data } as never));
      else (raw as Thread).on("error", (error) => listener(error as never));
    },
    ...("terminate" in raw
      ? {
          terminate: () => raw.terminate(),
          hold: (alive: boolean) => {
            if (alive) raw.ref();
            else raw.unref();
          },
        }
      : {}),
  };
}

// A function that returns an object is a constructor too, so that `new Worker(new URL(…), …)` is one line everywhere.
export const Worker: PortConstructor = function open(url: URL) {
  return dress(start(url));
} as unknown as PortConstructor;

/** The thread that started this one. */
export function parent(): Port {
  if (parentPort === null) throw new Error("serve: this module runs only as a worker");
  return dress(parentPort);
}

/** How many threads can run at once. */
export const processors = (): number => availableParallelism();
