import { exponentialZiggurat } from "@dbd/numerics/random/ziggurat";
import { type ExportedFunction, instantiate } from "@dbd/numerics/wasm/engine";
import { type FunctionSpec, moduleBytes } from "@dbd/numerics/wasm/module";
import type { CompiledNetwork } from "../../compile.ts";
import type { Engine, Start } from "../../ssa/engine.ts";
import { countFailure, propensityFailure } from "../../ssa/failure.ts";
import { COUNT, type MethodPlan, PROPENSITY, type TrajectoryPlan } from "./advance.ts";
import { Frame, single } from "./frame.ts";
import { LawWriter } from "./lawCode.ts";
import { doubles, type MemoryPlan, type PlannedArray, words } from "./plan.ts";
import { fillTables, lawFunction, mostLaws, type ReactionTables } from "./reactionTables.ts";
import { settleFunction } from "./settle.ts";

/** Largest memory of a module, in bytes. */
const mostBytes = 2 ** 29;

/** A module's engine: `advance` in WebAssembly, everything else in this language on the same arrays. */
class WasmEngine implements Engine {
  readonly clock: Float64Array;
  private readonly net: CompiledNetwork;
  private readonly base: Engine;
  private readonly run: ExportedFunction;
  readonly home: Float64Array;
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
    this.home = doubles(buffer, tables.x);
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
    if (x !== this.home) this.home.set(x);
    for (let w = 0; w < 4; w++) this.random[4 * w] = state[w];
    const end = this.run(until, budget, most);
    if (x !== this.home) x.set(this.home);
    for (let w = 0; w < 4; w++) state[w] = this.random[4 * w];
    if (end === PROPENSITY) throw propensityFailure(this.net, this.a, x, this.clock[0]);
    if (end === COUNT) throw countFailure(this.net, this.failed[0], x, this.clock[0], most);
    return end;
  }
}

/** What a module of one trajectory is made of. */
export interface EnginePlan {
  readonly net: CompiledNetwork;
  readonly plan: MemoryPlan;
  readonly trajectory: TrajectoryPlan;
  readonly tables: ReactionTables;
  /** Propensities. */
  readonly a: PlannedArray;
}

/** A module that runs, its tables filled. */
export interface StartedModule {
  readonly buffer: ArrayBuffer;
  /** @param base - Begins trajectories and takes up changes on the module's arrays. */
  engine(base: Engine): Engine;
}

/**
 * Writes and starts a module: laws, the ziggurat, and a method's functions.
 * @param write - The method's functions, `advance` among them. @returns undefined for too many laws, too much memory, or
 * where there is no WebAssembly.
 */
export function startEngine(
  { net, plan, trajectory, tables, a }: EnginePlan,
  write: (frame: Frame, written: MethodPlan, first: number) => FunctionSpec[],
): StartedModule | undefined {
  if (tables.general.length > mostLaws || plan.bytes > mostBytes) return undefined;
  const { slots, constants } = net.symbols;
  const writer = new LawWriter(slots, constants, tables.x.at);
  const law = lawFunction(tables, writer);
  const { imports } = writer;
  const settling = new Frame(single, 0, trajectory.constants.at);
  const settle = settleFunction(trajectory, settling);
  const frame = new Frame(single, 3, trajectory.constants.at + 16 * settling.constants.length);
  const written: MethodPlan = { tables, trajectory, a, law: imports.length, settle: imports.length + 1 };
  const functions = [law, settle, ...write(frame, written, imports.length + 2)];
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
  for (const [i, value] of [...settling.constants, ...frame.constants].entries()) table.fill(value, 2 * i, 2 * i + 2);
  new Float64Array(buffer).set(exponentialZiggurat.x, trajectory.edges / 8);
  new Float64Array(buffer).set(exponentialZiggurat.height, trajectory.heights / 8);
  fillTables(tables, buffer);
  return { buffer, engine: (base) => new WasmEngine(net, base, instance.exports["advance"], buffer, written) };
}
