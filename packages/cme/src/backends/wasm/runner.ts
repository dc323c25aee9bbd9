import { ArgumentError } from "@dbd/numerics/errors";
import { streamState } from "@dbd/numerics/random/stream";
import { xoshiro } from "@dbd/numerics/random/xoshiro";
import { addSample } from "@dbd/numerics/stats/moments";
import { compile, type CompiledNetwork } from "../../compile.ts";
import {
  type Backend,
  type BlockResult,
  type BlockRunner,
  blockRuns,
  createBlockRunner,
  type EnsembleTask,
} from "../../ensembleBlock.ts";
import { drawInitial, initialLaws } from "../../initial.ts";
import { propensities } from "../../propensity.ts";
import { direct } from "../../ssa/direct/index.ts";
import { simulationMethod } from "../../ssa/methods.ts";
import { simulatorOf } from "../../ssa/simulator.ts";
import { createWasmEngine } from "./engine.ts";
import { createWasmSimulator, type WasmBatch, type WasmSimulator } from "./simulator.ts";

const backends: readonly Backend[] = ["auto", "generic", "wasm"];

/** Lanes of ensembles: measured fastest, or within the noise of it, on networks of 1 to 9 species. */
const LANES = 4;
/** A batch takes about this long at most, so that an ensemble can report and be stopped. */
const batchMs = 25;
/** Events from which the kernel pays for its compilation (some milliseconds; the generic method fires 10⁷ a second). */
const worthwhile = 1e5;

/** Events of an ensemble, very roughly: the propensities at the start, held for the whole time. */
function expectedEvents(net: CompiledNetwork, task: EnsembleTask): number {
  const x = new Float64Array(net.dynamics?.width ?? net.network.species.length + 1);
  x.set(net.network.initial);
  for (const { slot, value } of net.dynamics?.variables ?? []) x[slot] = value;
  const total = propensities(net, x, new Float64Array(net.rate.length));
  return total * (task.times[task.times.length - 1] - task.start) * task.runs;
}

/** Runs simulated ahead of their turn. */
class Ahead {
  private readonly task: EnsembleTask;
  private readonly simulator: WasmSimulator;
  private readonly laws: ReturnType<typeof initialLaws>;
  private readonly size: number;
  private readonly species: number;
  private share = LANES;
  private first = 0;
  private batch: WasmBatch | undefined;

  constructor(task: EnsembleTask, net: CompiledNetwork, simulator: WasmSimulator) {
    this.task = task;
    this.simulator = simulator;
    this.laws = initialLaws(task.network, task.initial);
    this.species = net.network.species.length;
    this.size = task.times.length * this.species;
  }

  private prepare(run: number, maxEvents: number): WasmBatch {
    const { task, species } = this;
    const blockEnd = Math.min(task.runs, (Math.floor(run / blockRuns) + 1) * blockRuns);
    const runs = Math.min(this.share, blockEnd - run);
    const batch: WasmBatch = {
      runs,
      x: new Float64Array(runs * species),
      random: new Int32Array(4 * runs),
      maxEvents,
      out: new Int32Array(runs * this.size),
      events: new Float64Array(runs),
    };
    for (let k = 0; k < runs; k++) {
      const state = batch.random.subarray(4 * k, 4 * k + 4);
      const random = xoshiro(streamState(task.seed, task.firstRun + run + k, state));
      drawInitial(this.laws, random, batch.x.subarray(k * species, (k + 1) * species));
    }
    return batch;
  }

  /** Events of a run, and where its states stand in `states`; −1 events when the generic method must take it. */
  of(run: number, budget: number): { readonly events: number; readonly states: Int32Array } {
    let batch = this.batch;
    if (batch === undefined || run < this.first || run >= this.first + batch.runs) {
      const begun = performance.now();
      batch = this.prepare(run, budget);
      this.simulator.simulate(batch);
      if (performance.now() - begun < batchMs / 2) this.share = Math.min(blockRuns, 2 * this.share);
      this.batch = batch;
      this.first = run;
    }
    const k = run - this.first;
    return { events: batch.events[k], states: batch.out.subarray(k * this.size, (k + 1) * this.size) };
  }
}

/** A runner on WebAssembly or none, and why: a phrase for a manifest. */
export interface BackendChoice {
  readonly runner: BlockRunner | undefined;
  readonly reason: string;
}

/**
 * Chooses the back end. On WebAssembly small networks of mass action run by the direct method on a kernel of several
 * lanes, whose runs that come near a budget or the largest count are done again by the generic method; laws, rules,
 * events and large networks run on an engine of one trajectory.
 * @throws {ArgumentError} For a back end that is none.
 */
export function chooseBackend(task: EnsembleTask): BackendChoice {
  const { backend } = task;
  if (!backends.includes(backend)) {
    throw new ArgumentError("simulateEnsemble", `unknown backend ${JSON.stringify(backend)}`, {
      hint: `Back ends are ${backends.join(", ")}`,
    });
  }
  if (backend === "generic") return { runner: undefined, reason: "generic: asked for" };
  const net = compile(task.network, { dynamics: true });
  const events = expectedEvents(net, task);
  const about = `about ${events.toExponential(0)} events`;
  if (backend === "auto" && !(events >= worthwhile)) {
    return { runner: undefined, reason: `generic: ${about}, fewer than ${worthwhile.toExponential(0)}` };
  }
  const runner = laneRunner(task, net) ?? engineRunner(task, net);
  if (runner === undefined) {
    return { runner, reason: `generic: WebAssembly does not run ${task.method} on this network here` };
  }
  return { runner, reason: backend === "wasm" ? "wasm: asked for" : `wasm: ${about}` };
}

/** The runner on WebAssembly that `chooseBackend` takes, if any. */
export function createWasmRunner(task: EnsembleTask): BlockRunner | undefined {
  return chooseBackend(task).runner;
}

function engineRunner(task: EnsembleTask, net: CompiledNetwork): BlockRunner | undefined {
  const engine = createWasmEngine(net, task.method);
  if (engine === undefined) return undefined;
  const compiled = { net, simulate: simulatorOf(net, task.method, engine) };
  return createBlockRunner(task, simulationMethod(task.method), { compiled });
}

function laneRunner(task: EnsembleTask, net: CompiledNetwork): BlockRunner | undefined {
  if (task.method !== direct.name) return undefined;
  const simulator = createWasmSimulator(net, { start: task.start, times: task.times, lanes: LANES });
  if (simulator === undefined) return undefined;
  const generic = createBlockRunner(task, direct);
  const ahead = new Ahead(task, net, simulator);
  const species = net.network.species.length;
  const row = new Int32Array(task.times.length * task.species.length);
  return {
    backend: "wasm",
    begin: (block) => generic.begin(block),
    run(run: number, into: BlockResult, budget: number): boolean {
      const { events, states } = ahead.of(run, budget);
      if (!(events >= 0 && events <= budget)) return generic.run(run, into, budget);
      for (let t = 0, at = 0; t < task.times.length; t++) {
        for (let s = 0; s < task.species.length; s++) row[at++] = states[t * species + task.species[s]];
      }
      into.states?.set(row, into.moments.count * row.length);
      addSample(into.moments, row);
      into.events += events;
      return true;
    },
  };
}
