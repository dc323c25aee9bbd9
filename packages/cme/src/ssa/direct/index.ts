import { drawExponential } from "@dbd/numerics/random/exponential";
import type { CompiledNetwork } from "../../compile.ts";
import { propensity } from "../../propensity.ts";
import { countFailure, propensityFailure } from "../failure.ts";
import type { Method, Outcome, Trajectory } from "../method.ts";

/** Reactions per block: sums of propensities are kept per block, so that a large network is not summed at every event. */
const SHIFT = 4;
const BLOCK = 1 << SHIFT;

interface DirectWorkspace {
  /** Propensities, shape [R]. */
  readonly a: Float64Array;
  /** Sums of BLOCK propensities each. */
  readonly sums: Float64Array;
  /** Propensity = rate · x[first] · (x[second] − less2) · (x[third] − less3); unused factors read x[S] = 1. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly third: Int32Array;
  readonly less2: Float64Array;
  readonly less3: Float64Array;
  /** 1 for laws and orders above three, which are evaluated one by one. */
  readonly general: Uint8Array;
}

function workspace(net: CompiledNetwork): DirectWorkspace {
  const count = net.rate.length;
  const one = net.network.species.length;
  const ws: DirectWorkspace = {
    a: new Float64Array(count),
    sums: new Float64Array(Math.ceil(count / BLOCK)),
    first: new Int32Array(count).fill(one),
    second: new Int32Array(count).fill(one),
    third: new Int32Array(count).fill(one),
    less2: new Float64Array(count),
    less3: new Float64Array(count),
    general: new Uint8Array(count),
  };
  for (let r = 0; r < count; r++) {
    const factors: [species: number, less: number][] = [];
    for (let e = net.start[r]; e < net.start[r + 1]; e++) {
      for (let k = 0; k < net.order[e]; k++) factors.push([net.species[e], k]);
    }
    if (net.laws[r] !== undefined || factors.length > 3) ws.general[r] = 1;
    else {
      if (factors.length > 0) ws.first[r] = factors[0][0];
      if (factors.length > 1) [ws.second[r], ws.less2[r]] = factors[1];
      if (factors.length > 2) [ws.third[r], ws.less3[r]] = factors[2];
    }
  }
  return ws;
}

function prepare(net: CompiledNetwork, x: Float64Array, { a, sums }: DirectWorkspace): void {
  sums.fill(0);
  for (let r = 0; r < a.length; r++) {
    a[r] = propensity(net, r, x);
    sums[r >> SHIFT] += a[r];
  }
}

/** Rounding of u·total may point past the last reaction that can fire. */
function lastPositive(a: Float64Array): number {
  let r = a.length - 1;
  while (!(a[r] > 0)) r--;
  return r;
}

/** Gillespie (1977), §III: draw the waiting time, then the reaction. One loop, no allocation. */
function run(net: CompiledNetwork, trajectory: Trajectory, ws: DirectWorkspace): Outcome {
  const { x, start, times, random, out, maxEvents } = trajectory;
  const { rate, changeStart, changeSpecies, change, dependentStart, dependent } = net;
  const { a, sums, first, second, third, less2, less3, general } = ws;
  const width = x.length - 1;
  const rows = times.length;
  const lastBlock = sums.length - 1;
  const lastReaction = a.length - 1;
  let t = start;
  let event = start;
  let row = 0;
  let due = times[0];
  let events = 0;
  prepare(net, x, ws);
  for (;;) {
    // Waiting time.
    let total = 0;
    for (let b = 0; b <= lastBlock; b++) total += sums[b];
    if (total > 0 && total < Infinity) t += drawExponential(random) / total;
    else if (total === 0) t = Infinity;
    else throw propensityFailure(net, a, x, event);
    // Rows that the next event passes.
    if (due <= t) {
      for (; row < rows && times[row] <= t; row++) for (let s = 0; s < width; s++) out[row * width + s] = x[s];
      if (row === rows) return { events, rows: row, time: event };
      due = times[row];
    }
    if (events === maxEvents) return { events, rows: row, time: event };
    event = t;
    events++;
    // Reaction: its block, then its place in the block.
    const target = random() * total;
    let before = 0;
    let b = 0;
    while (b < lastBlock && target >= before + sums[b]) before += sums[b++];
    let r = b << SHIFT;
    const end = b === lastBlock ? lastReaction : r + BLOCK - 1;
    let within = a[r];
    while (r < end && target >= before + within) within += a[++r];
    if (!(a[r] > 0)) r = lastPositive(a);
    // State.
    const lastChange = changeStart[r + 1];
    for (let e = changeStart[r]; e < lastChange; e++) {
      const s = changeSpecies[e];
      const n = x[s] + change[e];
      x[s] = n;
      if (!(n >= 0 && n <= 2147483647)) throw countFailure(net, r, x, t);
    }
    // Propensities that it changes.
    const lastDependent = dependentStart[r + 1];
    for (let d = dependentStart[r]; d < lastDependent; d++) {
      const q = dependent[d];
      if (general[q] === 0) a[q] = rate[q] * x[first[q]] * (x[second[q]] - less2[q]) * (x[third[q]] - less3[q]);
      else {
        a[q] = propensity(net, q, x);
        if (!(a[q] >= 0)) throw propensityFailure(net, a, x, t);
      }
    }
    // Sums of their blocks, afresh: no drift. Dependents are in ascending order.
    let summed = -1;
    for (let d = dependentStart[r]; d < lastDependent; d++) {
      const block = dependent[d] >> SHIFT;
      if (block === summed) continue;
      summed = block;
      const lastOf = block === lastBlock ? lastReaction : (block << SHIFT) + BLOCK - 1;
      let sum = 0;
      for (let q = block << SHIFT; q <= lastOf; q++) sum += a[q];
      sums[block] = sum;
    }
  }
}

/**
 * The direct method (Gillespie 1977, doi:10.1021/j100540a008) with a dependency graph and block sums: exact, a good
 * choice up to a few hundred reactions.
 */
export const direct: Method = {
  name: "direct",
  prepare: (net) => {
    const ws = workspace(net);
    return (trajectory) => run(net, trajectory, ws);
  },
};
