/** One end of a worker: the part of the DOM's Worker that a pool needs; node's threads are dressed to match. */
export interface Port {
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(type: "error", listener: (event: { message: string }) => void): void;
  terminate?(): unknown;
  /** Whether the worker keeps the process alive, as it does when it starts; only where processes exist. */
  hold?(alive: boolean): void;
}

export type PortConstructor = new (url: URL, options: { type: "module" }) => Port;
