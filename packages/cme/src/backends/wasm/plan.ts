/** An array in a module's memory. */
export interface PlannedArray {
  /** In bytes. */
  readonly at: number;
  readonly length: number;
}

/** Lays arrays out in memory one after the other. */
export class MemoryPlan {
  /** First free byte. */
  bytes: number = 0;

  /** Numbers of 8 bytes, or of 4. */
  array(length: number, size: 4 | 8): PlannedArray {
    const at = this.bytes;
    this.bytes = Math.ceil((at + size * length) / 16) * 16;
    return { at, length };
  }
}

export const doubles = (buffer: ArrayBuffer, { at, length }: PlannedArray): Float64Array =>
  new Float64Array(buffer, at, length);

export const words = (buffer: ArrayBuffer, { at, length }: PlannedArray): Int32Array =>
  new Int32Array(buffer, at, length);
