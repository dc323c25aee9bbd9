import { exponentialZiggurat } from "@dbd/numerics/random/ziggurat";
import { type ExportedFunction, instantiate } from "@dbd/numerics/wasm/engine";
import { type FunctionSpec, moduleBytes } from "@dbd/numerics/wasm/module";
import type { CompiledNetwork } from "../../compile.ts";
import { directBlocks, directEngine } from "../../ssa/direct/index.ts";
import type { Engine, Start } from "../../ssa/engine.ts";
import { countFailure, propensityFailure } from "../../ssa/failure.ts";
import { nextReactionEngine } from "../../ssa/nextReaction/index.ts";
import { COUNT, type MethodPlan, planTrajectory, PROPENSITY, type TrajectoryPlan } from "./advance.ts";
import { directAdvance } from "./directAdvance.ts";
import { Frame, single } from "./frame.ts";
import { LawWriter } from "./lawCode.ts";
import { nextReactionAdvance, queueSetFunction } from "./nextReactionAdvance.ts";
import { doubles, MemoryPlan, type PlannedArray, words } from "./plan.ts";
import { fillTables, lawFunction, mostLaws, planTables, type ReactionTables } from "./reactionTables.ts";
import { settleFunction } from "./settle.ts";

/** A method written as WebAssembly: its functions after the laws and the ziggurat, and its engine in this language. */
interface WasmMethod {
  /** @param first - Index of the first of the functions. */
  functions(frame: Frame, plan: MethodPlan, first: number): FunctionSpec[];
  /** The engine that begins trajectories and takes up changes, on the module's own arrays. */
  engine(buffer: ArrayBuffer, at: TrajectoryPlan, a: PlannedArray): Engine;
}

function directMethod(net: CompiledNetwork, plan: MemoryPlan): WasmMethod {
  const sums = plan.array(directBlocks(net.rate.length), 8);
  return {
    functions: (frame, method) => [directAdvance(frame, method, sums)],
    engine: (buffer, { clock, next }, a) =>
      directEngine(net, {
        a: doubles(buffer, a),
        sums: doubles(buffer, sums),
        clock: doubles(buffer, clock),
        next: doubles(buffer, next),
      }),
  };
}

function nextReactionMethod(net: CompiledNetwork, plan: MemoryPlan): WasmMethod {
  const count = net.rate.length;
  const queue = { time: plan.array(count, 8), heap: plan.array(count, 4), place: plan.array(count, 4) };
  return {
    functions: (frame, method, first) => {
      const advance = nextReactionAdvance(frame, method, queue, first);
      return [queueSetFunction(queue), advance];
    },
    engine: (buffer, { clock }, a) =>
      nextReactionEngine(net, {
        a: doubles(buffer, a),
        clock: doubles(buffer, clock),
        queue: {
          time: doubles(buffer, queue.time),
          heap: words(buffer, queue.heap),
          place: words(buffer, queue.place),
        },
      }),
  };
}

/** Methods that are written as WebAssembly, by name. */
const methods: ReadonlyMap<string, (net: CompiledNetwork, plan: MemoryPlan) => WasmMethod> = new Map([
  ["direct", directMethod],
  ["nextReaction", nextReactionMethod],
]);

/** Largest memory of a module, in bytes. */
const mostBytes = 2 ** 29;

/** A module's engine: `advance` in WebAssembly, everything else in this language on the same arrays. */
class WasmEngine implements Engine {
  readonly clock: Float64Array;
  private readonly net: CompiledNetwork;
  private readonly base: Engine;
  private readonly run: ExportedFunction;
  private readonly x: Float64Array;
  private readonly a: Float64Array;
  private readonly stops: Int32Array;
  private readonly random: Int32Array;
  private readonly failed: Int32Array;
  private start!: Start;
  private marked: Uint8Array | undefined;

  constructor(
    net: CompiledNetwork,
    base: Engine,
    run: ExportedFunction,
    buffer: ArrayBuffer,
    { tables, trajectory, a }: MethodPlan,
  ) {
    this.net = net;
    this.base = base;
    this.run = run;
    this.clock = base.clock;
    this.x = doubles(buffer, tables.x);
    this.a = doubles(buffer, a);
    this.stops = words(buffer, tables.stops);
    this.random = words(buffer, { at: trajectory.random, length: 16 });
    this.failed = words(buffer, trajectory.failed);
  }

  begin(start: Start): void {
    this.start = start;
    this.base.begin(start);
  }

  refresh(t: number, reactions: ArrayLike<number>): void {
    this.base.refresh(t, reactions);
  }

  advance(until: number, budget: number, stops: Uint8Array): number {
    const { x, state, most } = this.start;
    // A caller's own generator is a function of this language.
    if (state === undefined) return this.base.advance(until, budget, stops);
    if (this.marked !== stops) {
      this.stops.set(stops);
      this.marked = stops;
    }
    this.x.set(x);
    for (let w = 0; w < 4; w++) this.random[4 * w] = state[w];
    const end = this.run(until, budget, most);
    for (let s = 0; s < x.length; s++) x[s] = this.x[s];
    for (let w = 0; w < 4; w++) state[w] = this.random[4 * w];
    if (end === PROPENSITY) throw propensityFailure(this.net, this.a, x, this.clock[0]);
    if (end === COUNT) throw countFailure(this.net, this.failed[0], x, this.clock[0], most);
    return end;
  }
}

/**
 * An engine of one trajectory in WebAssembly written for a network: general laws, and any size of it that memory holds.
 * The draws, sums and bits are those of the method's engine in this language. It draws from the generator's state
 * (`Start.state`); without one it runs in this language.
 * @returns undefined for a method that is not written so, more than 256 laws, or an engine without WebAssembly.
 */
export function createWasmEngine(net: CompiledNetwork, method: string): Engine | undefined {
  const prepare = methods.get(method);
  const count = net.rate.length;
  if (prepare === undefined || count === 0) return undefined;
  const plan = new MemoryPlan();
  const trajectory = planTrajectory(plan);
  const tables: ReactionTables = planTables(net, net.dynamics?.width ?? net.network.species.length + 1, plan);
  if (tables.general.length > mostLaws) return undefined;
  // Padded to whole blocks by zeros.
  const padded = plan.array(16 * Math.ceil(count / 16), 8);
  const own = prepare(net, plan);
  if (plan.bytes > mostBytes) return undefined;
  const { slots, constants } = net.symbols;
  const writer = new LawWriter(slots, constants, tables.x.at);
  const law = lawFunction(tables, writer);
  const { imports } = writer;
  const settling = new Frame(single, 0, trajectory.constants.at);
  const settle = settleFunction(trajectory, settling);
  const frame = new Frame(single, 3, trajectory.constants.at + 16 * settling.constants.length);
  const written: MethodPlan = {
    tables,
    trajectory,
    a: { at: padded.at, length: count },
    law: imports.length,
    settle: imports.length + 1,
  };
  const functions = [law, settle, ...own.functions(frame, written, imports.length + 2)];
  const numbers = [...settling.constants, ...frame.constants];
  const bytes = moduleBytes({
    pages: 1,
    imports: imports.map(({ name, arity }) => ({
      name,
      params: Array.from({ length: arity }, () => "f64" as const),
      results: ["f64"],
    })),
    functions,
  });
  const given = Object.fromEntries(imports.map(({ name, run }) => [name, run]));
  const instance = instantiate(bytes, Math.ceil(plan.bytes / 65536), given);
  if (instance === undefined) return undefined;
  const { buffer } = instance.memory;
  const table = new BigInt64Array(buffer, trajectory.constants.at, trajectory.constants.length);
  for (const [i, value] of numbers.entries()) table.fill(value, 2 * i, 2 * i + 2);
  new Float64Array(buffer).set(exponentialZiggurat.x, trajectory.edges / 8);
  new Float64Array(buffer).set(exponentialZiggurat.height, trajectory.heights / 8);
  fillTables(tables, buffer);
  return new WasmEngine(net, own.engine(buffer, trajectory, written.a), instance.exports["advance"], buffer, written);
}
