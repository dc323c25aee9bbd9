import { extname } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Ensemble, printNetwork, simulateEnsemble, simulationMethod } from "@dbd/cme";
import { UnsupportedError } from "@dbd/numerics/errors";
import { createMoments, mergeMoments, type Moments, variance } from "@dbd/numerics/stats/moments";
import { checkTargets, deliver } from "../deliver.ts";
import { interrupted, usage } from "../failure.ts";
import { checkFree, openFolder, userPath, writeFile } from "../files.ts";
import type { Io } from "../io.ts";
import { writeResult } from "../manifest.ts";
import { type MethodName, simulatorNames } from "../methodNames.ts";
import { modelFile } from "../modelFile.ts";
import { chosenNames, someRows } from "../momentTable.ts";
import type { CommonOptions } from "../options.ts";
import { openParts } from "../parts.ts";
import { progressView } from "../progress.ts";
import { csvText } from "../table.ts";
import { type GridOptions, timesOf } from "../timeGrid.ts";

export interface SimulateCommandOptions extends CommonOptions, GridOptions {
  readonly runs: number;
  readonly method: MethodName;
  readonly backend: "auto" | "generic" | "wasm";
  readonly vars?: readonly string[];
  readonly trajectories?: string;
}

/** Starting and warming threads for every part takes about this long: less work is done faster without. */
const THREAD_MS = 1500;

/**
 * First run and number of runs of each part, whole numbers of the ensemble's blocks, set by the number of runs alone. The
 * first is small: it tells whether threads pay.
 */
function partsOf(runs: number): [first: number, count: number][] {
  const size = Math.max(32, Math.ceil(runs / 8 / 32) * 32);
  const parts: [number, number][] = [[0, Math.min(32, runs)]];
  for (let first = 32; first < runs; first += size) parts.push([first, Math.min(size, runs - first)]);
  return parts;
}

/** A finished part; numbers survive JSON exactly. */
interface Part {
  readonly count: number;
  /** The same bits either way; kept for the manifest. */
  readonly backend: Ensemble["backend"];
  readonly method: string;
  /** Why that method. */
  readonly reason: string;
  readonly mean: readonly number[];
  readonly m2: readonly number[];
  readonly events: number;
  readonly states?: readonly number[];
}

export async function simulateCommand(io: Io, model: string, options: SimulateCommandOptions): Promise<void> {
  const { runs, seed = "dbd", out, force, resume, workers } = options;
  const network = await modelFile(io, model);
  const times = timesOf(io, options);
  const species = chosenNames("--vars", options.vars, network.species);
  const folder = out === undefined ? undefined : userPath(out, io);
  if (resume && folder === undefined)
    throw usage("--resume: found no --out; expected the folder of the interrupted command");
  checkTargets(io, options);
  if (options.trajectories !== undefined) checkTrajectories(userPath(options.trajectories, io), force || resume);
  if (folder !== undefined) openFolder(folder, options);
  const input = { model: printNetwork(network), times: [...times], runs, species, method: options.method };
  const parts = openParts(
    folder,
    JSON.stringify({ command: "simulate", input, seed, trajectories: options.trajectories !== undefined }),
    resume,
  );
  const begun = performance.now();
  const view = progressView(io, options.quiet);
  const keep = options.trajectories !== undefined;
  const total = createMoments(times.length * species.length);
  const states: (readonly number[])[] = [];
  let events = 0;
  let backend: Ensemble["backend"] = "generic";
  let threads = 1;
  const method = options.method === "auto" ? undefined : simulationMethod(simulatorNames[options.method]);
  let chosen = { name: options.method as string, why: "asked for" };
  for (const [first, count] of partsOf(runs)) {
    const name = `runs-${first}.json`;
    const saved = parts.load(name);
    const started = performance.now();
    let part = saved === undefined ? undefined : (JSON.parse(saved) as Part);
    if (part === undefined) {
      await nextTurn(); // parts shorter than the ensemble's own pauses would keep Ctrl-C waiting to the end
      const ensemble = await simulateEnsemble(network, {
        times,
        runs: count,
        firstRun: first,
        seed,
        species,
        workers: threads,
        backend: options.backend,
        ...(method === undefined ? {} : { method }),
        trajectories: keep,
        signal: io.signal,
        onProgress: ({ done, label = "" }) => view.report({ done: first + done, total: runs, label: `runs ${label}` }),
      });
      if (ensemble.stopped === "aborted") {
        view.end();
        const hint = folder === undefined ? "" : `; continue with --resume`;
        throw interrupted(
          `interrupted: ${first} of ${runs} runs are finished${folder === undefined ? " and dropped (no --out)" : ` and kept in ${out}`}${hint}`,
        );
      }
      if (options.backend === "wasm" && ensemble.backend !== "wasm")
        throw new UnsupportedError(`--backend wasm for ${model}`, {
          hint: "It does not run this network by this method, or not in this engine; take --backend auto",
        });
      part = partOf(ensemble);
      if (count < runs) parts.save(name, JSON.stringify(part));
      const left = ((performance.now() - started) / count) * (runs - first - count);
      threads = left > THREAD_MS ? workers : 1;
    }
    mergeMoments(total, momentsOf(part));
    events += part.events;
    ({ backend } = part);
    if (method === undefined) chosen = { name: commandName(part.method), why: part.reason };
    if (part.states !== undefined) states.push(part.states);
  }
  view.end();
  const seconds = (performance.now() - begun) / 1000;
  const header = ["time", ...species.flatMap((name) => [`${name}-mean`, `${name}-sd`])];
  const rows = momentRows(times, species.length, total);
  if (options.trajectories !== undefined)
    writeFile(userPath(options.trajectories, io), await trajectoryFile(options.trajectories, times, species, states));
  if (folder !== undefined) {
    writeResult(folder, new Map([["moments.csv", csvText(header, rows)]]), {
      command: "simulate",
      input,
      seed,
      method: chosen,
      backend: { name: backend, why: options.backend === "auto" ? backendReason(backend) : "asked for" },
      events,
      workers,
      seconds,
    });
    parts.clear();
  }
  deliver(io, options, {
    lines: [`${runs} runs of ${model}, ${chosen.name} method, ${backend} back end, seed ${seed}, ${events} events`],
    header,
    rows,
    shownRows: someRows(rows),
    footer: out === undefined ? [] : [`result: ${out}`],
    json: {
      command: "simulate",
      model,
      seed,
      runs,
      events,
      method: chosen.name,
      backend,
      columns: header,
      rows,
    },
  });
}

/** The name that the command line has for a method. */
const commandName = (name: string): string =>
  Object.entries(simulatorNames).find(([, known]) => known === name)?.[0] ?? name;

const backendReason = (backend: Ensemble["backend"]): string =>
  backend === "wasm"
    ? "WebAssembly runs this network by this method, and there is work enough"
    : "little work, or WebAssembly does not run this network, method or engine";

function checkTrajectories(path: string, force: boolean): void {
  if (![".csv", ".npz", ".h5"].includes(extname(path).toLowerCase()))
    throw usage(`--trajectories: found ${path}; expected a .csv, .npz or .h5 file`);
  checkFree(path, force);
}

const partOf = ({ runs, backend, method, methodReason = "asked for", ...rest }: Ensemble): Part => {
  const { mean, variance: v, events, trajectories } = rest;
  return {
    backend,
    method,
    reason: methodReason,
    count: runs,
    mean: [...mean],
    m2: Array.from(v, (value) => (runs < 2 ? 0 : value * (runs - 1))),
    events,
    ...(trajectories === undefined ? {} : { states: [...trajectories] }),
  };
};

const momentsOf = ({ count, mean, m2 }: Part): Moments => ({
  count,
  mean: Float64Array.from(mean),
  m2: Float64Array.from(m2),
});

function momentRows(times: Float64Array, S: number, total: Moments): number[][] {
  const sd = variance(total).map(Math.sqrt);
  return Array.from(times, (time, t) => [
    time,
    ...Array.from({ length: S }, (_, s) => [total.mean[t * S + s] ?? Number.NaN, sd[t * S + s] ?? Number.NaN]).flat(),
  ]);
}

/** The states of all runs in the format of the file's extension: a table, or arrays [K, T, S]. */
async function trajectoryFile(
  file: string,
  times: Float64Array,
  species: readonly string[],
  parts: readonly (readonly number[])[],
): Promise<string | Uint8Array> {
  const trajectories = Int32Array.from(parts.flat());
  const runs = trajectories.length / (times.length * species.length);
  const ensemble = { times, species, runs, trajectories };
  const extension = extname(file).toLowerCase();
  if (extension === ".csv") return (await import("@dbd/formats/csv")).writeTrajectoryCsv(ensemble);
  const arrays = (await import("@dbd/formats/arrays")).trajectoryArrays(ensemble);
  return extension === ".npz"
    ? (await import("@dbd/formats/npz")).writeNpz(arrays)
    : (await import("@dbd/formats/hdf5")).writeHdf5(arrays);
}
