import { zipSync } from "fflate";
import { type Arrays, checkArrays, mostBytes } from "./arrays/namedArray.ts";
import { readNpy, writeNpy } from "./npz/npy.ts";
import { unzip } from "./npz/zip.ts";

/** The first moment that a zip can name, in local time: the bytes are the same everywhere and always. */
const noTime = new Date(1980, 0, 1);

/** Writes arrays as NumPy's .npz: a zip archive of .npy files, compressed, without a date. @throws {ArgumentError} */
export function writeNpz(arrays: Arrays): Uint8Array {
  checkArrays(arrays, "writeNpz");
  const files = Object.create(null) as Record<string, [Uint8Array, { mtime: Date; level: 6 }]>;
  for (const [name, array] of arrays) files[`${name}.npy`] = [writeNpy(array), { mtime: noTime, level: 6 }];
  return zipSync(files);
}

export interface NpzOptions {
  /** The name of the file, for messages. */
  readonly file?: string;
  /** Most bytes that the arrays may be, unpacked. */
  readonly most?: number;
}

/**
 * Reads the arrays of a .npz. 64-bit integers become doubles.
 * @throws {ArgumentError} For damaged archives and such whose sizes are not true.   @throws {UnsupportedError} For
 * arrays of objects and records, Fortran's order, zip64 and encryption.
 */
export function readNpz(bytes: Uint8Array, { file = "npz", most = mostBytes }: NpzOptions = {}): Arrays {
  const files = unzip(bytes, most, file);
  return new Map(
    Array.from(files, ([name, content]) => [name.replace(/\.npy$/, ""), readNpy(content, `${file}: ${name}`)]),
  );
}
