import { drawExponentialByZiggurat } from "@dbd/numerics/random/ziggurat";
import type { CompiledNetwork } from "../../compile.ts";
import { propensity } from "../../propensity.ts";
import { type Engine, REACHED, SPENT, type Start } from "../engine.ts";
import { countFailure, propensityFailure } from "../failure.ts";
import { type Factors, factorsOf } from "../factors.ts";
import type { Method } from "../method.ts";
import { simulatorOf } from "../simulator.ts";

/** Reactions per block: sums of propensities are kept per block, so that a large network is not summed at every event. */
const SHIFT = 4;
const BLOCK = 1 << SHIFT;

interface DirectWorkspace extends Factors {
  /** Propensities, shape [R]. */
  readonly a: Float64Array;
  /** Sums of BLOCK propensities each. */
  readonly sums: Float64Array;
  /** Time of the last event, number of events. */
  readonly clock: Float64Array;
  /** Time of the next event and the sum of all propensities. */
  readonly next: Float64Array;
}

/** Rounding of u·total may point past the last reaction that can fire. */
function lastPositive(a: Float64Array): number {
  let r = a.length - 1;
  while (!(a[r] > 0)) r--;
  return r;
}

/** Draws the waiting time from t on. */
function draw(net: CompiledNetwork, ws: DirectWorkspace, { x, random }: Start, t: number): void {
  let total = 0;
  for (const sum of ws.sums) total += sum;
  if (!(total < Infinity)) throw propensityFailure(net, ws.a, x, t);
  ws.next[0] = total > 0 ? t + drawExponentialByZiggurat(random) / total : Infinity;
  ws.next[1] = total;
}

function evaluate(net: CompiledNetwork, ws: DirectWorkspace, { x }: Start, r: number, t: number): void {
  ws.a[r] = propensity(net, r, x);
  if (!(ws.a[r] >= 0)) throw propensityFailure(net, ws.a, x, t);
}

function sumBlocks({ a, sums }: DirectWorkspace): void {
  sums.fill(0);
  for (let r = 0; r < a.length; r++) sums[r >> SHIFT] += a[r];
}

/** Gillespie (1977), §III: draw the waiting time, then the reaction. One loop, no allocation. */
function advance(
  net: CompiledNetwork,
  ws: DirectWorkspace,
  start: Start,
  until: number,
  budget: number,
  stops: Uint8Array,
): number {
  const { x, random, most } = start;
  const { rate, changeStart, changeSpecies, change, dependentStart, dependent } = net;
  const { a, sums, first, second, third, less2, less3, general, clock, next } = ws;
  const lastBlock = sums.length - 1;
  const lastReaction = a.length - 1;
  let t = next[0];
  let total = next[1];
  let event = clock[0];
  let events = clock[1];
  let end = REACHED;
  while (t < until) {
    if (events >= budget) {
      end = SPENT;
      break;
    }
    event = t;
    events++;
    // Reaction: its block, then its place in the block.
    const target = random() * total;
    let before = 0;
    let b = 0;
    while (b < lastBlock && target >= before + sums[b]) before += sums[b++];
    let r = b << SHIFT;
    const last = b === lastBlock ? lastReaction : r + BLOCK - 1;
    let within = a[r];
    while (r < last && target >= before + within) within += a[++r];
    if (!(a[r] > 0)) r = lastPositive(a);
    // State.
    const lastChange = changeStart[r + 1];
    for (let e = changeStart[r]; e < lastChange; e++) {
      const s = changeSpecies[e];
      const n = x[s] + change[e];
      x[s] = n;
      if (!(n >= 0 && n <= most)) throw countFailure(net, r, x, t, most);
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
    // Waiting time.
    total = 0;
    for (let k = 0; k <= lastBlock; k++) total += sums[k];
    if (total > 0 && total < Infinity) t += drawExponentialByZiggurat(random) / total;
    else if (total === 0) t = Infinity;
    else throw propensityFailure(net, a, x, event);
    if (stops[r] === 1) {
      end = r;
      break;
    }
  }
  next[0] = t;
  next[1] = total;
  clock[0] = event;
  clock[1] = events;
  return end;
}

/** As `advance` for at most one block of reactions: the same draws and sums, without the bookkeeping of blocks. */
function advanceSmall(
  net: CompiledNetwork,
  ws: DirectWorkspace,
  start: Start,
  until: number,
  budget: number,
  stops: Uint8Array,
): number {
  const { x, random, most } = start;
  const { rate, changeStart, changeSpecies, change, dependentStart, dependent } = net;
  const { a, first, second, third, less2, less3, general, clock, next } = ws;
  const count = a.length;
  let t = next[0];
  let total = next[1];
  let event = clock[0];
  let events = clock[1];
  let end = REACHED;
  while (t < until) {
    if (events >= budget) {
      end = SPENT;
      break;
    }
    event = t;
    events++;
    const target = random() * total;
    let r = 0;
    let before = a[0];
    while (target >= before && r < count - 1) before += a[++r];
    if (!(a[r] > 0)) r = lastPositive(a);
    const lastChange = changeStart[r + 1];
    for (let e = changeStart[r]; e < lastChange; e++) {
      const s = changeSpecies[e];
      const n = x[s] + change[e];
      x[s] = n;
      if (!(n >= 0 && n <= most)) throw countFailure(net, r, x, t, most);
    }
    const lastDependent = dependentStart[r + 1];
    for (let d = dependentStart[r]; d < lastDependent; d++) {
      const q = dependent[d];
      if (general[q] === 0) a[q] = rate[q] * x[first[q]] * (x[second[q]] - less2[q]) * (x[third[q]] - less3[q]);
      else {
        a[q] = propensity(net, q, x);
        if (!(a[q] >= 0)) throw propensityFailure(net, a, x, t);
      }
    }
    total = 0;
    for (let q = 0; q < count; q++) total += a[q];
    if (total > 0 && total < Infinity) t += drawExponentialByZiggurat(random) / total;
    else if (total === 0) t = Infinity;
    else throw propensityFailure(net, a, x, event);
    if (stops[r] === 1) {
      end = r;
      break;
    }
  }
  next[0] = t;
  next[1] = total;
  clock[0] = event;
  clock[1] = events;
  return end;
}

/** Arrays of one trajectory, which a compiled engine shares: propensities [R], block sums, clock and next. */
export type DirectStorage = Pick<DirectWorkspace, "a" | "sums" | "clock" | "next">;

/** Block sums that the method keeps for R reactions. */
export const directBlocks = (reactions: number): number => Math.ceil(reactions / BLOCK);

/** The engine in this language. @param storage - Its arrays; its own when left out. */
export function directEngine(net: CompiledNetwork, storage?: DirectStorage): Engine {
  const count = net.rate.length;
  const ws: DirectWorkspace = {
    ...factorsOf(net),
    ...(storage ?? {
      a: new Float64Array(count),
      sums: new Float64Array(directBlocks(count)),
      clock: new Float64Array(2),
      next: new Float64Array(2),
    }),
  };
  let start: Start;
  return {
    clock: ws.clock,
    begin(from) {
      start = from;
      ws.clock[0] = from.time;
      ws.clock[1] = 0;
      for (let r = 0; r < count; r++) evaluate(net, ws, from, r, from.time);
      sumBlocks(ws);
      draw(net, ws, from, from.time);
    },
    advance: (until, budget, stops) =>
      count <= BLOCK
        ? advanceSmall(net, ws, start, until, budget, stops)
        : advance(net, ws, start, until, budget, stops),
    refresh(t, reactions) {
      for (let i = 0; i < reactions.length; i++) evaluate(net, ws, start, reactions[i], t);
      sumBlocks(ws);
      draw(net, ws, start, t); // memoryless: the waiting time in progress may be forgotten
    },
  };
}

/**
 * The direct method (Gillespie 1977, doi:10.1021/j100540a008) with a dependency graph and block sums: exact, a good
 * choice up to a few hundred reactions.
 */
export const direct: Method = {
  name: "direct",
  prepare: (net) => simulatorOf(net, "direct", directEngine(net)),
};
