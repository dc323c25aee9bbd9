import { drawExponentialByZiggurat } from "@dbd/numerics/random/ziggurat";
import type { CompiledNetwork } from "../../compile.ts";
import { type Engine, REACHED, SPENT, type Start } from "../engine.ts";
import { propensityFailure } from "../failure.ts";
import { factored, type Factors, factorsOf, fire } from "../factors.ts";
import type { Method } from "../method.ts";
import { simulatorOf } from "../simulator.ts";

/** Events after which the sum is taken afresh in any case. */
const REFRESH = 65_536;

/** State of one trajectory. */
interface Workspace extends Factors {
  /** Propensities, shape [R]. */
  readonly a: Float64Array;
  /** Reactions in the order in which they are searched, shape [R]. */
  readonly order: Int32Array;
  readonly clock: Float64Array;
  /** Time of the next event; the sum of propensities and its rounding error; the largest sum since it was taken afresh. */
  readonly next: Float64Array;
}

function sumAfresh({ a, next }: Workspace): void {
  let total = 0;
  for (const value of a) total += value;
  next[1] = total;
  next[2] = 0;
  next[3] = total;
}

function draw(net: CompiledNetwork, ws: Workspace, { x, random }: Start, t: number): void {
  const total = ws.next[1] + ws.next[2];
  if (!(total < Infinity)) throw propensityFailure(net, ws.a, x, t);
  ws.next[0] = total > 0 ? t + drawExponentialByZiggurat(random) / total : Infinity;
}

/** Sets one propensity and keeps the sum by compensated addition (Neumaier 1974). Hot path. */
function update(net: CompiledNetwork, ws: Workspace, x: Float64Array, q: number, t: number): void {
  const { a, next } = ws;
  const value = factored(net, ws, q, x);
  const delta = value - a[q];
  a[q] = value;
  if (!(value >= 0)) throw propensityFailure(net, a, x, t);
  const sum = next[1] + delta;
  next[2] += Math.abs(next[1]) >= Math.abs(delta) ? next[1] - sum + delta : delta - sum + next[1];
  next[1] = sum;
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
  const { a, order, clock, next } = ws;
  const count = a.length;
  while (next[0] < until) {
    if (clock[1] >= budget) return SPENT;
    const t = next[0];
    // Reaction: linear search in the present order.
    const target = random() * (next[1] + next[2]);
    let i = 0;
    let before = a[order[0]];
    while (target >= before && i < count - 1) before += a[order[++i]];
    while (!(a[order[i]] > 0)) i = i === 0 ? count - 1 : i - 1; // rounding of the sum led past the last that can fire
    const r = order[i];
    // One place forward (McCollum et al. 2006, §2.3), so that frequent reactions are found early.
    if (i > 0) {
      const other = order[i - 1];
      order[i - 1] = r;
      order[i] = other;
    }
    clock[0] = t;
    clock[1]++;
    fire(net, r, x, most, t);
    const last = dependentStart[r + 1];
    for (let d = dependentStart[r]; d < last; d++) update(net, ws, x, dependent[d], t);
    if (next[1] > next[3]) next[3] = next[1];
    // The compensated sum is good to some 1e-25 of the largest; afresh long before that could show.
    if (next[1] < 1e-9 * next[3] || clock[1] % REFRESH === 0 || !(next[1] < Infinity)) sumAfresh(ws);
    draw(net, ws, start, t);
    if (stops[r] === 1) return r;
  }
  return REACHED;
}

function createEngine(net: CompiledNetwork): Engine {
  const count = net.rate.length;
  const ws: Workspace = {
    ...factorsOf(net),
    a: new Float64Array(count),
    order: new Int32Array(count),
    clock: new Float64Array(2),
    next: new Float64Array(4),
  };
  let start: Start;
  return {
    clock: ws.clock,
    begin(from) {
      start = from;
      ws.clock[0] = from.time;
      ws.clock[1] = 0;
      ws.a.fill(0);
      for (let r = 0; r < count; r++) {
        ws.order[r] = r;
        update(net, ws, from.x, r, from.time);
      }
      sumAfresh(ws);
      draw(net, ws, from, from.time);
    },
    advance: (until, budget, stops) => advance(net, ws, start, until, budget, stops),
    refresh(t, reactions) {
      for (let i = 0; i < reactions.length; i++) update(net, ws, start.x, reactions[i], t);
      sumAfresh(ws);
      draw(net, ws, start, t);
    },
  };
}

/**
 * The sorting direct method (McCollum, Peterson, Cox, Simpson & Samatova 2006,
 * doi:10.1016/j.compbiolchem.2005.10.007): the direct method, whose linear search begins with the reactions that have
 * fired most of late. Exact. Good for some ten to some thousand reactions of which few do most of the work.
 */
export const sortingDirect: Method = {
  name: "sortingDirect",
  prepare: (net) => simulatorOf(net, "sortingDirect", createEngine(net)),
};
