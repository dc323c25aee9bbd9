import { ArgumentError } from "@dbd/numerics/errors";
import { processors } from "@dbd/numerics/pool";
import { pace, type RunControl, type Stopped } from "@dbd/numerics/run";
import { chooseBackend } from "./backends/wasm/runner.ts";
import { type BlockRunner, blockRuns, createBlockRunner, type EnsembleTask, runsOf } from "./ensembleBlock.ts";
import { Gathering } from "./ensembleGathering.ts";
import type { Ensemble, SimulateOptions } from "./ensembleOptions.ts";
import { simulateThreads } from "./ensembleThreads.ts";
import { type Network, speciesIndex } from "./network.ts";
import { checkTimes } from "./times.ts";
import { choiceFor } from "./ssa/choose.ts";
import { direct } from "./ssa/direct/index.ts";
import type { Method } from "./ssa/method.ts";
import { simulationMethods } from "./ssa/methods.ts";

export type { Ensemble, EnsembleCheckpoint, SimulateOptions } from "./ensembleOptions.ts";
export { closeEnsembleWorkers } from "./ensembleThreads.ts";

const where = "simulateEnsemble";

function checkChosen(chosen: readonly number[], runs: number): void {
  const bad = chosen.find(
    (run, i) => !(Number.isInteger(run) && run >= 0 && run < runs && (i === 0 || run > chosen[i - 1])),
  );
  if (bad === undefined) return;
  throw new ArgumentError(where, `trajectories must be ascending numbers of runs from 0 to ${runs - 1}, got ${bad}`);
}

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
    keepStates: (options.trajectories ?? false) !== false || options.histograms === true,
    maxEvents,
    backend: options.backend ?? "auto",
    method: method.name,
  };
  if (typeof options.trajectories === "object") checkChosen(options.trajectories, runs);
  const states = runs * task.times.length * names.length;
  if (options.trajectories === true && states > 2 ** 31) {
    throw new ArgumentError(where, `${runs} trajectories hold ${states} numbers, more than fit in memory`, {
      hint: "Take fewer runs, times or species, or only moments and histograms",
    });
  }
  return task;
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
  for (let block = gathering.blocks; block * blockRuns < task.runs && !gathering.spent; block++) {
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
  const other = { runner: undefined, reason: "generic: a method or generators of the caller" };
  const backend = own ? chooseBackend(task) : other;
  const runner = backend.runner ?? createBlockRunner(task, method, { source: random });
  const gathering = new Gathering(task, runner, options);
  const threads = workers > 1 && own && task.runs > blockRuns;
  const stopped = threads
    ? await simulateThreads(task, workers, gathering, options, reporter(gathering, task.runs, options))
    : await simulateHere(task, runner, gathering, options);
  const reason = choice === undefined ? {} : { methodReason: choice.reason };
  return { ...gathering.finish(stopped), ...reason, backendReason: backend.reason };
}
