import type { RandomSource, Seed } from "@dbd/numerics/random/source";
import type { RunControl, Stopped } from "@dbd/numerics/run";
import type { Moments } from "@dbd/numerics/stats/moments";
import type { Backend, BlockRunner, Unfinished } from "./ensembleBlock.ts";
import type { Histogram } from "./histogram.ts";
import type { InitialDistribution } from "./initial.ts";
import type { Method } from "./ssa/method.ts";

/** Whole blocks of an interrupted ensemble. Plain data: structured clone keeps it, and so does a file of its arrays. */
export interface EnsembleCheckpoint {
  /** Of network, seed, times and all that decides a result; another task is refused. */
  readonly task: string;
  /** Whole blocks of 32 runs. */
  readonly blocks: number;
  readonly moments: Moments;
  readonly events: number;
  /** Counts by species and time. */
  readonly histograms: readonly (readonly Float64Array[])[];
  /** States of the kept runs. */
  readonly trajectories: Int32Array | undefined;
}

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
  /** Keep every state, or those of the runs with these numbers (from 0, ascending). */
  readonly trajectories?: boolean | readonly number[];
  /** Keep histograms of the reported species. */
  readonly histograms?: boolean;
  /** Most events of all runs together: the ensemble then ends before the run that would exceed them. */
  readonly maxEvents?: number;
  /** The generator of each run instead of stream k of the seed; runs in the calling thread. */
  readonly random?: (run: number) => RandomSource;
  /** Where an ensemble of the same task was interrupted: it goes on from there to the same bits. */
  readonly checkpoint?: EnsembleCheckpoint;
  /** Takes checkpoints, every 10 s of work when `checkpointMs` is left out. */
  readonly onCheckpoint?: (checkpoint: EnsembleCheckpoint) => void;
  readonly checkpointMs?: number;
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
  /** Why that one: a phrase for a manifest. */
  readonly backendReason: string;
  readonly stopped: Stopped;
  /** The run that the event budget ended; it is not part of the numbers. */
  readonly unfinished?: Unfinished;
  /** Shape [runs, T, S′], when asked for; of chosen runs those that were complete. */
  readonly trajectories?: Int32Array;
  /** The state of the work after its last whole block of runs: plain data to go on from. */
  checkpoint(): EnsembleCheckpoint;
  /** The histogram of a reported species. @throws {ArgumentError} When histograms were not asked for. */
  histogram(species: string): Histogram;
}
