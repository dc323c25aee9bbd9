import { checkGradient } from "@dbd/experiment";
import type { Command } from "commander";
import { type CommonOptions, interruptible, withCommon, workerCount } from "./common.ts";
import { EXIT, Interrupted } from "./exit.ts";
import { collect, loadExperiment } from "./experiments.ts";
import { publish } from "./manifest.ts";

interface GradientOptions extends CommonOptions {
  readonly set: readonly string[];
}

async function gradient(argument: string, options: GradientOptions): Promise<void> {
  const { name, experiment, network } = await loadExperiment(argument, options.seed, options.set);
  const begun = performance.now();
  const check = await interruptible(options, (control) =>
    checkGradient(experiment, network, { workers: workerCount(options), ...control }),
  );
  if (check === undefined) throw new Interrupted("interrupted; nothing was written");
  const skipped = check.rows.filter(({ crosses }) => crosses).map(({ h }) => h.toExponential(2));
  const crossings = skipped.length === 0 ? "" : `not judged, a stage crosses a node of F: h = ${skipped.join(", ")}\n`;
  publish(options, {
    command: "gradient",
    name: "taylor",
    table: {
      columns: ["h", "remainder0", "remainder1", "slope"],
      rows: check.rows.map(({ h, remainder0, remainder1, slope }) => [h, remainder0, remainder1, slope]),
    },
    heading:
      `${name}: Taylor test of ∂S/∂u at a random u with the norm of the learned one, ` +
      `seed "${experiment.input.seed}"\n|S| = ${check.objective.toPrecision(6)}, |u| = ${check.norm.toPrecision(6)}\n` +
      `${crossings}${check.verdict}\n`,
    input: experiment.input,
    facts: { passed: check.passed, verdict: check.verdict, seconds: (performance.now() - begun) / 1000 },
  });
  if (!check.passed) {
    process.stderr.write(`${check.verdict}\n`);
    process.exitCode = EXIT.failed;
  }
}

export function registerGradient(program: Command): void {
  withCommon(program.command("gradient").argument("<experiment>", "an experiment document, or the name of a demo"))
    .description("Taylor test: is the gradient of the experiment right?")
    .option("--set <path=value>", "change a key of the document (may be repeated)", collect, [])
    .action(gradient);
}
