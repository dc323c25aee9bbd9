import type { Layer } from "./layers/layer.ts";
import { unitsOf } from "./layers/layer.ts";

/** Number of states of a whole layer; ∞ where a unit has infinitely many. */
export function stateCount(layer: Layer): number {
  return unitsOf(layer).reduce((count, unit) => count * (unit.states?.length ?? Infinity), 1);
}

/** Connections of the enumerated side with their present weights: see Rows. */
export interface WeightedRows {
  readonly start: Int32Array;
  readonly other: Int32Array;
  readonly weight: Float64Array;
}

/** Called with the states x, their own part f·x of the log weight, and the field they exert on the other side. */
export type Visit = (x: Float64Array, linear: number, field: Float64Array) => void;

/**
 * Visits every state of a layer, first unit slowest. Fields are built unit by unit on a stack of partial sums, so each is
 * the sum of at most as many terms as there are units: no error builds up over a million states.
 * @param bias - Own fields, [size].   @param base - The other side's biases.
 */
export function visitStates(
  layer: Layer,
  bias: Float64Array,
  rows: WeightedRows,
  base: Float64Array,
  visit: Visit,
): void {
  const units = unitsOf(layer);
  const x = new Float64Array(layer.size);
  const fields = Array.from({ length: units.length + 1 }, () => base.slice());
  const { start, other, weight } = rows;
  const descend = (unit: number, linear: number): void => {
    if (unit === units.length) {
      visit(x, linear, fields[unit]);
      return;
    }
    const field = fields[unit + 1];
    const { at, width, states = [] } = units[unit];
    for (const state of states) {
      field.set(fields[unit]);
      let sum = linear;
      for (let d = 0; d < width; d++) {
        const i = at + d;
        const value = state[d];
        x[i] = value;
        if (value === 0) continue;
        sum += value * bias[i];
        for (let e = start[i]; e < start[i + 1]; e++) field[other[e]] += value * weight[e];
      }
      descend(unit + 1, sum);
    }
  };
  descend(0, 0);
}

/** Writes state number `index` (in the order of visitStates) to out[offset …]. */
export function decodeState(layer: Layer, index: number, out: Float64Array, offset: number): void {
  let left = index;
  for (const { at, states = [] } of unitsOf(layer).toReversed()) {
    out.set(states[left % states.length], offset + at);
    left = Math.floor(left / states.length);
  }
}
