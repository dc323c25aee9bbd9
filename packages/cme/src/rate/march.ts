import { NumericalError } from "@dbd/numerics/errors";
import {
  type AdaptiveMethod,
  type Counts,
  dormandPrince54,
  type Field,
  type Integration,
  integrate,
  type Integrator,
  ndf,
  rodas4,
} from "@dbd/ode";
import { type EmittedIntegrator, type EmittedSystem, emitIntegrator, factorsSparsely } from "@dbd/ode/wasm";
import { speciesIndex } from "../network.ts";
import { eventQueue, type RateEvent } from "./eventQueue.ts";
import type { RateEquations } from "./rateEquations.ts";
import type { RateSolution, RateSolveOptions } from "./rateSolution.ts";
import { spectralRadius } from "./spectralRadius.ts";

/** Steps of the explicit method between two looks for stiffness. */
const look = 500;
/** Of the real axis that Dormand–Prince is stable on, 3.3: steps this long times the fastest rate are held back by it. */
const stiffReach = 2.2;
/** Up to this many states a factorisation a step costs less than the steps that ndf needs more. */
const mostRodas = 60;

/** Up to this many states the emitted stiff method, whose factorisation knows the pattern, is tried before ndf. */
const mostEmittedRodas = 2000;
/** Nodes of the equations that are worth writing into WebAssembly. */
const largestGraph = 100_000;

/** A part of the solution between events, as both back ends give it. */
interface Part {
  readonly stopped: Integration["stopped"] | "underflow";
  readonly times: Float64Array;
  /** Shape [T, P]. */
  readonly values: Float64Array;
  readonly end: { readonly time: number; readonly y: Float64Array };
  readonly counts: Readonly<Counts>;
  /** The event that ended it. */
  readonly event: number | undefined;
  /** Length of a step near the end. */
  readonly step: number | undefined;
  readonly reason: string;
}

function partOf({ steps, events, ...rest }: Integration): Part {
  const n = steps.length - 1;
  const back = Math.min(n, 50);
  return { ...rest, event: events.at(-1)?.event, step: back > 0 ? (steps[n] - steps[n - back]) / back : undefined };
}

/** The way of one solution through events, methods and back ends. */
export class March {
  readonly equations: RateEquations;
  readonly times: Float64Array;
  readonly options: RateSolveOptions;
  readonly rows: Float64Array[] = [];
  readonly events: RateEvent[] = [];
  readonly methods: string[] = [];
  readonly counts: Counts = { evaluations: 0, jacobians: 0, factorizations: 0, accepted: 0, rejected: 0 };
  switched: number | undefined;
  backend: "generic" | "wasm" = "generic";
  private readonly field: Field;
  private readonly queue: ReturnType<typeof eventQueue>;
  private readonly clock: number;
  private integrator: Integrator | AdaptiveMethod;
  private step: number | undefined;
  private readonly emitted = new Map<EmittedIntegrator["name"], EmittedIntegrator | undefined>();
  /** Steps when the present method began. */
  private began = 0;
  private t: number;
  private y: Float64Array;

  constructor(equations: RateEquations, times: Float64Array, options: RateSolveOptions) {
    this.equations = equations;
    this.times = times;
    this.options = options;
    this.field = equations.field();
    this.queue = eventQueue(equations);
    this.clock = equations.states.indexOf("time");
    this.integrator = options.integrator ?? dormandPrince54;
    this.t = options.start ?? 0;
    this.y = equations.y0.slice();
    if (this.clock >= 0) this.y[this.clock] = this.t;
    for (const [name, value] of options.initial ?? [])
      this.y[speciesIndex(equations.network, name, "solveRateEquations")] = value;
  }

  /** Runs to the last time, or says why not. */
  run(): Pick<RateSolution, "stopped" | "reason" | "advice"> {
    try {
      return this.march();
    } catch (error) {
      if (error instanceof NumericalError) return { stopped: "failed", reason: this.named(error.message) };
      throw error;
    }
  }

  /** The integrator's words, with names instead of numbers of states. */
  private named(message: string): string {
    const { states } = this.equations;
    return message
      .replace(/component (\d+) is/, (_, p: string) => `component of ${states[Number(p)]} is`)
      .replace(/y\[(\d+)\]/g, (_, p: string) => states[Number(p)]);
  }

  private march(): Pick<RateSolution, "stopped" | "reason" | "advice"> {
    const end = this.times[this.times.length - 1];
    this.arrive(undefined);
    while (this.t < end) {
      const until = Math.min(end, this.queue.due);
      const part = this.advance(until);
      this.take(part);
      if (part.stopped === "aborted")
        return { stopped: "aborted", reason: part.reason, advice: "Go on from the last row" };
      if (part.event !== undefined && part.stopped === "event") this.arrive(part.event);
      else if (part.stopped === "end") this.arrive(undefined);
      else if (part.stopped === "budget") {
        const { maxSteps = 1e6 } = this.options;
        if (this.counts.accepted >= maxSteps)
          return {
            stopped: "budget",
            reason: `${maxSteps} steps were spent at t = ${this.t}`,
            advice: "Raise maxSteps, or loosen rtol and atol",
          };
        this.consider(part);
      }
    }
    return { stopped: "end", reason: `all times up to t = ${end} were reached` };
  }

  /** One part of the integration, with no event inside; at most `look` steps while something is to be decided. */
  private advance(until: number): Part {
    const { rtol = 1e-8, atol = 1e-12, maxSteps = 1e6, maxStep, signal } = this.options;
    const inside = this.times.filter((t) => t > this.t && t < until);
    const emitted = this.emittedMethod();
    const undecided = this.watched || (emitted === undefined && this.young && this.emittable);
    const budget = Math.min(maxSteps - this.counts.accepted, undecided ? look : Infinity);
    const common = { rtol, maxSteps: budget, maxStep, signal, firstStep: this.step };
    if (this.methods.at(-1) !== this.integrator.name) this.methods.push(this.integrator.name);
    if (emitted !== undefined) {
      this.backend = "wasm";
      const solution = emitted.integrate({
        ...common,
        y0: this.y,
        times: Float64Array.of(this.t, ...inside, until),
        atol: new Float64Array(this.y.length).fill(atol),
      });
      if (solution.stopped === "underflow") this.emitted.set(emitted.name, undefined); // the generic one says why
      return { ...solution, event: undefined, reason: `it was stopped at t = ${solution.end.time}` };
    }
    const problem = { ...common, y0: this.y, atol, integrator: this.integrator, events: this.queue.conditions() };
    const upTo = (times: readonly number[]): Part =>
      partOf(integrate(this.field, { ...problem, times: [this.t, ...times] }));
    try {
      return upTo([...inside, until]);
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      const limit = error.details.time ?? this.t;
      const kept = [...inside].filter((t) => t < limit);
      // what lies before the failure is kept, the last time included
      if (kept.length > 0) this.take({ ...upTo(kept), stopped: "budget" });
      throw error;
    }
  }

  /** Whether the method has not yet taken the steps that pay for writing a module. */
  private get young(): boolean {
    return this.counts.accepted - this.began < look;
  }

  private get emittable(): boolean {
    const { network, graph } = this.equations;
    const { integrator } = this;
    return (
      this.options.backend !== "generic" &&
      (network.events ?? []).length === 0 &&
      graph.ops.length <= largestGraph &&
      (integrator === dormandPrince54 || integrator === rodas4)
    );
  }

  /** The emitted stepper of the present method, once the solution has proved long enough to pay for it. */
  private emittedMethod(): EmittedIntegrator | undefined {
    const name = this.integrator === rodas4 ? "rodas4" : "dormandPrince54";
    if (!this.emittable || (this.young && !this.emitted.has(name))) return undefined;
    return this.write(name);
  }

  private write(name: EmittedIntegrator["name"]): EmittedIntegrator | undefined {
    if (!this.emitted.has(name)) this.emitted.set(name, emitIntegrator(this.system(), name));
    return this.emitted.get(name);
  }

  private system(): EmittedSystem {
    const { graph, slopes, jacobian, u } = this.equations;
    const entries = (): { row: number; column: number; node: number }[] =>
      jacobian().map(({ row, leaf, node }) => ({ row, column: leaf.index, node }));
    return { graph, slopes, u, jacobian: entries };
  }

  private get watched(): boolean {
    return this.options.integrator === undefined && this.switched === undefined;
  }

  private take(part: Part): void {
    const { times, values, end, counts, stopped, step } = part;
    const size = this.y.length;
    for (const key of Object.keys(this.counts) as (keyof Counts)[]) this.counts[key] += counts[key];
    for (let i = 1; i < times.length; i++)
      if (times[i] === this.times[this.rows.length] && (times[i] < end.time || stopped === "budget"))
        this.rows.push(values.slice(i * size, (i + 1) * size));
    this.t = end.time;
    this.y = end.y.slice();
    // an event keeps the clock of the dense output, with which its trigger was seen to change
    if (this.clock >= 0 && stopped !== "event") this.y[this.clock] = end.time;
    this.step = stopped === "budget" ? step : undefined;
  }

  /** Events at the present time, then the row of that time. */
  private arrive(crossed: number | undefined): void {
    this.events.push(...this.queue.settle(this.t, this.y, crossed));
    const next = this.times[this.rows.length];
    // an event that falls on a time of the grid may be found a rounding beside it
    if (Math.abs(next - this.t) <= 4 * Number.EPSILON * Math.abs(this.t)) this.rows.push(this.y.slice());
  }

  /** Goes over to a stiff method when steps are as long as stability allows rather than accuracy. */
  private consider({ step, end }: Part): void {
    if (!this.watched || step === undefined) return;
    const { dynamics, u } = this.equations;
    if (!(step * spectralRadius(dynamics, end.y, u) > stiffReach)) return;
    this.switched = this.t;
    const size = this.y.length;
    this.step = undefined;
    this.integrator = rodas4;
    this.began = this.counts.accepted;
    if (size <= mostRodas) return;
    const sparse = this.emittable && size <= mostEmittedRodas && factorsSparsely(this.system());
    if (!sparse || this.write("rodas4") === undefined) this.integrator = ndf;
  }
}
