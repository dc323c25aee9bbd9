import type { Code } from "./code.ts";
import { unsigned } from "./leb128.ts";
import { type ValueType, valueTypes } from "./opcodes.ts";

/** A function's parameters and results. */
export interface Signature {
  readonly params?: readonly ValueType[];
  readonly results?: readonly ValueType[];
}

/** A function; local i is its i-th parameter, then its i-th local. */
export interface FunctionSpec extends Signature {
  readonly locals?: readonly ValueType[];
  readonly body: Code;
  /** Name under which it is exported. */
  readonly name?: string;
}

/** A module: imported functions have the indices before its own. Memory, when it has pages, is imported as `env.memory`. */
export interface ModuleSpec {
  /** 64 KiB pages that the imported memory must have at least; no memory when left out. */
  readonly pages?: number;
  /** Functions taken from `env`, by name. */
  readonly imports?: readonly (Signature & { readonly name: string })[];
  readonly functions: readonly FunctionSpec[];
}

const vector = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, items: readonly Code[]): number[] => {
  const content = vector(items);
  return items.length === 0 ? [] : [id, ...unsigned(content.length), ...content];
};
const text = (value: string): number[] => vector([...new TextEncoder().encode(value)].map((byte) => [byte]));
const types = (list: readonly ValueType[] = []): number[] => vector(list.map((type) => [valueTypes[type]]));
const typeOf = ({ params, results }: Signature): number[] => [0x60, ...types(params), ...types(results)];

/** Locals of one type in a row are declared together. */
function declarations(locals: readonly ValueType[]): number[] {
  const runs: [count: number, type: ValueType][] = [];
  for (const type of locals) {
    const last = runs.at(-1);
    if (last?.[1] === type) last[0]++;
    else runs.push([1, type]);
  }
  return vector(runs.map(([count, type]) => [...unsigned(count), valueTypes[type]]));
}

function bodyOf({ locals = [], body }: FunctionSpec): number[] {
  const bytes = [...declarations(locals), ...body, 0x0b];
  return [...unsigned(bytes.length), ...bytes];
}

const magic = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]; // "\0asm", version 1

/** The bytes of a WebAssembly 1 module with 128-bit vectors (core specification, chapter 5). */
export function moduleBytes({ pages, imports = [], functions }: ModuleSpec): Uint8Array<ArrayBuffer> {
  const signatures = [...imports, ...functions];
  const imported = imports.map(({ name }, i) => [...text("env"), ...text(name), 0x00, ...unsigned(i)]);
  if (pages !== undefined) imported.push([...text("env"), ...text("memory"), 0x02, 0x00, ...unsigned(pages)]);
  const exported = functions.flatMap(({ name }, i) =>
    name === undefined ? [] : [[...text(name), 0x00, ...unsigned(imports.length + i)]],
  );
  return Uint8Array.from([
    ...magic,
    ...section(1, signatures.map(typeOf)),
    ...section(2, imported),
    ...section(
      3,
      functions.map((_, i) => unsigned(imports.length + i)),
    ),
    ...section(7, exported),
    ...section(10, functions.map(bodyOf)),
  ]);
}
