import { summary } from "@dbd/cme";
import { demos } from "@dbd/demos";
import type { Command } from "commander";
import { type CommonOptions, withCommon } from "./common.ts";
import { collect, loadExperiment } from "./experiments.ts";
import { emit } from "./files.ts";
import { readModel } from "./models.ts";

interface CheckOptions extends CommonOptions {
  readonly set: readonly string[];
}

const isDocument = (argument: string): boolean =>
  /\.(ya?ml|json)$/i.test(argument) || demos.some(({ name }) => name === argument);

async function check(argument: string, options: CheckOptions): Promise<void> {
  const loaded = isDocument(argument) ? await loadExperiment(argument, options.seed, options.set) : undefined;
  const network = loaded?.network ?? readModel(argument);
  if (options.json !== undefined) {
    const { species, reactions } = network;
    const found = {
      kind: loaded === undefined ? "model" : "experiment",
      species,
      reactions: reactions.length,
      ...(loaded === undefined ? {} : { input: loaded.experiment.input }),
    };
    emit(options.json, `${JSON.stringify(found, null, 1)}\n`);
  }
  if (options.json === "-") return;
  process.stdout.write(`${summary(network)}\n`);
  if (loaded !== undefined) process.stdout.write(`\nexperiment: ${JSON.stringify(loaded.experiment.input, null, 1)}\n`);
  process.stdout.write("valid: everything in it is supported\n");
}

export function registerCheck(program: Command): void {
  withCommon(program.command("check").argument("<file>", "a model, an experiment document, or the name of a demo"))
    .description("validates a model or an experiment and lists what it contains")
    .option("--set <path=value>", "change a key of the document (may be repeated)", collect, [])
    .action(check);
}
