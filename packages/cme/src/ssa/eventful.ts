import { NumericalError, UnsupportedError } from "@dbd/numerics/errors";
import type { CompiledDynamics, CompiledNetwork, LawFunction } from "../compile.ts";
import { compileExpression, timeSymbol } from "../expression.ts";
import { checkStart, mostOf } from "./counts.ts";
import { type Engine, SPENT } from "./engine.ts";
import { fire } from "./factors.ts";
import type { Outcome, Simulator, Trajectory } from "./method.ts";
import { Schedule } from "./scheduled.ts";
import { Thinning } from "./thinning.ts";

/** Species that an assignment rule gives, written into the state before it is recorded. */
function assignedSpecies(net: CompiledNetwork, dynamics: CompiledDynamics): (readonly [number, LawFunction])[] {
  const { species, assignments } = net.network;
  const { slots, constants, resolve } = dynamics;
  return species.flatMap((name, s) => {
    const rule = assignments?.get(name);
    return rule === undefined ? [] : [[s, compileExpression(resolve(rule), slots, constants)] as const];
  });
}

/** 1 for reactions that change a slot that is watched, shape [R]. */
function stopsOf({ rate, changeStart, changeSpecies }: CompiledNetwork, watched: ReadonlySet<number>): Uint8Array {
  return Uint8Array.from(rate, (_, r) => {
    for (let e = changeStart[r]; e < changeStart[r + 1]; e++) if (watched.has(changeSpecies[e])) return 1;
    return 0;
  });
}

/** One trajectory of a network with rules, events or laws of time, with an engine for the reactions of the state alone. */
class EventfulRun {
  private readonly net: CompiledNetwork;
  private readonly dynamics: CompiledDynamics;
  private readonly engine: Engine;
  private readonly schedule: Schedule;
  private readonly thinning: Thinning;
  private readonly assigned: (readonly [number, LawFunction])[];
  private readonly stops: Uint8Array;
  private readonly timeSlot: number;
  private readonly x: Float64Array;
  private trajectory!: Trajectory;
  private horizon = 0;
  private fired = 0;
  private last = 0;

  constructor(net: CompiledNetwork, dynamics: CompiledDynamics, engine: Engine) {
    this.net = net;
    this.dynamics = dynamics;
    this.engine = engine;
    this.schedule = new Schedule(net, dynamics);
    this.thinning = new Thinning(net, dynamics);
    this.assigned = assignedSpecies(net, dynamics);
    this.stops = stopsOf(net, new Set([...this.schedule.watched, ...this.thinning.watched]));
    this.timeSlot = dynamics.slots.get(timeSymbol)!;
    this.x = new Float64Array(dynamics.width);
  }

  private begin(trajectory: Trajectory): void {
    const { x, schedule, engine, dynamics } = this;
    const { start, times, random, state, out } = trajectory;
    const species = this.net.network.species.length;
    this.trajectory = trajectory;
    this.horizon = times[times.length - 1];
    this.fired = 0;
    this.last = start;
    for (let s = 0; s < species; s++) x[s] = trajectory.x[s];
    x[species] = 1;
    x[this.timeSlot] = start;
    for (const { slot, value } of dynamics.variables) x[slot] = value;
    const most = mostOf(out);
    checkStart(this.net, x, most);
    schedule.begin(x, random, most);
    this.thinning.begin();
    engine.begin({ x, time: start, random, state, most });
    this.settle(start, true);
  }

  /** After anything but a plain reaction at time t: executions that are due, and everything planned anew. */
  private settle(t: number, begun = false): void {
    const { x, schedule, engine } = this;
    x[this.timeSlot] = t;
    const changed = new Set<number>();
    const before = schedule.executed;
    schedule.execute(x, changed);
    if (schedule.executed > before) this.last = t;
    if (changed.size > 0) {
      const reactions = new Set([...changed].flatMap((slot) => this.dynamics.readers[slot] ?? []));
      engine.refresh(t, Int32Array.from(reactions).sort());
    }
    if (begun || changed.size > 0) this.thinning.plan(x, t, this.horizon, this.trajectory.random);
    schedule.plan(x, this.horizon);
  }

  /** After reaction r at time t, when something watches what it changes. */
  private watch(t: number): void {
    const { x } = this;
    x[this.timeSlot] = t;
    this.schedule.look(x);
    this.thinning.plan(x, t, this.horizon, this.trajectory.random);
    this.settle(t);
  }

  /** A candidate of the laws of time. */
  private consider(t: number): void {
    const { x, thinning, engine } = this;
    const { random, out } = this.trajectory;
    x[this.timeSlot] = t;
    const r = thinning.decide(x, random);
    if (r !== undefined) {
      fire(this.net, r, x, mostOf(out), t);
      this.fired++;
      this.last = t;
      const { dependentStart, dependent } = this.net;
      const touched = dependent.subarray(dependentStart[r], dependentStart[r + 1]);
      if (touched.length > 0) engine.refresh(t, touched);
    }
    this.watch(t);
  }

  /** What a rule gives a species, when the record can hold it. */
  private recordable(s: number, value: number): number {
    const { out } = this.trajectory;
    const fits = out instanceof Int32Array ? (value | 0) === value : Number.isFinite(value);
    if (fits) return value;
    const time = this.x[this.timeSlot];
    const problem = `${this.net.network.species[s]} is ${value} at t = ${time}, which cannot be recorded as a count`;
    throw new NumericalError("simulate", problem, { time }, "Ask for moments alone, or round it by floor()");
  }

  private outcome(rows: number): Outcome {
    const { clock } = this.engine;
    const { species } = this.net.network;
    for (let s = 0; s < species.length; s++) this.trajectory.x[s] = this.x[s];
    return { events: this.events, rows, time: Math.max(this.last, clock[1] > 0 ? clock[0] : -Infinity) };
  }

  /** Firings of reactions and executions of events. */
  private get events(): number {
    return this.engine.clock[1] + this.fired + this.schedule.executed;
  }

  run(trajectory: Trajectory): Outcome {
    const { engine, schedule, thinning, stops, net, x } = this;
    const { times, maxEvents, out } = trajectory;
    this.begin(trajectory);
    const width = net.network.species.length;
    for (let row = 0; row < times.length; row++) {
      const due = times[row];
      for (;;) {
        const next = Math.min(schedule.nextTime, thinning.candidate, thinning.windowEnd);
        const until = Math.min(next, due);
        const budget = maxEvents - (this.events - engine.clock[1]);
        const end = engine.advance(until, budget, stops);
        if (end === SPENT) return this.outcome(row);
        if (end >= 0) {
          this.watch(engine.clock[0]);
          continue;
        }
        if (next > due) break;
        if (this.events >= maxEvents) return this.outcome(row);
        this.happen(next);
      }
      x[this.timeSlot] = due;
      for (const [s, value] of this.assigned) x[s] = this.recordable(s, value(x));
      for (let s = 0, at = row * width; s < width; s++, at++) out[at] = x[s];
    }
    return this.outcome(times.length);
  }

  /** What is planned for time t: an execution or a trigger that turns, else a candidate, else the end of a window. */
  private happen(t: number): void {
    const { x, schedule, thinning } = this;
    if (schedule.nextTime <= t) {
      x[this.timeSlot] = t;
      schedule.look(x);
      this.settle(t);
    } else if (thinning.candidate <= t) this.consider(t);
    else thinning.plan(x, t, this.horizon, this.trajectory.random);
  }
}

/**
 * Simulator of a network with dynamics: events happen at their exact time between reactions, or right after the reaction
 * that makes their trigger true; laws of time are thinned.
 * @throws {UnsupportedError} For rate rules.
 */
export function eventful(net: CompiledNetwork, dynamics: CompiledDynamics, method: string, engine: Engine): Simulator {
  const [rule] = net.network.rateRules?.keys() ?? [];
  if (rule !== undefined) {
    throw new UnsupportedError(`the rate rule of "${rule}" in the method ${method}`, {
      hint: "The rate equations integrate it",
    });
  }
  const run = new EventfulRun(net, dynamics, engine);
  return (trajectory) => run.run(trajectory);
}
