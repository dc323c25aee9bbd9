import { ArgumentError } from "@dbd/numerics/errors";
import { exp, log1p, logSumExp } from "@dbd/numerics/special";
import type { BipartiteOptions } from "./bipartite.ts";
import { spin } from "./layers/spin.ts";

const WIDEST = 12;

function addLogs(a: number, b: number): number {
  return a > b ? a + log1p(exp(b - a)) : b + log1p(exp(a - b));
}

/**
 * log Z of the Ising model exp(K Σ s s' + h Σ s) on a torus of rows × columns spins, each joined to the one on its right
 * and the one below (so a bond counts twice where a side has length 2): the exact reference for samplers and ais. One row
 * of 2^columns states is carried along, spin by spin, in logarithms. Onsager 1944, doi:10.1103/PhysRev.65.117; Kaufman 1949.
 */
export function torusLogZ(rows: number, columns: number, coupling: number, field = 0): number {
  if (![rows, columns].every((n) => Number.isSafeInteger(n) && n >= 1) || columns > WIDEST)
    throw new ArgumentError("torusLogZ", `needs 1 … ${WIDEST} columns and at least one row, got ${rows} × ${columns}`);
  const M = 1 << columns;
  const own = Float64Array.from({ length: M }, (_, s) => {
    let sum = 0;
    for (let i = 0; i < columns; i++) {
      const x = ((s >> i) & 1) * 2 - 1;
      sum += field * x + coupling * x * (((s >> ((i + 1) % columns)) & 1) * 2 - 1);
    }
    return sum;
  });
  const closed = new Float64Array(M);
  const row = new Float64Array(M);
  for (let first = 0; first < M; first++) {
    row.fill(-Infinity);
    row[first] = 0;
    for (let r = 0; r < rows; r++) {
      for (let bit = 1; bit < M; bit <<= 1) {
        for (let s = 0; s < M; s++) {
          if ((s & bit) !== 0) continue;
          const [down, up] = [row[s], row[s | bit]];
          row[s] = down === -Infinity && up === -Infinity ? -Infinity : addLogs(down + coupling, up - coupling);
          row[s | bit] = down === -Infinity && up === -Infinity ? -Infinity : addLogs(down - coupling, up + coupling);
        }
      }
      for (let s = 0; s < M; s++) row[s] += own[s];
    }
    closed[first] = row[first];
  }
  return logSumExp(closed);
}

/**
 * The Ising model on a torus with even sides as a machine: black sites visible, white sites hidden, ν = (h, h, K) with
 * the field on black, on white, and one coupling for all bonds.
 */
export function isingTorus(rows: number, columns: number): BipartiteOptions {
  if (![rows, columns].every((n) => Number.isSafeInteger(n) && n >= 2 && n % 2 === 0))
    throw new ArgumentError("isingTorus", `both sides must be even, got ${rows} × ${columns}`, {
      hint: "An odd torus cannot be coloured black and white",
    });
  const sites = (rows * columns) / 2;
  const half = (r: number, c: number): number => ((r % rows) * columns + (c % columns)) >> 1;
  const edges: [number, number, number][] = [];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      for (const [r2, c2] of [
        [r, c + 1],
        [r + 1, c],
      ]) {
        const black = (r + c) % 2 === 0;
        edges.push([half(black ? r : r2, black ? c : c2), half(black ? r2 : r, black ? c2 : c), 0]);
      }
    }
  }
  const tied = new Int32Array(sites);
  return { visible: spin(sites), hidden: spin(sites), visibleBias: tied, hiddenBias: tied, edges };
}
