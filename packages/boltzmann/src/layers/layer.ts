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
  /** Every state of one unit, [states, components], or undefined when there are infinitely many. */
  readonly states: readonly (readonly number[])[] | undefined;
  /** Σ over units of log Σ_x q(x) exp(f·x). */
  logPartition(field: Float64Array, offset: number): number;
  /** ⟨x⟩ given the fields. `out` may be `field`. */
  mean(field: Float64Array, offset: number, out: Float64Array): void;
  /** One draw of every unit given the fields. `out` may be `field`. */
  sample(field: Float64Array, offset: number, random: RandomSource, out: Float64Array): void;
}

/** Components of one unit. */
export const componentsOf = (layer: Layer): number => layer.states?.[0].length ?? 1;

export function checkUnits(where: string, units: number): void {
  if (!Number.isSafeInteger(units) || units < 1)
    throw new ArgumentError(where, `the number of units must be a positive integer, got ${units}`);
}

/** Refuses rows [rows, size] with a value that the layer's units cannot take. */
export function checkStates(where: string, layer: Layer, x: Float64Array): void {
  const { size, states } = layer;
  if (x.length === 0 || x.length % size !== 0)
    throw new ArgumentError(where, `needs one or more rows of ${size} values, got ${x.length} values`);
  const width = componentsOf(layer);
  for (let i = 0; i < x.length; i += width) {
    const known = states === undefined ? Number.isFinite(x[i]) : states.some((s) => s.every((c, d) => c === x[i + d]));
    if (!known) {
      const got = x.subarray(i, i + width).join(", ");
      const place = `row ${Math.floor(i / size)}, unit ${(i % size) / width}`;
      throw new ArgumentError(where, `(${got}) at ${place} is not a state of a ${layer.name} unit`);
    }
  }
}
