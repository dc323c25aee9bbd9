import { NumericalError, UnsupportedError } from "@dbd/numerics/errors";
import type { RandomSource } from "@dbd/numerics/random/source";
import type { CompiledDynamics, CompiledNetwork, LawFunction } from "../compile.ts";
import { compileExpression, type Expression, symbolsOf, timeSymbol } from "../expression.ts";
import { eventLabel, type NetworkEvent } from "../network.ts";
import { stateText } from "./failure.ts";
import { createFlipFinder, type FlipFinder } from "./flips.ts";

/** Executions at one moment beyond which events are taken to trigger each other without end. */
const mostAtOnce = 10_000;

interface CompiledEvent {
  readonly index: number;
  readonly event: NetworkEvent;
  readonly trigger: LawFunction;
  /** When the trigger turns by itself; undefined when it does not depend on time. */
  readonly flips: FlipFinder | undefined;
  /** Whether the trigger reads time alone. */
  readonly ofTimeAlone: boolean;
  readonly delay: LawFunction | undefined;
  readonly priority: LawFunction | undefined;
  readonly targets: readonly { readonly slot: number; readonly name: string; readonly value: LawFunction }[];
}

/** An event that has been triggered and waits for its time. */
interface Waiting {
  readonly event: CompiledEvent;
  readonly time: number;
  readonly values: readonly number[] | undefined;
}

function compileEvent(net: CompiledNetwork, dynamics: CompiledDynamics, index: number): CompiledEvent {
  const { slots, constants, resolve } = dynamics;
  const event = net.network.events![index];
  const code = (expr: Expression): LawFunction => compileExpression(resolve(expr), slots, constants);
  const trigger = resolve(event.trigger);
  const names = symbolsOf(trigger).filter((name) => slots.has(name));
  return {
    index,
    event,
    trigger: compileExpression(trigger, slots, constants),
    flips: names.includes(timeSymbol) ? createFlipFinder(trigger, slots, constants) : undefined,
    ofTimeAlone: names.every((name) => name === timeSymbol),
    delay: event.delay === undefined ? undefined : code(event.delay),
    priority: event.priority === undefined ? undefined : code(event.priority),
    targets: event.assignments.map(({ target, value }) => {
      const slot = slots.get(target);
      if (slot === undefined) throw new UnsupportedError(`${eventLabel(net.network, index)} setting "${target}"`);
      return { slot, name: target, value: code(value) };
    }),
  };
}

/**
 * The events of one trajectory: triggers that are watched and executions that wait. Follows SBML Level 3 Version 2 Core
 * §4.11.6: a trigger counts when it turns from false to true; of executions due at one time the one of the highest
 * priority comes first, equal ones in random order, those without a priority last and in the order of their triggers;
 * after each one all triggers are looked at again.
 */
export class Schedule {
  private readonly net: CompiledNetwork;
  private readonly slots: CompiledDynamics["slots"];
  private readonly timeSlot: number;
  private readonly events: readonly CompiledEvent[];
  private readonly was: boolean[] = [];
  private readonly flip: Float64Array;
  private waiting: Waiting[] = [];
  private random: RandomSource = () => 0;
  private most = Infinity;
  /** Executions so far. */
  executed: number = 0;

  constructor(net: CompiledNetwork, dynamics: CompiledDynamics) {
    const { events = [] } = net.network;
    this.net = net;
    this.slots = dynamics.slots;
    this.timeSlot = dynamics.slots.get(timeSymbol)!;
    this.events = events.map((_, index) => compileEvent(net, dynamics, index));
    this.flip = new Float64Array(events.length).fill(Infinity);
  }

  /** Slots that triggers read, time aside. */
  get watched(): ReadonlySet<number> {
    const watched = new Set<number>();
    for (const { event } of this.events) {
      const trigger = this.names(event.trigger);
      for (const name of trigger) watched.add(this.slots.get(name)!);
    }
    watched.delete(this.timeSlot);
    return watched;
  }

  private names(expr: Expression): string[] {
    // Assignment rules are unfolded by `resolve` only when compiled; here any name with a slot will do, and rules are
    // looked through by their own names.
    const seen = new Set<string>();
    const pending = [...symbolsOf(expr)];
    const assignments = this.net.network.assignments;
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      const rule = assignments?.get(name);
      if (rule !== undefined) pending.push(...symbolsOf(rule));
    }
    return [...seen].filter((name) => this.slots.has(name));
  }

  /** Takes up the start; triggers that are true there and count as false before are triggered. */
  begin(x: Float64Array, random: RandomSource, most: number): void {
    this.random = random;
    this.most = most;
    this.waiting = [];
    this.executed = 0;
    this.flip.fill(Infinity);
    for (const [i, { event }] of this.events.entries()) this.was[i] = event.initialTrigger;
    this.look(x);
  }

  /** When something happens without a reaction: an execution, or a trigger that turns with time. */
  get nextTime(): number {
    let next = Infinity;
    for (const { time } of this.waiting) if (time < next) next = time;
    for (let i = 0; i < this.flip.length; i++) if (this.flip[i] < next) next = this.flip[i];
    return next;
  }

  /** Finds when triggers will turn by themselves, up to `horizon`. */
  plan(x: Float64Array, horizon: number): void {
    const t = x[this.timeSlot];
    for (const [i, { flips, ofTimeAlone }] of this.events.entries()) {
      if (flips === undefined || (ofTimeAlone && this.flip[i] > t && this.flip[i] < Infinity)) continue;
      this.flip[i] = flips(x, t, horizon, this.was[i]);
    }
    x[this.timeSlot] = t;
  }

  /** Looks at all triggers in a state; those that turn true are triggered, those that turn false may cancel. */
  look(x: Float64Array): void {
    for (let i = 0; i < this.events.length; i++) {
      const compiled = this.events[i];
      const value = compiled.trigger(x);
      if (Number.isNaN(value)) throw this.failure(compiled, "has a trigger that is no number", x);
      const is = value !== 0;
      if (is === this.was[i]) continue;
      this.was[i] = is;
      this.flip[i] = Infinity;
      if (is) this.enqueue(compiled, x);
      else if (!compiled.event.persistent) this.waiting = this.waiting.filter(({ event }) => event !== compiled);
    }
  }

  private enqueue(event: CompiledEvent, x: Float64Array): void {
    const delay = event.delay?.(x) ?? 0;
    if (!(delay >= 0)) throw this.failure(event, `has the delay ${delay}`, x);
    const values = event.event.fromTriggerTime ? event.targets.map(({ value }) => value(x)) : undefined;
    this.waiting.push({ event, time: x[this.timeSlot] + delay, values });
  }

  /** The execution that comes next of those due at t, taken off the list. */
  private takeDue(x: Float64Array, t: number): Waiting | undefined {
    const due = this.waiting.filter(({ time }) => time <= t);
    if (due.length === 0) return undefined;
    let chosen = due[0];
    if (due.length > 1) {
      const priorities = due.map(({ event }) => event.priority?.(x) ?? -Infinity);
      const highest = Math.max(...priorities);
      const first = due.filter((_, i) => priorities[i] === highest);
      chosen = first[first.length > 1 && highest > -Infinity ? Math.floor(this.random() * first.length) : 0];
    }
    this.waiting.splice(this.waiting.indexOf(chosen), 1);
    return chosen;
  }

  /**
   * Executes everything that is due at the state's time, and what that triggers.
   * @param changed - Takes the slots that were set.
   */
  execute(x: Float64Array, changed: Set<number>): void {
    const t = x[this.timeSlot];
    const names = new Set<string>();
    for (let count = 1; ; count++) {
      const due = this.takeDue(x, t);
      if (due === undefined) return;
      if (count > mostAtOnce - 10) names.add(eventLabel(this.net.network, due.event.index));
      if (count > mostAtOnce) {
        const problem = `${[...names].join(" and ")} trigger each other without end at t = ${t} (${stateText(this.net, x)})`;
        throw new NumericalError(
          "simulate",
          problem,
          { time: t },
          "Let one of them make the other's trigger stay true",
        );
      }
      const values = due.values ?? due.event.targets.map(({ value }) => value(x));
      for (const [i, { slot, name }] of due.event.targets.entries()) {
        this.checkValue(due.event, slot, name, values[i], x);
        x[slot] = values[i];
        changed.add(slot);
      }
      this.executed++;
      this.look(x);
    }
  }

  private checkValue(event: CompiledEvent, slot: number, name: string, value: number, x: Float64Array): void {
    if (slot >= this.net.network.species.length) {
      if (Number.isFinite(value)) return;
      throw this.failure(event, `sets ${name} to ${value}`, x);
    }
    if (Number.isInteger(value) && value >= 0 && value <= this.most) return;
    const what = Number.isInteger(value) ? `from 0 to ${this.most}` : "whole, for example floor(A/2)";
    throw this.failure(event, `sets ${name} to ${value} where a number of copies must be ${what},`, x);
  }

  private failure({ index }: CompiledEvent, problem: string, x: Float64Array): NumericalError {
    const time = x[this.timeSlot];
    const label = eventLabel(this.net.network, index);
    return new NumericalError("simulate", `${label} ${problem} at t = ${time} (${stateText(this.net, x)})`, { time });
  }
}
