import { existsSync } from "node:fs";
import { join } from "node:path";
import { printNetwork } from "@dbd/cme";
import { type Result, runExperiment } from "@dbd/experiment";
import { accuracyHeader, accuracyRows, accuracySummary } from "../accuracy.ts";
import { checkTargets, deliver } from "../deliver.ts";
import { experimentFile, type LoadedExperiment } from "../experimentFile.ts";
import { interrupted } from "../failure.ts";
import { openFolder, userPath } from "../files.ts";
import type { Io } from "../io.ts";
import { writeResult } from "../manifest.ts";
import type { CommonOptions } from "../options.ts";
import { openParts } from "../parts.ts";
import { progressView } from "../progress.ts";

export interface LearnCommandOptions extends CommonOptions {
  readonly set?: readonly string[];
}

/** The overrides of the flags: --set, and --seed as one of them. */
export const settings = ({ set = [], seed }: Pick<LearnCommandOptions, "set" | "seed">): readonly string[] =>
  seed === undefined ? set : [...set, `seed=${JSON.stringify(seed)}`];

/** A learned experiment and what it took. */
export interface Learned {
  readonly loaded: LoadedExperiment;
  readonly result: Result;
  readonly events: number;
  readonly seconds: number;
}

/** Learns one experiment, keeping finished stages in the folder. Throws Exit 130 when interrupted. */
export async function learnInto(
  io: Io,
  folder: string,
  loaded: LoadedExperiment,
  options: CommonOptions,
): Promise<Learned> {
  const { experiment, network, name } = loaded;
  const parts = openParts(
    folder,
    JSON.stringify({ command: "learn", input: experiment.input, network: printNetwork(network), name }),
    options.resume,
  );
  const view = progressView(io, options.quiet);
  const begun = performance.now();
  const run = await runExperiment(experiment, network, {
    workers: options.workers,
    signal: io.signal,
    onProgress: (p) => view.report({ ...p, label: `${name}: ${p.label ?? ""}` }),
    stages: parts,
  }).finally(view.end);
  if (run.result === undefined)
    throw interrupted(
      `interrupted while learning ${name}; finished stages are kept in ${folder}; continue with --resume`,
    );
  parts.clear();
  return {
    loaded,
    result: { ...run.result, title: loaded.title },
    events: run.events,
    seconds: (performance.now() - begun) / 1000,
  };
}

export async function learnCommand(io: Io, file: string, options: LearnCommandOptions): Promise<void> {
  const loaded = await experimentFile(io, file, settings(options));
  const out = options.out ?? join("results", loaded.name);
  const folder = userPath(out, io);
  checkTargets(io, options);
  if (options.resume && existsSync(join(folder, "manifest.json"))) {
    io.stdout(`${out} is complete\n`);
    return;
  }
  openFolder(folder, options);
  const learned = await learnInto(io, folder, loaded, options);
  const { result } = learned;
  // Figures are loaded when there is something to draw: a bad document is refused without them.
  const [{ finding, reportHtml }, { resultFiles }] = await Promise.all([
    import("../report.ts"),
    import("../resultFolder.ts"),
  ]);
  const files = resultFiles(result);
  files.set("experiment.yaml", loaded.text);
  files.set(
    "report.html",
    reportHtml(loaded.title, undefined, [{ title: loaded.title, result, document: loaded.text }]),
  );
  const { input } = loaded.experiment;
  writeResult(folder, files, {
    command: "learn",
    input,
    seed: input.seed,
    method: { name: input.optimizer.method, why: "the document's optimizer" },
    backend: { name: "generic", why: "the only back end so far" },
    events: learned.events,
    workers: options.workers,
    seconds: learned.seconds,
  });
  const shown = accuracySummary(result.accuracy);
  deliver(io, options, {
    lines: [`${loaded.title} (seed ${input.seed})`, finding({ title: loaded.title, result })],
    header: accuracyHeader,
    rows: accuracyRows(result.accuracy),
    shownHeader: shown.header,
    shownRows: shown.rows,
    footer: [
      `S ${result.arrays.objective?.data.at(-1) ?? ""} after ${result.iterations} iterations (${result.stopped})`,
      ...result.notes,
      `result: ${out}`,
      `report: ${join(out, "report.html")}`,
    ],
    json: {
      command: "learn",
      name: loaded.name,
      seed: input.seed,
      stopped: result.stopped,
      iterations: result.iterations,
      accuracy: result.accuracy,
      notes: result.notes,
      out,
    },
  });
}
