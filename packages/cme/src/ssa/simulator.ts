import type { CompiledNetwork } from "../compile.ts";
import { checkStart, mostOf } from "./counts.ts";
import { eventful } from "./eventful.ts";
import { type Engine, SPENT } from "./engine.ts";
import type { Outcome, Simulator, Trajectory } from "./method.ts";

/** Two copies of one loop, each for one kind of array: engines then convert without looking at the kind. */
function recordCounts(out: Int32Array, at: number, x: Float64Array, width: number): void {
  for (let s = 0; s < width; s++) out[at + s] = x[s];
}

function recordDoubles(out: Float64Array, at: number, x: Float64Array, width: number): void {
  for (let s = 0; s < width; s++) out[at + s] = x[s];
}

function plain(net: CompiledNetwork, engine: Engine, stops: Uint8Array, trajectory: Trajectory): Outcome {
  const { start, times, random, state, out, maxEvents } = trajectory;
  const width = out.length / times.length;
  checkStart(net, trajectory.x, mostOf(out));
  const x = engine.home ?? trajectory.x;
  if (x !== trajectory.x) x.set(trajectory.x);
  engine.begin({ x, time: start, random, state, most: mostOf(out) });
  const { clock } = engine;
  let row = 0;
  for (; row < times.length; row++) {
    if (engine.advance(times[row], maxEvents, stops) === SPENT) break;
    if (out instanceof Int32Array) recordCounts(out, row * width, x, width);
    else recordDoubles(out, row * width, x, width);
  }
  if (x !== trajectory.x) trajectory.x.set(x);
  return { events: clock[1], rows: row, time: clock[0] };
}

/**
 * Whole trajectories from an engine: on a grid of times, and with the events, rules and laws of time that a network has.
 * @param method - Name for messages.
 */
export function simulatorOf(net: CompiledNetwork, method: string, engine: Engine): Simulator {
  if (net.dynamics !== undefined) return eventful(net, net.dynamics, method, engine);
  const stops = new Uint8Array(net.rate.length);
  return (trajectory) => plain(net, engine, stops, trajectory);
}
