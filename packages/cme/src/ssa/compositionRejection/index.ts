import { drawExponentialByZiggurat } from "@dbd/numerics/random/ziggurat";
import type { CompiledNetwork } from "../../compile.ts";
import { type Engine, REACHED, SPENT, type Start } from "../engine.ts";
import { propensityFailure } from "../failure.ts";
import { factored, type Factors, factorsOf, fire } from "../factors.ts";
import type { Method } from "../method.ts";
import { simulatorOf } from "../simulator.ts";
import { createGroups, type Groups } from "./groups.ts";

/** State of one trajectory. */
interface Workspace extends Factors {
  readonly groups: Groups;
  readonly clock: Float64Array;
  /** Time of the next event and the sum of propensities. */
  readonly next: Float64Array;
  /** Events until sums are taken afresh. */
  readonly period: number;
}

/**
 * Whether sums of propensities stay exact: all rates are multiples of one power of two, so that sums are whole numbers of
 * that unit and rounding never happens below 2⁵³ units.
 */
export function sumsExactly({ rate, hasLaws }: CompiledNetwork): boolean {
  const unit = 2 ** 20;
  return !hasLaws && rate.every((k) => Number.isInteger(k * unit) && k * unit < 2 ** 40);
}

function draw(net: CompiledNetwork, ws: Workspace, { x, random }: Start, t: number): void {
  const total = ws.groups.total();
  if (!(total < Infinity)) throw propensityFailure(net, ws.groups.value, x, t);
  ws.next[0] = total > 0 ? t + drawExponentialByZiggurat(random) / total : Infinity;
  ws.next[1] = total;
}

function update(net: CompiledNetwork, ws: Workspace, x: Float64Array, q: number, t: number): void {
  const value = factored(net, ws, q, x);
  if (value >= 0 && value < Infinity) ws.groups.set(q, value);
  else {
    ws.groups.value[q] = value;
    throw propensityFailure(net, ws.groups.value, x, t);
  }
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
  const { groups, clock, next, period } = ws;
  while (next[0] < until) {
    if (clock[1] >= budget) return SPENT;
    const t = next[0];
    let r = groups.choose(random, next[1]);
    while (r < 0) {
      // The sums had drifted past their members: take them afresh and choose again, at the same time.
      groups.refresh();
      next[1] = groups.total();
      r = groups.choose(random, next[1]);
    }
    clock[0] = t;
    clock[1]++;
    fire(net, r, x, most, t);
    const last = dependentStart[r + 1];
    for (let d = dependentStart[r]; d < last; d++) update(net, ws, x, dependent[d], t);
    if (clock[1] % period === 0) groups.refresh();
    draw(net, ws, start, t);
    if (stops[r] === 1) return r;
  }
  return REACHED;
}

/** The engine in this language. */
export function compositionRejectionEngine(net: CompiledNetwork): Engine {
  const count = net.rate.length;
  const ws: Workspace = {
    ...factorsOf(net),
    groups: createGroups(count),
    clock: new Float64Array(2),
    next: new Float64Array(2),
    period: sumsExactly(net) ? 2 ** 40 : Math.max(16_384, 4 * count),
  };
  let start: Start;
  return {
    clock: ws.clock,
    begin(from) {
      start = from;
      ws.clock[0] = from.time;
      ws.clock[1] = 0;
      ws.groups.clear();
      for (let r = 0; r < count; r++) update(net, ws, from.x, r, from.time);
      ws.groups.refresh();
      draw(net, ws, from, from.time);
    },
    advance: (until, budget, stops) => advance(net, ws, start, until, budget, stops),
    refresh(t, reactions) {
      for (let i = 0; i < reactions.length; i++) update(net, ws, start.x, reactions[i], t);
      ws.groups.refresh();
      draw(net, ws, start, t);
    },
  };
}

/**
 * Composition–rejection (Slepoy, Thompson & Plimpton 2008, doi:10.1063/1.2919546): propensities stand in groups of one
 * power of two; a group is chosen by its sum, a member by rejection, which takes two tries at most on average. Exact; the
 * cost of an event does not grow with the network. Good from some hundred reactions on.
 */
export const compositionRejection: Method = {
  name: "compositionRejection",
  prepare: (net) => simulatorOf(net, "compositionRejection", compositionRejectionEngine(net)),
};
