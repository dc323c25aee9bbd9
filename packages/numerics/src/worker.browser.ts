import type { Port, PortConstructor } from "./port.ts";

interface Scope {
  readonly Worker: PortConstructor;
  readonly navigator: { readonly hardwareConcurrency: number };
}

const scope = globalThis as unknown as Scope;

export const Worker: PortConstructor = scope.Worker;

/** The page, seen from a worker. */
export const parent = (): Port => globalThis as unknown as Port;

/** How many threads can run at once. */
export const processors = (): number => scope.navigator.hardwareConcurrency;
