import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
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
import { program } from "@dbd/ode/wasm";
import { type Network, speciesIndex } from "../network.ts";
import { checkTimes } from "../times.ts";
import { eventQueue, type RateEvent } from "./eventQueue.ts";
import { type RateConvention, type RateEquations, rateEquations } from "./rateEquations.ts";
import { spectralRadius } from "./spectralRadius.ts";

/** How to solve. */
export interface RateSolveOptions {
  /** See `rateEquations`. */
  readonly convention?: RateConvention;
  /** Time at which the network's initial amounts hold, 0 when left out. */
  readonly start?: number;
  /** Other amounts at the start, by species. */
  readonly initial?: ReadonlyMap<string, number>;
  /** Relative tolerance of a step, 1e-8 when left out. */
  readonly rtol?: number;
  /** Absolute tolerance of a step in copies, 1e-12 when left out. */
  readonly atol?: number;
  /** When left out: dormandPrince54, and from where that proves stiff rodas4 (up to 60 states) or ndf. */
  readonly integrator?: Integrator | AdaptiveMethod;
  /** Accepted steps after which it stops; a million when left out. */
  readonly maxSteps?: number;
  /** Longest step; no limit when left out. Set it when rates have short pulses in time. */
  readonly maxStep?: number;
  /** Asked before every step. */
  readonly signal?: { readonly aborted: boolean };
}

/** The solution at the times that were reached. */
export interface RateSolution {
  /** `end`: all times; `budget`: maxSteps; `aborted`: by the signal; `failed`: see reason. */
  readonly stopped: "end" | "budget" | "aborted" | "failed";
  /** The same as a sentence. */
  readonly reason: string;
  /** What to try, when it did not end as asked. */
  readonly advice?: string;
  /** Shape [T] of those that were reached. */
  readonly times: Float64Array;
  readonly species: readonly string[];
  /** Copies of the species, shape [T, S]. */
  readonly values: Float64Array;
  /** A species, or a name with an assignment or rate rule or that events set, over the times, shape [T]. */
  readonly column: (name: string) => Float64Array;
  readonly events: readonly RateEvent[];
  /** Methods used, in their order; the second one from `switched` on. */
  readonly methods: readonly string[];
  /** Where the stiff method took over. */
  readonly switched?: number;
  readonly counts: Readonly<Counts>;
}

const where = "solveRateEquations";
/** Steps of the explicit method between two looks for stiffness. */
const look = 500;
/** Of the real axis that Dormand–Prince is stable on, 3.3: steps this long times the fastest rate are held back by it. */
const stiffReach = 2.2;
/** Up to this many states a factorisation a step costs less than the steps that ndf needs more. */
const mostRodas = 60;

/** Whether the last steps were as long as stability allows rather than accuracy. */
function heldBack(field: Field, { steps, end }: Integration): boolean {
  const n = steps.length - 1;
  const back = Math.min(n, 50);
  const h = (steps[n] - steps[n - back]) / back;
  return h * spectralRadius(field, end.y) > stiffReach;
}

class March {
  readonly equations: RateEquations;
  readonly times: Float64Array;
  readonly options: RateSolveOptions;
  readonly rows: Float64Array[] = [];
  readonly events: RateEvent[] = [];
  readonly methods: string[] = [];
  readonly counts: Counts = { evaluations: 0, jacobians: 0, factorizations: 0, accepted: 0, rejected: 0 };
  switched: number | undefined;
  private readonly field: Field;
  private readonly queue: ReturnType<typeof eventQueue>;
  private readonly clock: number;
  private integrator: Integrator | AdaptiveMethod;
  private step: number | undefined;
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
    for (const [name, value] of options.initial ?? []) this.y[speciesIndex(equations.network, name, where)] = value;
  }

  /** Runs to the last time, or says why not. */
  run(): Pick<RateSolution, "stopped" | "reason" | "advice"> {
    try {
      return this.march();
    } catch (error) {
      if (error instanceof NumericalError) return { stopped: "failed", reason: error.message };
      throw error;
    }
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
      if (part.stopped === "event") this.arrive(part.events.at(-1)!.event);
      else if (part.stopped === "end") this.arrive(undefined);
      else {
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

  /** One part of the integration, with no event inside; at most `look` steps while stiffness is watched for. */
  private advance(until: number): Integration {
    const { rtol = 1e-8, atol = 1e-12, maxSteps = 1e6, maxStep, signal } = this.options;
    const inside = this.times.filter((t) => t > this.t && t < until);
    const events = this.queue.conditions();
    const problem = {
      y0: this.y,
      integrator: this.integrator,
      rtol,
      atol,
      events,
      maxSteps: Math.min(maxSteps - this.counts.accepted, this.watched ? look : Infinity),
      maxStep,
      signal,
      firstStep: this.step,
    };
    const upTo = (times: readonly number[]): Integration =>
      integrate(this.field, { ...problem, times: [this.t, ...times] });
    if (this.methods.at(-1) !== this.integrator.name) this.methods.push(this.integrator.name);
    try {
      return upTo([...inside, until]);
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      const limit = error.details.time ?? this.t;
      const kept = [...inside].filter((t) => t < limit);
      if (kept.length > 0) this.take(upTo(kept)); // what lies before the failure is kept
      throw error;
    }
  }

  private get watched(): boolean {
    return this.options.integrator === undefined && this.switched === undefined;
  }

  private take(part: Integration): void {
    const { times, values, size, end, counts, steps, stopped } = part;
    for (const key of Object.keys(this.counts) as (keyof Counts)[]) this.counts[key] += counts[key];
    for (let i = 1; i < times.length; i++)
      if (times[i] === this.times[this.rows.length] && (times[i] < end.time || stopped === "budget"))
        this.rows.push(values.slice(i * size, (i + 1) * size));
    this.t = end.time;
    this.y = end.y.slice();
    // an event keeps the clock of the dense output, with which its trigger was seen to change
    if (this.clock >= 0 && stopped !== "event") this.y[this.clock] = end.time;
    this.step =
      stopped === "budget" && steps.length > 1 ? steps[steps.length - 1] - steps[steps.length - 2] : undefined;
  }

  /** Events at the present time, then the row of that time. */
  private arrive(crossed: number | undefined): void {
    this.events.push(...this.queue.settle(this.t, this.y, crossed));
    const next = this.times[this.rows.length];
    // an event that falls on a time of the grid may be found a rounding beside it
    if (Math.abs(next - this.t) <= 4 * Number.EPSILON * Math.abs(this.t)) this.rows.push(this.y.slice());
  }

  private consider(part: Integration): void {
    if (!this.watched || !heldBack(this.field, part)) return;
    this.switched = this.t;
    this.integrator = this.y.length <= mostRodas ? rodas4 : ndf;
    this.step = undefined;
  }
}

/**
 * Solves the rate equations of a network. When to use it: many copies of every species, or a first look. Cost:
 * milliseconds. Without `integrator` it starts with dormandPrince54 and asks every 500 steps whether they are as long as
 * stability allows (step times spectral radius of the Jacobian above 2.2); if so it goes on with a stiff method.
 * Events are found by sign changes along the dense output: a trigger that is true for less than a quarter of a step may be
 * missed (`maxStep`). A failure on the way is data: `stopped` is "failed", the times before are kept.
 * @param times - Ascending, shape [T].
 * @throws {ArgumentError} Before any work.
 */
export function solveRateEquations(
  network: Network,
  times: ArrayLike<number>,
  options: RateSolveOptions = {},
): RateSolution {
  const { start = 0, convention } = options;
  const wanted = checkTimes(times, start, where);
  const equations = rateEquations(network, { coefficients: [], ...(convention === undefined ? {} : { convention }) });
  for (const [name, value] of options.initial ?? [])
    if (!Number.isFinite(value))
      throw new ArgumentError(where, `the initial amount of ${name} must be finite, got ${value}`);
  const march = new March(equations, wanted, options);
  const ending = march.run();
  const { rows } = march;
  const names = [...equations.states, ...equations.assigned.keys()];
  const roots = names.map((name, p) => equations.assigned.get(name) ?? equations.graph.state(p));
  const outputs = program(equations.graph, roots);
  const all = rows.map((row) => {
    const out = new Float64Array(roots.length);
    outputs.run(row, equations.u, out);
    return out;
  });
  const { species } = network;
  const values = new Float64Array(rows.length * species.length);
  all.forEach((row, t) => values.set(row.subarray(0, species.length), t * species.length));
  return {
    ...ending,
    times: wanted.slice(0, rows.length),
    species,
    values,
    column(name) {
      const place = names.indexOf(name);
      if (place < 0) speciesIndex({ ...network, species: names }, name, where);
      return Float64Array.from(all, (row) => row[place]);
    },
    events: march.events,
    methods: march.methods,
    ...(march.switched === undefined ? {} : { switched: march.switched }),
    counts: march.counts,
  };
}
