import { ArgumentError, UnsupportedError } from "@dbd/numerics/errors";
import type { Dataset } from "h5wasm";
import { type ArrayData, type Arrays, checkArrays, mostBytes, type NamedArray, sizeOf } from "./arrays/namedArray.ts";
import { fixTimes } from "./hdf5/fixedTimes.ts";

type Library = typeof import("h5wasm");
type FileSystem = NonNullable<Library["FS"]>;

/** HDF5 as WebAssembly, loaded by the first call; its files are in memory only. */
async function library(): Promise<{ readonly hdf5: Library; readonly fs: FileSystem }> {
  const hdf5 = await import("h5wasm");
  const module = await hdf5.ready;
  module.activate_throwing_error_handler(); // else it prints every fault on its own
  return { hdf5, fs: module.FS };
}

let counter = 0;

/**
 * Writes arrays as the datasets of an HDF5 file: numbers as they are, texts as UTF-8 of variable length. Times in it are
 * fixed. The HDF5 Group, HDF5 file format specification 3.0.
 * @throws {ArgumentError} For names and shapes that do not fit.
 */
export async function writeHdf5(arrays: Arrays): Promise<Uint8Array> {
  checkArrays(arrays, "writeHdf5");
  const { hdf5, fs } = await library();
  const name = `write-${counter++}.h5`;
  const file = new hdf5.File(name, "w");
  try {
    for (const [key, { shape, data }] of arrays) {
      if (Array.isArray(data))
        file.create_dataset({ name: key, data: [...(data as string[])], shape: [...shape], dtype: "S" });
      else file.create_dataset({ name: key, data: data as Float64Array, shape: [...shape] });
    }
  } finally {
    file.close();
  }
  const bytes = fs.readFile(name);
  fs.unlink(name);
  fixTimes(bytes);
  return bytes;
}

export interface Hdf5Options {
  /** The name of the file, for messages. */
  readonly file?: string;
  /** Most bytes that the datasets may be. */
  readonly most?: number;
}

/** The mark of the format and the length that its superblock gives, before the library sees the bytes. */
function checkSuperblock(bytes: Uint8Array, where: string): void {
  const mark = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
  if (bytes.length < 48 || mark.some((byte, i) => bytes[i] !== byte))
    throw new ArgumentError(where, "found no HDF5 file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes[8] >= 2 ? 28 : bytes[8] === 1 ? 44 : 40;
  const length = view.getUint32(end, true) + 2 ** 32 * view.getUint32(end + 4, true);
  if (length > bytes.length)
    throw new ArgumentError(where, `the file says ${length} bytes, but has ${bytes.length}`, {
      hint: "It is cut short",
    });
}

function readDataset(dataset: Dataset, name: string, where: string, left: number): NamedArray {
  const { metadata } = dataset;
  const shape = metadata.shape?.map(Number);
  if (shape === undefined || shape === null) throw new UnsupportedError(`the empty dataset "${name}" (${where})`);
  if (sizeOf(shape) * Math.max(1, metadata.size) > left)
    throw new ArgumentError(where, `the dataset "${name}" is [${shape.join(", ")}], more than is read at once`);
  const { value } = dataset;
  if (typeof value === "string") return { shape: [], data: [value] };
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) {
    const numbers = Float64Array.from(value, Number);
    if (!numbers.every(Number.isSafeInteger)) throw new UnsupportedError(`64-bit numbers in "${name}" (${where})`);
    return { shape, data: numbers };
  }
  if (typeof value === "number") return { shape, data: Float64Array.of(value) };
  const isTexts = Array.isArray(value) && value.every((text) => typeof text === "string");
  if (isTexts || (ArrayBuffer.isView(value) && !(value instanceof DataView)))
    return { shape, data: value as ArrayData };
  throw new UnsupportedError(`the type ${JSON.stringify(dataset.dtype)} of the dataset "${name}" (${where})`);
}

/**
 * Reads the datasets at the top of an HDF5 file. 64-bit integers become doubles.
 * @throws {ArgumentError} For damaged files and datasets beyond `most`.   @throws {UnsupportedError} For other types.
 */
export async function readHdf5(bytes: Uint8Array, options: Hdf5Options = {}): Promise<Arrays> {
  const { file: where = "hdf5", most = mostBytes } = options;
  checkSuperblock(bytes, where);
  const { hdf5, fs } = await library();
  const name = `read-${counter++}.h5`;
  fs.writeFile(name, bytes);
  const arrays = new Map<string, NamedArray>();
  try {
    const file = new hdf5.File(name, "r");
    try {
      let left = most;
      for (const key of file.keys()) {
        const found = file.get(key);
        if (!(found instanceof hdf5.Dataset)) continue; // groups, links and types
        const array = readDataset(found, key, where, left);
        left -= sizeOf(array.shape) * Math.max(1, found.metadata.size);
        arrays.set(key, array);
      }
    } finally {
      file.close();
    }
  } catch (cause) {
    if (cause instanceof ArgumentError || cause instanceof UnsupportedError) throw cause;
    const first = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0].slice(0, 200);
    throw new ArgumentError(where, `the HDF5 library cannot read it (${first})`, { cause });
  } finally {
    fs.unlink(name);
  }
  return arrays;
}
