import { ArgumentError } from "@dbd/numerics/errors";
import { streamState } from "@dbd/numerics/random/stream";
import type { Stopped } from "@dbd/numerics/run";
import { createMoments, mergeMoments, standardError, variance } from "@dbd/numerics/stats/moments";
import {
  type BlockResult,
  type BlockRunner,
  blockRuns,
  type EnsembleTask,
  simulateBlock,
  type Unfinished,
} from "./ensembleBlock.ts";
import type { Ensemble, EnsembleCheckpoint, SimulateOptions } from "./ensembleOptions.ts";
import { HistogramBuilder } from "./histogram.ts";

/** 128 bits that tell one task from another; how many runs there are and who computes them is no part of it. */
function fingerprint(task: EnsembleTask): string {
  const plain = (_key: string, value: unknown): unknown =>
    value instanceof Map || value instanceof Set ? [...value] : value;
  return streamState(JSON.stringify({ ...task, runs: 0, maxEvents: 0, backend: "auto" }, plain), 0).join();
}

/** Gathers blocks in their order; a later block waits until all before it have come. */
export class Gathering {
  private readonly task: EnsembleTask;
  private readonly runner: BlockRunner;
  private readonly waiting = new Map<number, BlockResult>();
  private readonly total: ReturnType<typeof createMoments>;
  private readonly builders: HistogramBuilder[];
  private readonly trajectories: Int32Array | undefined;
  private readonly names: readonly string[];
  /** Numbers of the runs whose states are kept, all when undefined. */
  private readonly chosen: readonly number[] | undefined;
  private kept = 0;
  private readonly onCheckpoint: (checkpoint: EnsembleCheckpoint) => void;
  private readonly every: number;
  private saved: EnsembleCheckpoint | undefined;
  private savedAt = performance.now();
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
    const { trajectories = false, onCheckpoint } = options;
    this.chosen = typeof trajectories === "boolean" ? undefined : trajectories;
    const kept = this.chosen?.length ?? (trajectories === true ? task.runs : undefined);
    this.trajectories = kept === undefined ? undefined : new Int32Array(kept * size);
    this.every = onCheckpoint === undefined ? Infinity : (options.checkpointMs ?? 10_000);
    this.onCheckpoint = onCheckpoint ?? (() => undefined);
    if (options.checkpoint !== undefined) this.restore(options.checkpoint);
  }

  /** Blocks that are done. */
  get blocks(): number {
    return this.next;
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
    // A checkpoint holds whole blocks: what comes after it is merged in the same order as without an interruption.
    if (result.moments.count < blockRuns) this.saved = this.snapshot();
    if (result.states !== undefined) this.keep(result.states.subarray(0, result.moments.count * size), size);
    mergeMoments(this.total, result.moments);
    this.events += result.events;
    this.unfinished = result.unfinished;
    if (performance.now() - this.savedAt >= this.every && this.saved === undefined) {
      this.savedAt = performance.now();
      this.onCheckpoint(this.snapshot());
    }
  }

  private keep(states: Int32Array, size: number): void {
    const first = this.total.count;
    if (this.chosen === undefined) this.trajectories?.set(states, first * size);
    else {
      for (
        let run = this.chosen[this.kept] - first;
        (run + 1) * size <= states.length;
        run = this.chosen[this.kept] - first
      ) {
        this.trajectories!.set(states.subarray(run * size, (run + 1) * size), this.kept++ * size);
      }
    }
    const width = this.builders.length;
    if (width === 0) return;
    for (let i = 0; i < states.length; i++) {
      this.builders[i % width].add(Math.floor((i % size) / width), states[i]);
    }
  }

  /** Runs whose states are kept so far. */
  private get keptRuns(): number {
    return this.chosen === undefined ? this.total.count : this.kept;
  }

  private snapshot(): EnsembleCheckpoint {
    const { count, mean, m2 } = this.total;
    return {
      task: fingerprint(this.task),
      blocks: count / blockRuns,
      moments: { count, mean: mean.slice(), m2: m2.slice() },
      events: this.events,
      histograms: this.builders.map((builder) => builder.save()),
      trajectories: this.trajectories?.slice(0, this.keptRuns * mean.length),
    };
  }

  private restore({ task, blocks, moments, events, histograms, trajectories }: EnsembleCheckpoint): void {
    const kept = this.chosen?.filter((run) => run < moments.count).length ?? moments.count;
    const same =
      task === fingerprint(this.task) &&
      moments.mean.length === this.total.mean.length &&
      histograms.length === this.builders.length &&
      trajectories?.length === (this.trajectories === undefined ? undefined : kept * moments.mean.length);
    if (!same || moments.count !== blocks * blockRuns || moments.count > this.task.runs) {
      throw new ArgumentError("simulateEnsemble", "the checkpoint is of another ensemble", {
        hint: "Network, times, species, seed, method and what is kept must be the same, and runs no fewer",
      });
    }
    mergeMoments(this.total, moments);
    this.next = blocks;
    this.events = events;
    this.kept = kept;
    for (const [i, tables] of histograms.entries()) this.builders[i].restore(tables);
    if (trajectories !== undefined) this.trajectories!.set(trajectories);
  }

  finish(stopped: Stopped): Omit<Ensemble, "methodReason" | "backendReason"> {
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
      ...(trajectories === undefined ? {} : { trajectories: trajectories.slice(0, this.keptRuns * total.mean.length) }),
      checkpoint: () => this.saved ?? this.snapshot(),
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
