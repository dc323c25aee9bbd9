import { nextDouble } from "@dbd/numerics/random/xoshiro";
import { hiddenSide, type Side, visibleSide, writeBias } from "../bipartite.ts";
import type { WeightedRows } from "../enumeration.ts";
import type { Sampler } from "./chains.ts";

const BLOCK = 8; // chains that share one pass over the weights

interface Kernel {
  readonly rows: WeightedRows;
  /** Every component is joined to all others, in order: no index is read. */
  readonly dense: boolean;
}

function kernelOf({ rows }: Side, other: number, nu: Float64Array): Kernel {
  const dense = rows.other.every((j, e) => j === e % other) && rows.start.every((s, i) => s === i * other);
  const weight = Float64Array.from(rows.nu, (k) => nu[k]);
  return { rows: { start: rows.start, other: rows.other, weight }, dense };
}

/** Fields of chains from … to − 1 on the other side, added to out [C, Y]; x [C, X]. Hot path: no checks, no allocation. */
function addBlock(k: Kernel, x: Float64Array, X: number, out: Float64Array, Y: number, from: number, to: number): void {
  const { start, other, weight } = k.rows;
  for (let i = 0; i < X; i++) {
    const begin = start[i];
    const end = start[i + 1];
    for (let c = from; c < to; c++) {
      const value = x[c * X + i];
      if (value === 0) continue;
      const at = c * Y;
      if (k.dense) for (let e = begin, y = at; e < end; e++, y++) out[y] += value * weight[e];
      else for (let e = begin; e < end; e++) out[at + other[e]] += value * weight[e];
    }
  }
}

/**
 * Block Gibbs sampling: all hidden units given the visible ones, then all visible units given the hidden ones, so each
 * step ends with v drawn given h. Geman & Geman 1984, doi:10.1109/TPAMI.1984.4767596. When to use: always first; it slows
 * down where modes are far apart (watch R-hat), and then `tempering` helps.
 */
export const gibbs: Sampler = {
  name: "gibbs",
  replicas: 1,
  run(machine, nu, chains, steps) {
    const { graph } = machine;
    const { visible, hidden } = chains;
    const [V, H] = [graph.visible.size, graph.hidden.size];
    const up = kernelOf(visibleSide(graph), H, nu);
    const down = kernelOf(hiddenSide(graph), V, nu);
    const [a, b] = [new Float64Array(V), new Float64Array(H)];
    writeBias(visibleSide(graph), nu, a);
    writeBias(hiddenSide(graph), nu, b);
    const state = chains.random;
    const random = (): number => nextDouble(state);
    for (let step = 0; step < steps; step++) {
      for (let from = 0; from < chains.count; from += BLOCK) {
        const to = Math.min(from + BLOCK, chains.count);
        for (let c = from; c < to; c++) hidden.set(b, c * H);
        addBlock(up, visible, V, hidden, H, from, to);
        for (let c = from; c < to; c++) graph.hidden.sample(hidden, c * H, random, hidden);
        for (let c = from; c < to; c++) visible.set(a, c * V);
        addBlock(down, hidden, H, visible, V, from, to);
        for (let c = from; c < to; c++) graph.visible.sample(visible, c * V, random, visible);
      }
    }
  },
};
