import type { RandomSource, Seed } from "@dbd/numerics/random/source";
import { streamState } from "@dbd/numerics/random/stream";
import { xoshiro } from "@dbd/numerics/random/xoshiro";
import { addSample, createMoments, type Moments } from "@dbd/numerics/stats/moments";
import { compile, type CompiledNetwork } from "./compile.ts";
import { drawInitial, type InitialDistribution, type InitialLaws, initialLaws } from "./initial.ts";
import { largestCount, type Network } from "./network.ts";
import type { Method, Simulator } from "./ssa/method.ts";

/** Runs whose moments are gathered one by one; blocks are merged in their order, whoever computed them. */
export const blockRuns = 32;

/** Which code simulates: `auto` takes WebAssembly where it can run the network and the work pays for compiling it. */
export type Backend = "auto" | "generic" | "wasm";

/** What every block of an ensemble shares; plain data, so that it can be sent to a worker. */
export interface EnsembleTask {
  readonly network: Network;
  readonly initial: InitialDistribution | readonly InitialDistribution[];
  readonly start: number;
  readonly times: Float64Array;
  readonly seed: Seed;
  /** Stream of the first run. */
  readonly firstRun: number;
  readonly runs: number;
  /** Species reported, by index. */
  readonly species: Int32Array;
  /** Whether results carry every state, for trajectories and histograms. */
  readonly keepStates: boolean;
  readonly maxEvents: number;
  readonly backend: Backend;
  /** Name of the simulation method, for threads. */
  readonly method: string;
}

/** A run that the event budget ended. */
export interface Unfinished {
  readonly run: number;
  /** Time of its last event. */
  readonly time: number;
  readonly events: number;
}

/** Whole runs of one block. */
export interface BlockResult {
  readonly block: number;
  readonly moments: Moments;
  /** Of the whole runs. */
  events: number;
  /** Shape [runs of the block, T, S′]. */
  readonly states: Int32Array | undefined;
  unfinished?: Unfinished;
}

/** The part of an ensemble that one thread works on. */
export interface BlockRunner {
  readonly backend: Exclude<Backend, "auto">;
  /** Simulates run `run` into the block's result; false when the budget ended it. */
  run(run: number, into: BlockResult, budget: number): boolean;
  begin(block: number): BlockResult;
}

/** Number of runs in a block; the last may be shorter. */
export const runsOf = (task: EnsembleTask, block: number): number => Math.min(blockRuns, task.runs - block * blockRuns);

interface Stream {
  readonly random: RandomSource;
  readonly state: Int32Array;
  select(run: number): void;
}

/** One generator object for all runs: its call sites stay monomorphic, and run k always starts from stream k. */
function streams(seed: Seed): Stream {
  const state = new Int32Array(4);
  return { random: xoshiro(state), state, select: (run) => void streamState(seed, run, state) };
}

/** Whether states must be gathered as doubles: counts may be larger than 2³¹, or a rule may give a species a fraction. */
function needsDoubles({ network, keepStates }: EnsembleTask, laws: InitialLaws): boolean {
  if (keepStates) return false; // these are kept as integers; what does not fit is refused by name
  const large = (law: InitialLaws[number]): boolean =>
    (law.kind === "fixed" && law.count > largestCount) || (law.kind === "binomial" && law.trials > largestCount);
  return laws.some(large) || network.species.some((name) => network.assignments?.has(name) === true);
}

/** What may stand in for the plain way to run a task. */
export interface RunnerParts {
  /** The caller's own generators; without it run k uses stream k of the seed. */
  readonly source?: ((run: number) => RandomSource) | undefined;
  /** A simulator of the network on WebAssembly. */
  readonly compiled?: { readonly net: CompiledNetwork; readonly simulate: Simulator };
}

/** Compiles a task once for many runs. */
export function createBlockRunner(
  task: EnsembleTask,
  method: Method,
  { source, compiled }: RunnerParts = {},
): BlockRunner {
  const net = compiled?.net ?? compile(task.network, { dynamics: true });
  const laws: InitialLaws = initialLaws(task.network, task.initial);
  const size = net.network.species.length;
  const { times, start, species } = task;
  const simulate = compiled?.simulate ?? method.prepare(net);
  const x = new Float64Array(size + 1);
  const array = needsDoubles(task, laws) ? Float64Array : Int32Array;
  const out = new array(times.length * size);
  const row = new array(times.length * species.length);
  const own = streams(task.seed);

  const pick = (): void => {
    for (let t = 0, at = 0; t < times.length; t++) {
      for (let s = 0; s < species.length; s++) row[at++] = out[t * size + species[s]];
    }
  };
  return {
    backend: compiled === undefined ? "generic" : "wasm",
    begin: (block) => ({
      block,
      moments: createMoments(row.length),
      events: 0,
      states: task.keepStates ? new Int32Array(runsOf(task, block) * row.length) : undefined,
    }),
    run(run, into, budget) {
      if (source === undefined) own.select(task.firstRun + run);
      const random = source?.(task.firstRun + run) ?? own.random;
      drawInitial(laws, random, x);
      x[size] = 1;
      const state = source === undefined ? { state: own.state } : {};
      const outcome = simulate({ x, start, times, random, ...state, out, maxEvents: budget });
      if (outcome.rows < times.length) {
        into.unfinished = { run, time: outcome.time, events: outcome.events };
        return false;
      }
      pick();
      into.states?.set(row, into.moments.count * row.length);
      addSample(into.moments, row);
      into.events += outcome.events;
      return true;
    },
  };
}

/** One block from its first run to its last, or to the end of the budget. */
export function simulateBlock(task: EnsembleTask, runner: BlockRunner, block: number, budget: number): BlockResult {
  const result = runner.begin(block);
  const first = block * blockRuns;
  for (let run = first; run < first + runsOf(task, block); run++) {
    if (!runner.run(run, result, budget - result.events)) break;
  }
  return result;
}
