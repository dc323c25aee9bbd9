import { drawExponentialByZiggurat } from "@dbd/numerics/random/ziggurat";
import type { CompiledNetwork } from "../../compile.ts";
import { type Engine, REACHED, SPENT, type Start } from "../engine.ts";
import { propensityFailure } from "../failure.ts";
import { factored, type Factors, factorsOf, fire } from "../factors.ts";
import type { Method } from "../method.ts";
import { simulatorOf } from "../simulator.ts";
import { createQueue, type QueueStorage, type TimeQueue } from "./queue.ts";

/** State of one trajectory. */
interface Workspace extends Factors {
  readonly a: Float64Array;
  /** Absolute time at which each reaction fires next. */
  readonly queue: TimeQueue;
  readonly clock: Float64Array;
}

/** Propensity of q in the present state. @throws {NumericalError} When it is negative or not finite. */
function evaluate(net: CompiledNetwork, ws: Workspace, x: Float64Array, q: number, t: number): number {
  const value = factored(net, ws, q, x);
  if (value >= 0 && value < Infinity) return value;
  ws.a[q] = value;
  throw propensityFailure(net, ws.a, x, t);
}

/** Takes up q's propensity; its time is rescaled (Gibson & Bruck 2000, eq. 12), which saves the random number. */
function rescale(net: CompiledNetwork, ws: Workspace, { x, random }: Start, q: number, t: number): void {
  const { a, queue } = ws;
  const old = a[q];
  const value = evaluate(net, ws, x, q, t);
  if (value === old) return;
  a[q] = value;
  // A reaction that comes back from propensity 0 draws anew: what was left of its time is forgotten without a loss,
  // since it is exponential whatever has passed.
  if (value === 0) queue.set(q, Infinity);
  else if (old === 0) queue.set(q, t + drawExponentialByZiggurat(random) / value);
  else queue.set(q, t + (old / value) * (queue.time[q] - t));
}

function advance(
  net: CompiledNetwork,
  ws: Workspace,
  start: Start,
  until: number,
  budget: number,
  stops: Uint8Array,
): number {
  const { x, random, most } = start;
  const { dependentStart, dependent } = net;
  const { a, queue, clock } = ws;
  for (;;) {
    const r = queue.first();
    const t = r < 0 ? Infinity : queue.time[r];
    if (!(t < until)) return REACHED;
    if (clock[1] >= budget) return SPENT;
    clock[0] = t;
    clock[1]++;
    fire(net, r, x, most, t);
    const last = dependentStart[r + 1];
    for (let d = dependentStart[r]; d < last; d++) if (dependent[d] !== r) rescale(net, ws, start, dependent[d], t);
    a[r] = evaluate(net, ws, x, r, t);
    queue.set(r, a[r] > 0 ? t + drawExponentialByZiggurat(random) / a[r] : Infinity);
    if (stops[r] === 1) return r;
  }
}

/** Arrays of one trajectory, which a compiled engine shares. */
export interface NextReactionStorage {
  readonly a: Float64Array;
  readonly clock: Float64Array;
  readonly queue: QueueStorage;
}

/** The engine in this language. @param storage - Its arrays; its own when left out. */
export function nextReactionEngine(net: CompiledNetwork, storage?: NextReactionStorage): Engine {
  const count = net.rate.length;
  const ws: Workspace = {
    ...factorsOf(net),
    a: storage?.a ?? new Float64Array(count),
    queue: createQueue(count, storage?.queue),
    clock: storage?.clock ?? new Float64Array(2),
  };
  let start: Start;
  return {
    clock: ws.clock,
    begin(from) {
      start = from;
      const { x, time, random } = from;
      ws.clock[0] = time;
      ws.clock[1] = 0;
      ws.a.fill(0);
      for (let r = 0; r < count; r++) {
        ws.a[r] = evaluate(net, ws, x, r, time);
        ws.queue.time[r] = ws.a[r] > 0 ? time + drawExponentialByZiggurat(random) / ws.a[r] : Infinity;
      }
      ws.queue.build();
    },
    advance: (until, budget, stops) => advance(net, ws, start, until, budget, stops),
    refresh(t, reactions) {
      for (let i = 0; i < reactions.length; i++) rescale(net, ws, start, reactions[i], t);
    },
  };
}

/**
 * The next reaction method (Gibson & Bruck 2000, doi:10.1021/jp993732q): every reaction keeps the absolute time of its
 * next firing in an indexed priority queue; one random number an event. Exact. Good for large networks whose reactions
 * influence few others; small ones are faster by the direct method.
 */
export const nextReaction: Method = {
  name: "nextReaction",
  prepare: (net) => simulatorOf(net, "nextReaction", nextReactionEngine(net)),
};
