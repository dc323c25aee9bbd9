import type { RandomSource } from "@dbd/numerics/random/source";
import { exp, log } from "@dbd/numerics/special";
import type { PathTable } from "../transfer.ts";

const addLogs = (a: number, b: number): number => {
  const top = Math.max(a, b);
  return top === -Infinity ? top : top + log(exp(a - top) + exp(b - top));
};

/**
 * Backward pass: occupied[i·M + s] = probability that site i is occupied given that the window before it is s, summed
 * over all that follows. `end` is the window the chain must return to, or −1 where any will do.
 */
function backward(step: PathTable, N: number, end: number, occupied: Float64Array): void {
  const M = step.states;
  let after = new Float64Array(M).fill(end < 0 ? 0 : -Infinity);
  if (end >= 0) after[end] = 0;
  let before = new Float64Array(M);
  for (let i = N - 1; i >= 0; i--) {
    for (let s = 0; s < M; s++) {
      const empty = (s << 1) & (M - 1);
      const stays = step.logWeight[s * M + empty] + after[empty];
      const fills = step.logWeight[s * M + empty + 1] + after[empty + 1];
      const total = addLogs(stays, fills);
      before[s] = total;
      occupied[i * M + s] = total === -Infinity ? 0 : exp(fills - total);
    }
    [after, before] = [before, after];
  }
}

/** The first windows of `count` rings, from the diagonal of the table over all sites. */
function drawWindows(all: PathTable, count: number, random: RandomSource): Int32Array {
  const M = all.states;
  const cumulative = new Float64Array(M);
  let top = -Infinity;
  for (let s = 0; s < M; s++) top = Math.max(top, all.logWeight[s * M + s]);
  let sum = 0;
  for (let s = 0; s < M; s++) {
    sum += exp(all.logWeight[s * M + s] - top);
    cumulative[s] = sum;
  }
  return Int32Array.from({ length: count }, () => {
    const u = random() * sum;
    let s = 0;
    while (s < M - 1 && !(cumulative[s] > u)) s++;
    return s;
  });
}

/**
 * Forward sampling after a backward pass: exact, independent configurations. A ring first draws the window that it
 * closes on; configurations with the same window share one backward pass.
 * @param all - The table over all sites for a ring, undefined for an open chain.   @param out - Shape [count, N].
 */
export function drawChains(
  step: PathTable,
  all: PathTable | undefined,
  N: number,
  count: number,
  random: RandomSource,
  out: Uint8Array,
): void {
  const M = step.states;
  const windows = all === undefined ? new Int32Array(count) : drawWindows(all, count, random);
  const occupied = new Float64Array(N * M);
  for (const start of new Set(windows)) {
    backward(step, N, all === undefined ? -1 : start, occupied);
    for (let c = 0; c < count; c++) {
      if (windows[c] !== start) continue;
      let s = start;
      for (let i = 0; i < N; i++) {
        const bit = random() < occupied[i * M + s] ? 1 : 0;
        out[c * N + i] = bit;
        s = ((s << 1) & (M - 1)) | bit;
      }
    }
  }
}
