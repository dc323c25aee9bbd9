import { ArgumentError } from "@dbd/numerics/errors";

/** Numbers of an array, row-major, or texts. */
export type ArrayData =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | readonly string[];

/** An array as the result formats keep it: row-major, with its shape. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: ArrayData;
}

/** Arrays by name. */
export type Arrays = ReadonlyMap<string, NamedArray>;

/** Most bytes that a reader makes of one file unless told otherwise: 2 GiB. */
export const mostBytes: number = 2 ** 31;

/** Numbers in an array of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** @throws {ArgumentError} For a name that some format cannot hold, or a shape that the numbers do not fill. */
export function checkArrays(arrays: Arrays, where: string): void {
  for (const [name, { shape, data }] of arrays) {
    if (!/^[^/\0\\:*?"<>|]{1,200}$/.test(name) || name === "." || name === "..")
      throw new ArgumentError(where, `${JSON.stringify(name)} is no name of an array: no slashes, colons or quotes`);
    if (shape.some((n) => !Number.isSafeInteger(n) || n < 0) || sizeOf(shape) !== data.length)
      throw new ArgumentError(
        where,
        `the array "${name}" has ${data.length} numbers, not the shape [${shape.join(", ")}]`,
      );
  }
}

/** The trajectories of an ensemble as arrays: `trajectories` [K, T, S], `times` [T] and `species` [S]. */
export function trajectoryArrays(ensemble: {
  readonly times: ArrayLike<number>;
  readonly species: readonly string[];
  readonly runs: number;
  readonly trajectories: Int32Array;
}): Arrays {
  const { species, runs, trajectories } = ensemble;
  const times = Float64Array.from(ensemble.times);
  return new Map<string, NamedArray>([
    ["times", { shape: [times.length], data: times }],
    ["species", { shape: [species.length], data: species }],
    ["trajectories", { shape: [runs, times.length, species.length], data: trajectories }],
  ]);
}
