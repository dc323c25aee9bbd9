import { join } from "node:path";
import { type Result, runExperiment } from "@dbd/experiment";
import { NumericalError } from "@dbd/numerics/errors";
import type { Command } from "commander";
import { type CommonOptions, interruptible, withCommon, workerCount } from "./common.ts";
import { Interrupted } from "./exit.ts";
import { collect, type LoadedExperiment, loadExperiment } from "./experiments.ts";
import { emit, shownPath, userPath } from "./files.ts";
import { checkFolder, writeResult } from "./manifest.ts";
import { resultFiles } from "./resultFolder.ts";
import { csvText, jsonText, plainText, type Table } from "./table.ts";

interface LearnOptions extends CommonOptions {
  readonly set: readonly string[];
}

/** The accuracy of a result for people and programs; errors in percent. */
export const accuracyRows = (result: Result): Table => ({
  columns: ["method", "start", "role", "mean-error-%", "variance-error-%", "kl", "floor", "max-excess"],
  rows: result.accuracy.map((row) => [
    row.method,
    row.start,
    row.role === "heldOut" ? "held out" : "training",
    100 * row.meanError,
    100 * row.varianceError,
    row.kl,
    row.floor,
    row.excess,
  ]),
});

/** Learns one experiment and writes its folder; resolves to the result. */
export async function learnInto(loaded: LoadedExperiment, folder: string, options: CommonOptions): Promise<Result> {
  const { experiment, network, title } = loaded;
  const begun = performance.now();
  const run = await interruptible(options, (control) =>
    runExperiment(experiment, network, {
      workers: workerCount(options),
      ...control,
    }),
  );
  if (run.stopped === "aborted") {
    throw new Interrupted(`interrupted; finished stages are kept in ${shownPath(folder)}: go on with --resume`);
  }
  const { result } = run;
  if (result === undefined) throw new NumericalError("learn", `stopped (${run.stopped}) without a result`);
  writeResult(folder, resultFiles(result, title), {
    command: "learn",
    input: experiment.input,
    facts: {
      seed: experiment.input.seed,
      method: experiment.input.optimizer.method,
      stopped: result.stopped,
      iterations: result.iterations,
      events: run.events,
      seconds: (performance.now() - begun) / 1000,
      workers: workerCount(options),
    },
  });
  return result;
}

async function learn(argument: string, options: LearnOptions): Promise<void> {
  const loaded = await loadExperiment(argument, options.seed, options.set);
  const folder = userPath(options.out ?? join("results", loaded.name));
  checkFolder({ ...options, out: folder });
  const result = await learnInto(loaded, folder, options);
  const table = accuracyRows(result);
  if (options.csv !== undefined) emit(options.csv, csvText(table));
  if (options.json !== undefined) emit(options.json, jsonText(table, { command: "learn" }));
  if (options.csv === "-" || options.json === "-") return;
  const { seed } = loaded.experiment.input;
  const notes = result.notes.map((note) => `${note}\n`).join("");
  process.stdout.write(
    `${result.title}: ${result.stopped} after ${result.iterations} iterations, seed "${seed}"\n\n` +
      `${plainText(table)}\n${notes}report: ${shownPath(join(folder, "report.html"))}\n`,
  );
}

export function registerLearn(program: Command): void {
  withCommon(program.command("learn").argument("<experiment>", "an experiment document, or the name of a demo"))
    .description("the main job: data → family → learned F → a folder with a report")
    .option("--set <path=value>", "change a key of the document (may be repeated)", collect, [])
    .action(learn);
}
