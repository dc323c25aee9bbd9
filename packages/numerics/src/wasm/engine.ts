interface LinearMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The part of the WebAssembly interface that is used; it has no types without the browser's library. */
interface Engine {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, ExportedFunction>> };
  readonly Memory: new (limits: { initial: number }) => LinearMemory;
}

export type ExportedFunction = (...args: number[]) => number;

/** A running module. */
export interface Instance {
  readonly exports: Readonly<Record<string, ExportedFunction>>;
  /** Its memory; growing it detaches the buffer. */
  readonly memory: LinearMemory;
}

/**
 * Compiles and starts a module with `pages` 64 KiB pages of memory.
 * @returns undefined where there is no WebAssembly with 128-bit vectors, or where the page's policy forbids it.
 */
export function instantiate(
  bytes: Uint8Array<ArrayBuffer>,
  pages: number,
  functions: Readonly<Record<string, ExportedFunction>> = {},
): Instance | undefined {
  const engine = (globalThis as { WebAssembly?: Engine }).WebAssembly;
  if (engine === undefined) return undefined;
  try {
    if (!engine.validate(bytes)) return undefined;
    const memory = new engine.Memory({ initial: pages });
    const { exports } = new engine.Instance(new engine.Module(bytes), { env: { ...functions, memory } });
    return { exports, memory };
  } catch {
    return undefined; // a content security policy without wasm-unsafe-eval refuses by throwing
  }
}
