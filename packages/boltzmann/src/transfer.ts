import { exp, log } from "@dbd/numerics/special";
import type { MomentSeries } from "./momentSeries.ts";

/**
 * Sums over all paths between two states: log of the total weight, and the moments of the P path sums conditional on
 * the two ends. Kept apart, both stay finite whatever the weights.
 */
export interface PathTable {
  readonly states: number;
  /** log weight from state i to state j, −∞ where there is no path. Shape [M, M]. */
  readonly logWeight: Float64Array;
  /** Moment series of the paths from i to j (coefficient 0 is 1). Shape [M, M, size]. */
  readonly moments: Float64Array;
}

export function pathTable(states: number, series: MomentSeries): PathTable {
  return {
    states,
    logWeight: new Float64Array(states * states).fill(-Infinity),
    moments: new Float64Array(states * states * series.size),
  };
}

/** out = a followed by b, in the log-weight form. Hot path: no checks, no allocation; out is neither a nor b. */
export function follow(series: MomentSeries, a: PathTable, b: PathTable, out: PathTable): void {
  const M = a.states;
  const size = series.size;
  const products = series.products;
  const [la, lb, lo] = [a.logWeight, b.logWeight, out.logWeight];
  const [ma, mb, mo] = [a.moments, b.moments, out.moments];
  mo.fill(0);
  for (let i = 0; i < M; i++) {
    for (let j = 0; j < M; j++) {
      let top = -Infinity;
      for (let k = 0; k < M; k++) top = Math.max(top, la[i * M + k] + lb[k * M + j]);
      lo[i * M + j] = top;
      if (top === -Infinity) continue;
      const at = (i * M + j) * size;
      for (let k = 0; k < M; k++) {
        const w = exp(la[i * M + k] + lb[k * M + j] - top);
        if (w === 0) continue;
        const x = (i * M + k) * size;
        const y = (k * M + j) * size;
        for (let t = 0; t < products.length; t += 3)
          mo[at + products[t + 2]] += w * ma[x + products[t]] * mb[y + products[t + 1]];
      }
      const total = mo[at]; // the constants are 1, so this is Σ w
      lo[i * M + j] = top + log(total);
      for (let c = 0; c < size; c++) mo[at + c] /= total;
    }
  }
}

/** `steps` ≥ 1 steps of one table, by repeated squaring. */
export function followMany(series: MomentSeries, step: PathTable, steps: number): PathTable {
  let square = step;
  let result: PathTable | undefined;
  for (let left = steps; ; ) {
    if (left % 2 === 1) {
      if (result === undefined) result = square;
      else {
        const next = pathTable(step.states, series);
        follow(series, result, square, next);
        result = next;
      }
    }
    left = Math.floor(left / 2);
    if (left === 0) return result ?? step;
    const next = pathTable(step.states, series);
    follow(series, square, square, next);
    square = next;
  }
}

/** log Σ weight and the joint moment series of several table entries: `places` index [M, M]. Writes out [size]. */
export function mix(series: MomentSeries, table: PathTable, places: readonly number[], out: Float64Array): number {
  let top = -Infinity;
  for (const at of places) top = Math.max(top, table.logWeight[at]);
  out.fill(0);
  if (top === -Infinity) return top;
  for (const at of places) {
    const w = exp(table.logWeight[at] - top);
    if (w > 0) for (let c = 0; c < series.size; c++) out[c] += w * table.moments[at * series.size + c];
  }
  const total = out[0];
  for (let c = 0; c < series.size; c++) out[c] /= total;
  return top + log(total);
}
