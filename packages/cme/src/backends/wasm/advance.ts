import { call, type Code, get, i32, ifElse, load, op, sequence, set, store } from "@dbd/numerics/wasm/code";
import { exponentials, type GeneratorLocals, uniforms } from "./draws.ts";
import type { Frame } from "./frame.ts";
import type { Layout } from "./layout.ts";
import type { MemoryPlan, PlannedArray } from "./plan.ts";
import type { ReactionTables } from "./reactionTables.ts";

/** What `advance` returns besides REACHED, SPENT and reactions: a propensity or a count that cannot be. */
export const PROPENSITY = -3;
export const COUNT = -4;

/** Places of one trajectory's clock and generator. */
export interface TrajectoryPlan extends Pick<Layout, "lanes" | "random" | "wait" | "layer" | "edges" | "heights"> {
  /** Time of the last event, number of events. */
  readonly clock: PlannedArray;
  /** Time of the next event, sum of propensities. */
  readonly next: PlannedArray;
  /** The reaction that failed. */
  readonly failed: PlannedArray;
  readonly constants: PlannedArray;
}

export function planTrajectory(plan: MemoryPlan): TrajectoryPlan {
  const clock = plan.array(2, 8);
  const next = plan.array(2, 8);
  const failed = plan.array(1, 4);
  const random = plan.array(16, 4).at;
  const wait = plan.array(1, 8).at;
  const layer = plan.array(1, 4).at;
  const edges = plan.array(257, 8).at;
  const heights = plan.array(257, 8).at;
  return { lanes: 1, clock, next, failed, random, wait, layer, edges, heights, constants: plan.array(256, 8) };
}

/** Where a method's kernel finds things. */
export interface MethodPlan {
  readonly tables: ReactionTables;
  readonly trajectory: TrajectoryPlan;
  /** Propensities. */
  readonly a: PlannedArray;
  /** Indices of functions. */
  readonly law: number;
  readonly settle: number;
}

/** Parameters of every `advance(until, budget, most) → i32`. */
export const UNTIL = 0;
export const BUDGET = 1;
export const MOST = 2;

/** Locals for the time, the clock and the generator of one trajectory, and code that draws. */
export class TrajectoryWriter {
  readonly event: number;
  readonly events: number;
  readonly uniform: { readonly draw: Code; readonly value: Code };
  /** Draws an exponential variate into the local `wait`. */
  readonly exponential: Code;
  readonly wait: number;
  private readonly state: GeneratorLocals;
  private readonly at: TrajectoryPlan;
  private readonly frame: Frame;

  constructor(frame: Frame, { trajectory, settle }: MethodPlan) {
    const word = (): number => frame.local("i32");
    this.frame = frame;
    this.at = trajectory;
    this.event = frame.local();
    this.events = frame.local();
    this.wait = frame.local();
    this.state = [word(), word(), word(), word()];
    const drawn = uniforms(frame, this.state, 1);
    this.uniform = { draw: drawn.draw, value: drawn.values[0] };
    const tried = exponentials(frame, this.state, [this.wait], trajectory.edges);
    const [candidate] = tried.vectors;
    const finish = sequence(
      this.storeState,
      store("f64.store", i32(0), get(this.wait), trajectory.wait),
      store("i32.store", i32(0), get(tried.layer), trajectory.layer),
      call(settle),
      this.loadState,
      set(this.wait, load("f64.load", i32(0), trajectory.wait)),
    );
    this.exponential = sequence(tried.draw, candidate.set, ifElse(op("i32.eqz", candidate.settled), finish));
  }

  private get storeState(): Code {
    return sequence(...this.state.map((local, w) => store("i32.store", i32(0), get(local), this.at.random + 16 * w)));
  }

  private get loadState(): Code {
    return sequence(...this.state.map((local, w) => set(local, load("i32.load", i32(0), this.at.random + 16 * w))));
  }

  /** Takes up clock and generator. */
  get enter(): Code {
    const { clock } = this.at;
    return sequence(
      set(this.event, load("f64.load", i32(0), clock.at)),
      set(this.events, load("f64.load", i32(0), clock.at + 8)),
      this.loadState,
    );
  }

  /** Puts them back. */
  get leave(): Code {
    const { clock } = this.at;
    return sequence(
      store("f64.store", i32(0), get(this.event), clock.at),
      store("f64.store", i32(0), get(this.events), clock.at + 8),
      this.storeState,
    );
  }

  /** Counts an event at time t. */
  count(t: number): Code {
    return sequence(set(this.event, get(t)), set(this.events, this.frame.add(get(this.events), this.frame.number(1))));
  }

  /** Notes the reaction that failed (4 · r in a local). */
  failedAt(fourTimes: number): Code {
    return store("i32.store", i32(0), op("i32.shr_u", get(fourTimes), i32(2)), this.at.failed.at);
  }
}
