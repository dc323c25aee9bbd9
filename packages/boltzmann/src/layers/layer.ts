import { ArgumentError } from "@dbd/numerics/errors";
import type { RandomSource } from "@dbd/numerics/random/source";

/**
 * Units that are independent of each other once their fields f are given: p(x) ∝ q(x) exp(f·x), unit by unit. A unit has
 * one component, or several (Potts: one per species). All kernels read `field[offset …]` and write `out[offset …]`,
 * [size], and never overflow.
 */
export interface Layer {
  readonly name: string;
  /** Components in all. */
  readonly size: number;
  /**
   * Every state of one unit, [states, components], or undefined when there are infinitely many, or when the units are of
   * several kinds (see `parts`).
   */
  readonly states: readonly (readonly number[])[] | undefined;
  /** The layers it is made of, in order, when its units are of several kinds. */
  readonly parts?: readonly Layer[];
  /** Σ over units of log Σ_x q(x) exp(f·x). */
  logPartition(field: Float64Array, offset: number): number;
  /** ⟨x⟩ given the fields. `out` may be `field`. */
  mean(field: Float64Array, offset: number, out: Float64Array): void;
  /** One draw of every unit given the fields. `out` may be `field`. */
  sample(field: Float64Array, offset: number, random: RandomSource, out: Float64Array): void;
}

/** One unit: its first component, its number of components, and its states (undefined: infinitely many). */
export interface Unit {
  readonly at: number;
  readonly width: number;
  readonly states: readonly (readonly number[])[] | undefined;
  /** The kind, for messages. */
  readonly kind: string;
}

/** All units of a layer in order. */
export function unitsOf(layer: Layer, from = 0): Unit[] {
  if (layer.parts === undefined) {
    const { name: kind, states, size } = layer;
    const width = states?.[0].length ?? 1;
    return Array.from({ length: size / width }, (_, u) => ({ at: from + u * width, width, states, kind }));
  }
  let at = from;
  return layer.parts.flatMap((part) => {
    at += part.size;
    return unitsOf(part, at - part.size);
  });
}

export function checkUnits(where: string, units: number): void {
  if (!Number.isSafeInteger(units) || units < 1)
    throw new ArgumentError(where, `the number of units must be a positive integer, got ${units}`);
}

/** Refuses rows [rows, size] with a value that the layer's units cannot take. */
export function checkStates(where: string, layer: Layer, x: Float64Array): void {
  const { size } = layer;
  if (x.length === 0 || x.length % size !== 0)
    throw new ArgumentError(where, `needs one or more rows of ${size} values, got ${x.length} values`);
  const units = unitsOf(layer);
  for (let row = 0; row < x.length; row += size) {
    units.forEach(({ at, width, states, kind }, u) => {
      const i = row + at;
      if (states === undefined ? Number.isFinite(x[i]) : states.some((s) => s.every((c, d) => c === x[i + d]))) return;
      const got = x.subarray(i, i + width).join(", ");
      throw new ArgumentError(where, `(${got}) at row ${row / size}, unit ${u} is not a state of a ${kind} unit`);
    });
  }
}
