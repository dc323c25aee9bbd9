import { ArgumentError } from "@dbd/numerics/errors";
import { createPool, type Pool, type Port, processors, Worker } from "@dbd/numerics/pool";
import type { RandomSource, Seed } from "@dbd/numerics/random/source";
import { pace, type RunControl, type Stopped } from "@dbd/numerics/run";
import { createMoments, mergeMoments, standardError, variance } from "@dbd/numerics/stats/moments";
import { createWasmRunner } from "./backends/wasm/runner.ts";
import type { BlockJob } from "./ensemble.worker.ts";
import {
  type Backend,
  type BlockResult,
  type BlockRunner,
  blockRuns,
  createBlockRunner,
  type EnsembleTask,
  runsOf,
  simulateBlock,
  type Unfinished,
} from "./ensembleBlock.ts";
import { type Histogram, HistogramBuilder } from "./histogram.ts";
import type { InitialDistribution } from "./initial.ts";
import { type Network, speciesIndex } from "./network.ts";
import { checkTimes } from "./times.ts";
import { choiceFor } from "./ssa/choose.ts";
import { direct } from "./ssa/direct/index.ts";
import type { Method } from "./ssa/method.ts";
import { simulationMethods } from "./ssa/methods.ts";

export interface SimulateOptions extends RunControl {
  /** Where runs start; the network's initial amounts when left out. Drawn from the run's own stream. */
  readonly initial?: InitialDistribution | readonly InitialDistribution[];
  /** Ascending times at which states are recorded, shape [T]. */
  readonly times: ArrayLike<number>;
  /** Time at which `initial` holds, 0 when left out. */
  readonly start?: number;
  /** K, the number of runs. */
  readonly runs: number;
  /** The stream of the first run, 0 when left out: an ensemble can be simulated in parts, here or elsewhere. */
  readonly firstRun?: number;
  readonly seed: Seed;
  /**
   * Simulation method; when left out `direct`, or what `chooseMethod` takes for a large network. One that is not among
   * `simulationMethods` runs in the calling thread.
   */
  readonly method?: Method;
  /**
   * Code that runs a method on streams of the seed, `auto` when left out; `wasm` means wherever it can run method and
   * network, and `Ensemble.backend` says which ran.
   */
  readonly backend?: Backend;
  /** Threads, 1 when left out (no worker is started then). Never changes a result. */
  readonly workers?: number;
  /** Names of the species to report; all when left out. */
  readonly species?: readonly string[];
  /** Keep every state. */
  readonly trajectories?: boolean;
  /** Keep histograms of the reported species. */
  readonly histograms?: boolean;
  /** Most events of all runs together: the ensemble then ends before the run that would exceed them. */
  readonly maxEvents?: number;
  /** The generator of each run instead of stream k of the seed; runs in the calling thread. */
  readonly random?: (run: number) => RandomSource;
}

/** What an ensemble measured. Arrays [T, S′] are over the times and the reported species. */
export interface Ensemble {
  readonly times: Float64Array;
  readonly species: readonly string[];
  /** Whole runs behind the numbers. */
  readonly runs: number;
  /** Shape [T, S′]. */
  readonly mean: Float64Array;
  /** Unbiased, shape [T, S′]; NaN below two runs. */
  readonly variance: Float64Array;
  /** Standard error of the mean, shape [T, S′]; NaN below two runs. */
  readonly standardError: Float64Array;
  /** Events of the whole runs. */
  readonly events: number;
  /** The method that ran. */
  readonly method: string;
  /** Why it was taken, when the caller named none: a sentence for a manifest. */
  readonly methodReason?: string;
  /** The back end that ran. */
  readonly backend: BlockRunner["backend"];
  readonly stopped: Stopped;
  /** The run that the event budget ended; it is not part of the numbers. */
  readonly unfinished?: Unfinished;
  /** Shape [runs, T, S′], when asked for. */
  readonly trajectories?: Int32Array;
  /** The histogram of a reported species. @throws {ArgumentError} When histograms were not asked for. */
  histogram(species: string): Histogram;
}

const where = "simulateEnsemble";

function checkedTask(network: Network, options: SimulateOptions, method: Method): EnsembleTask {
  const { runs, maxEvents = Infinity, start = 0, firstRun = 0 } = options;
  if (!Number.isInteger(runs) || runs < 1) {
    throw new ArgumentError(where, `runs must be an integer of at least 1, got ${runs}`);
  }
  if (!Number.isInteger(firstRun) || firstRun < 0) {
    throw new ArgumentError(where, `firstRun must be an integer of at least 0, got ${firstRun}`);
  }
  if (!(maxEvents >= 0)) throw new ArgumentError(where, `maxEvents must be at least 0, got ${maxEvents}`);
  const names = options.species ?? network.species;
  const task: EnsembleTask = {
    network,
    initial: options.initial ?? [],
    start,
    times: checkTimes(options.times, start, where),
    seed: options.seed,
    firstRun,
    runs,
    species: Int32Array.from(names, (name) => speciesIndex(network, name, where)),
    keepStates: options.trajectories === true || options.histograms === true,
    maxEvents,
    backend: options.backend ?? "auto",
    method: method.name,
  };
  const states = runs * task.times.length * names.length;
  if (options.trajectories === true && states > 2 ** 31) {
    throw new ArgumentError(where, `${runs} trajectories hold ${states} numbers, more than fit in memory`, {
      hint: "Take fewer runs, times or species, or only moments and histograms",
    });
  }
  return task;
}

/** Gathers blocks in their order; a later block waits until all before it have come. */
class Gathering {
  private readonly task: EnsembleTask;
  private readonly runner: BlockRunner;
  private readonly waiting = new Map<number, BlockResult>();
  private readonly total: ReturnType<typeof createMoments>;
  private readonly builders: HistogramBuilder[];
  private readonly trajectories: Int32Array | undefined;
  private readonly names: readonly string[];
  private next = 0;
  private unfinished: Unfinished | undefined;
  events = 0;

  constructor(task: EnsembleTask, runner: BlockRunner, options: SimulateOptions) {
    this.task = task;
    this.runner = runner;
    this.names = [...task.species].map((s) => task.network.species[s]);
    const size = task.times.length * task.species.length;
    this.total = createMoments(size);
    this.builders =
      options.histograms === true ? this.names.map((name) => new HistogramBuilder(name, task.times.length)) : [];
    this.trajectories = options.trajectories === true ? new Int32Array(task.runs * size) : undefined;
  }

  get runs(): number {
    return this.total.count;
  }

  get spent(): boolean {
    return this.unfinished !== undefined;
  }

  /** @param settled - The block was simulated within what the budget had left. */
  add(result: BlockResult, settled: boolean): void {
    this.waiting.set(result.block, result);
    for (let at = this.waiting.get(this.next); at !== undefined && !this.spent; at = this.waiting.get(this.next)) {
      this.waiting.delete(this.next++);
      this.take(settled ? at : this.withinBudget(at));
    }
  }

  /** A worker simulates without knowing what the blocks before spend: where one crosses the budget, it is done again. */
  private withinBudget(result: BlockResult): BlockResult {
    const left = this.task.maxEvents - this.events;
    const crosses = result.events > left || (result.unfinished !== undefined && this.events > 0);
    return crosses ? simulateBlock(this.task, this.runner, result.block, left) : result;
  }

  private take(result: BlockResult): void {
    const size = this.total.mean.length;
    if (result.states !== undefined) this.keep(result.states.subarray(0, result.moments.count * size), size);
    mergeMoments(this.total, result.moments);
    this.events += result.events;
    this.unfinished = result.unfinished;
  }

  private keep(states: Int32Array, size: number): void {
    this.trajectories?.set(states, this.total.count * size);
    const width = this.builders.length;
    if (width === 0) return;
    for (let i = 0; i < states.length; i++) {
      this.builders[i % width].add(Math.floor((i % size) / width), states[i]);
    }
  }

  finish(stopped: Stopped): Ensemble {
    const { total, trajectories, unfinished } = this;
    const histograms = new Map(this.builders.map((builder, s) => [this.names[s], builder.build()]));
    const measured = (array: Float64Array): Float64Array => (total.count === 0 ? array.fill(Number.NaN) : array);
    return {
      times: this.task.times,
      species: this.names,
      runs: total.count,
      mean: measured(total.mean),
      variance: variance(total),
      standardError: standardError(total),
      events: this.events,
      method: this.task.method,
      backend: this.runner.backend,
      stopped: unfinished === undefined ? stopped : "budget",
      ...(unfinished === undefined ? {} : { unfinished }),
      ...(trajectories === undefined ? {} : { trajectories: trajectories.slice(0, total.count * total.mean.length) }),
      histogram(species) {
        const found = histograms.get(species);
        if (found !== undefined) return found;
        throw new ArgumentError("histogram", `there is none of ${JSON.stringify(species)}`, {
          hint: "Ask simulateEnsemble for histograms: true, and for this species",
        });
      },
    };
  }
}

/** Reports runs done, with the rate of events. */
function reporter(gathering: Gathering, runs: number, control: RunControl): (extra?: number) => Promise<boolean> {
  const next = pace(control);
  const begun = performance.now();
  return (extra = 0) => {
    const rate = gathering.events / Math.max(1e-3, (performance.now() - begun) / 1000);
    return next({ done: gathering.runs + extra, total: runs, label: `${rate.toExponential(1)} events/s` });
  };
}

async function simulateHere(
  task: EnsembleTask,
  runner: BlockRunner,
  gathering: Gathering,
  control: RunControl,
): Promise<Stopped> {
  const report = reporter(gathering, task.runs, control);
  for (let block = 0; block * blockRuns < task.runs && !gathering.spent; block++) {
    const result = runner.begin(block);
    const first = block * blockRuns;
    let going = true;
    for (let k = 0; k < runsOf(task, block) && going; k++) {
      if (!runner.run(first + k, result, task.maxEvents - gathering.events - result.events)) break;
      going = await report(k + 1);
    }
    gathering.add(result, true);
    if (!going && gathering.runs < task.runs) return "aborted";
  }
  return "end";
}

const startWorker = (): Port => new Worker(new URL("./ensemble.worker.js", import.meta.url), { type: "module" });

/** Blocks per message grow until one takes about this long: few messages, yet lively progress. */
const jobMs = 100;

async function simulateThreads(
  task: EnsembleTask,
  workers: number,
  gathering: Gathering,
  control: RunControl,
): Promise<Stopped> {
  const blocks = Math.ceil(task.runs / blockRuns);
  const pool: Pool<BlockJob, BlockResult[]> = createPool(startWorker, Math.min(workers, blocks));
  const report = reporter(gathering, task.runs, control);
  const aborted = (): boolean => control.signal?.aborted === true;
  const close = (): void => void pool.close();
  control.signal?.addEventListener("abort", close, { once: true });
  let next = 0;
  const serveThread = async (): Promise<void> => {
    let share = 1;
    while (next < blocks && !gathering.spent && !aborted()) {
      const job: BlockJob = { task, first: next, blocks: Math.min(share, blocks - next) };
      next += job.blocks;
      const begun = performance.now();
      for (const result of await pool.run(job)) gathering.add(result, false);
      if (performance.now() - begun < jobMs / 2) share = Math.min(64, share * 2);
      await report();
    }
  };
  try {
    await Promise.all(Array.from({ length: pool.size }, serveThread));
  } catch (error) {
    if (!aborted()) throw error;
  } finally {
    control.signal?.removeEventListener("abort", close);
    await pool.close();
  }
  return gathering.runs < task.runs && aborted() ? "aborted" : "end";
}

/**
 * Simulates K independent runs of the chemical master equation and gathers their moments.
 *
 * Run k draws its start and its events from stream k of the seed alone, and moments are merged in blocks of runs in a
 * fixed order: the result is the same to the last bit for every number of workers. The state recorded at a time is the
 * one just before the event that passes it. An aborted or over-budget ensemble keeps the runs that were complete.
 * @throws {ArgumentError} For options that do not fit the network.
 * @throws {NumericalError} For a propensity that is negative or not finite, or a count beyond [0, 2³¹), with the
 * reaction, the state and the time. (From a worker it arrives as an Error with the same name and message.)
 */
export async function simulateEnsemble(network: Network, options: SimulateOptions): Promise<Ensemble> {
  const choice = options.method === undefined ? choiceFor(network) : undefined;
  const method = options.method ?? choice?.method ?? direct;
  const task = checkedTask(network, options, method);
  const { workers = 1, random } = options;
  if (!Number.isInteger(workers) || workers < 1) {
    throw new ArgumentError(where, `workers must be an integer of at least 1, got ${workers}`, {
      hint: `This machine runs ${processors()} threads at once`,
    });
  }
  const own = simulationMethods.includes(method) && random === undefined;
  const runner = (own ? createWasmRunner(task) : undefined) ?? createBlockRunner(task, method, { source: random });
  const gathering = new Gathering(task, runner, options);
  const threads = workers > 1 && own && task.runs > blockRuns;
  const stopped = threads
    ? await simulateThreads(task, workers, gathering, options)
    : await simulateHere(task, runner, gathering, options);
  const reason = choice === undefined ? {} : { methodReason: choice.reason };
  return { ...gathering.finish(stopped), ...reason };
}
