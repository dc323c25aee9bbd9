import { NumericalError } from "@dbd/numerics/errors";
import type { EventCondition } from "@dbd/ode";
import { type Node, program } from "@dbd/ode/wasm";
import type { Expression } from "../expression.ts";
import { eventLabel } from "../network.ts";
import type { RateEquations } from "./rateEquations.ts";

/** An event that happened. */
export interface RateEvent {
  /** Index into `Network.events`. */
  readonly event: number;
  readonly time: number;
}

interface Pending {
  readonly event: number;
  readonly time: number;
  /** Values found at the trigger, when the event wants those. */
  readonly values: readonly number[] | undefined;
}

/** Events at one time after which they are taken to trigger each other without end. */
const mostCascades = 10_000;

/** The events of a network along a deterministic solution. Meaning as in SBML Level 3 Version 2 Core, §4.11. */
export interface EventQueue {
  /** What to look out for from the present state on, one condition an event. */
  conditions(): EventCondition[];
  /** When the next delayed event is due; Infinity when none is. */
  readonly due: number;
  /**
   * Triggers and executes what is due at (t, y), which is changed in place.
   * @param crossed - The event whose condition changed its sign here.
   * @throws {NumericalError} When events trigger each other without end.
   */
  settle(t: number, y: Float64Array, crossed?: number): RateEvent[];
}

/** A number that is positive where the trigger is true, negative where it is false, and perhaps 0 between. */
function crossingNode({ graph, node }: RateEquations, trigger: Expression): Node {
  const visit = (e: Expression): Node => {
    if (e.kind === "call") {
      if (e.op === ">" || e.op === ">=") return graph.binary("sub", node(e.args[0]), node(e.args[1]));
      if (e.op === "<" || e.op === "<=") return graph.binary("sub", node(e.args[1]), node(e.args[0]));
      if (e.op === "and") return e.args.map(visit).reduce((a, b) => graph.binary("min", a, b));
      if (e.op === "or") return e.args.map(visit).reduce((a, b) => graph.binary("max", a, b));
      if (e.op === "not") return graph.unary("neg", visit(e.args[0]));
    }
    return graph.select(node(e), graph.constant(1), graph.constant(-1));
  };
  return visit(trigger);
}

/** Ties of equal priority are taken in the order of the network, where the simulators draw. */
export function eventQueue(equations: RateEquations): EventQueue {
  const { network, graph, states } = equations;
  const events = network.events ?? [];
  const u = new Float64Array(equations.u);
  const evaluator = (node: Node): ((y: Float64Array) => number) => {
    const made = program(graph, [node]);
    const out = new Float64Array(1);
    return (y) => {
      made.run(y, u, out);
      return out[0];
    };
  };
  const valueOf = (expr: Expression): ((y: Float64Array) => number) => evaluator(equations.node(expr));
  const compiled = events.map((event) => ({
    truth: valueOf(event.trigger),
    crossing: evaluator(crossingNode(equations, event.trigger)),
    delay: event.delay === undefined ? undefined : valueOf(event.delay),
    priority: event.priority === undefined ? undefined : valueOf(event.priority),
    targets: event.assignments.map(({ target }) => states.indexOf(target)),
    values: event.assignments.map(({ value }) => valueOf(value)),
  }));
  const was = events.map(({ initialTrigger }) => initialTrigger);
  let pending: Pending[] = [];

  const trigger = (i: number, t: number, y: Float64Array): void => {
    const { delay, values } = compiled[i];
    const wait = delay?.(y) ?? 0;
    if (!(wait >= 0))
      throw new NumericalError("solveRateEquations", `the delay of ${eventLabel(network, i)} is ${wait} at t = ${t}`, {
        time: t,
      });
    const found = events[i].fromTriggerTime ? values.map((value) => value(y)) : undefined;
    pending.push({ event: i, time: t + wait, values: found });
  };

  const watch = (t: number, y: Float64Array, crossed: number | undefined): void => {
    compiled.forEach(({ truth }, i) => {
      const now = i === crossed ? !was[i] : truth(y) !== 0; // at a crossing, rounding may not show the change yet
      if (now && !was[i]) trigger(i, t, y);
      if (!now && !events[i].persistent) pending = pending.filter(({ event }) => event !== i);
      was[i] = now;
    });
  };

  return {
    get due() {
      return pending.reduce((least, { time }) => Math.min(least, time), Infinity);
    },
    conditions: () =>
      compiled.map(({ crossing, truth }, i) => ({
        // at 0 the trigger decides, so that the sign is always that of the trigger
        value: (_t, y) => crossing(y) || (truth(y) !== 0 ? Number.MIN_VALUE : -Number.MIN_VALUE),
        direction: was[i] ? -1 : 1,
        terminal: true,
      })),
    settle(t, y, crossed) {
      const happened: RateEvent[] = [];
      watch(t, y, crossed);
      for (;;) {
        const ready = pending.filter(({ time }) => time <= t);
        if (ready.length === 0) return happened;
        if (happened.length >= mostCascades)
          throw new NumericalError(
            "solveRateEquations",
            `events trigger each other without end at t = ${t}, the last one ${eventLabel(network, ready[0].event)}`,
            { time: t },
            "Look at triggers that the assignments of other events turn true",
          );
        const rank = ({ event }: Pending): number => compiled[event].priority?.(y) ?? -Infinity;
        const first = ready.reduce((best, next) => (rank(next) > rank(best) ? next : best));
        pending.splice(pending.indexOf(first), 1);
        const { targets, values } = compiled[first.event];
        const found = first.values ?? values.map((value) => value(y));
        targets.forEach((target, k) => (y[target] = found[k]));
        happened.push({ event: first.event, time: t });
        watch(t, y, undefined);
      }
    },
  };
}
