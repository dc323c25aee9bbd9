import { Command, CommanderError } from "commander";
import pc from "picocolors";
import { closureNames } from "./closureNames.ts";
import type { ClosureCommandOptions } from "./commands/closure.ts";
import type { ConvertCommandOptions } from "./commands/convert.ts";
import type { DemoCommandOptions } from "./commands/demo.ts";
import type { ExactCommandOptions } from "./commands/exact.ts";
import type { LearnCommandOptions } from "./commands/learn.ts";
import type { RateCommandOptions } from "./commands/rate.ts";
import type { SimulateCommandOptions } from "./commands/simulate.ts";
import { failureOf } from "./failure.ts";
import { formatNames } from "./formatNames.ts";
import type { Io } from "./io.ts";
import { methodNames } from "./methodNames.ts";
import {
  collect,
  type CommonOptions,
  finiteNumber,
  nameList,
  oneOf,
  wholeNumber,
  withCommonOptions,
} from "./options.ts";
import { withGridOptions } from "./timeGrid.ts";
import { version } from "./version.ts";

const BACKENDS = [["auto", "generic", "wasm"], []] as const;

const MODEL = "a .dbd, .xml, .sbml, .net or .ant file";

function simulate(io: Io): Command {
  return withCommonOptions(withGridOptions(new Command("simulate")))
    .description("stochastic ensemble of a model: mean and standard deviation of every species")
    .argument("<model>", MODEL)
    .option("--runs <n>", "independent runs", wholeNumber(1, "--runs 10000"), 10_000)
    .option("--method <name>", methodNames.join(", "), oneOf("the method", methodNames, []), "auto")
    .option(
      "--backend <name>",
      "engine: auto, generic or wasm (the same bits)",
      oneOf("the back end", ...BACKENDS),
      "auto",
    )
    .option("--vars <names>", "species to report, separated by commas", nameList)
    .option("--trajectories <file>", "every run's states, as .csv, .npz or .h5")
    .action(async (model: string, options: SimulateCommandOptions) =>
      (await import("./commands/simulate.ts")).simulateCommand(io, model, options),
    );
}

function exact(io: Io): Command {
  return withCommonOptions(withGridOptions(new Command("exact")))
    .description("truncated master equation of a model, with a bound of the error")
    .argument("<model>", MODEL)
    .option("--tolerance <p>", "largest probability that may be missing", finiteNumber("--tolerance 1e-8", 1e-14), 1e-8)
    .option("--vars <names>", "species to report, separated by commas", nameList)
    .option("--marginal <species file>", "distribution of a species: time,n,p", collect)
    .action(async (model: string, options: ExactCommandOptions) =>
      (await import("./commands/exact.ts")).exactCommand(io, model, options),
    );
}

function closure(io: Io): Command {
  return withCommonOptions(withGridOptions(new Command("closure")))
    .description("moment closure of a model, with a verdict: ok, negative variance, blow-up")
    .argument("<model>", MODEL)
    .option("--closure <name>", closureNames.join(", "), oneOf("the closure", closureNames, ["max-ent"]), "normal")
    .option("--order <n>", "highest moment that is followed", wholeNumber(2, "--order 2"), 2)
    .option("--vars <names>", "species to report, separated by commas", nameList)
    .action(async (model: string, options: ClosureCommandOptions) =>
      (await import("./commands/closure.ts")).closureCommand(io, model, options),
    );
}

function rate(io: Io): Command {
  return withCommonOptions(withGridOptions(new Command("rate")))
    .description("deterministic rate equations of a model")
    .argument("<model>", MODEL)
    .option("--rtol <x>", "relative tolerance of a step", finiteNumber("--rtol 1e-8", 1e-15), 1e-8)
    .option("--atol <x>", "absolute tolerance of a step, in copies", finiteNumber("--atol 1e-12", 0), 1e-12)
    .option("--vars <names>", "columns: species, rules and what events set, separated by commas", nameList)
    .option("--amount <names>", "species to report as amounts", nameList)
    .option("--concentration <names>", "species to report as amount / size of the compartment", nameList)
    .option("--observables", "of a .net: its groups")
    .option("--species", "of a .net: S1, S2, …")
    .action(async (model: string, options: RateCommandOptions) =>
      (await import("./commands/rate.ts")).rateCommand(io, model, options),
    );
}

function convert(io: Io): Command {
  return withCommonOptions(new Command("convert"))
    .description("a model in another format")
    .argument("<model>", MODEL)
    .argument("[file]", "where to write it; stdout when left out")
    .option(
      "--to <format>",
      `${formatNames.join(", ")}; by the file's extension when left out`,
      oneOf("the format", formatNames, []),
    )
    .action(async (model: string, file: string | undefined, options: ConvertCommandOptions) =>
      (await import("./commands/convert.ts")).convertCommand(io, model, file, options),
    );
}

function experiment(
  name: string,
  text: string,
  run: (file: string, options: LearnCommandOptions) => Promise<void>,
): Command {
  return withCommonOptions(new Command(name))
    .description(text)
    .argument("<experiment>", "a document (.yaml) or the name of a demo")
    .option("--set <path=value>", "override a key of the document; may be repeated", collect)
    .action(run);
}

function compare(io: Io): Command {
  return withCommonOptions(new Command("compare"))
    .description("every closure, projected and learned model on one system: one table and one page")
    .argument("[experiment]", "a document (.yaml) or the name of a bundled system; without one all of these")
    .option("--set <path=value>", "override a key of the document; may be repeated", collect)
    .action(async (file: string | undefined, options: LearnCommandOptions) =>
      (await import("./commands/compare.ts")).compareCommand(io, file, options),
    );
}

function demo(io: Io): Command {
  return withCommonOptions(new Command("demo"))
    .description("the bundled examples; without a name the showcase")
    .argument("[name]", "one of dbd demo --list")
    .option("--quick", "fewer iterations", false)
    .option("--list", "list the examples", false)
    .option("--set <path=value>", "override a key of the document; may be repeated", collect)
    .action(async (name: string | undefined, options: DemoCommandOptions) =>
      (await import("./commands/demo.ts")).demoCommand(io, name, options),
    );
}

/** Every command loads what it needs when it is called: a usage error or --version waits for nothing. */
function program(io: Io): Command {
  const all = new Command("dbd")
    .version(version)
    .description("Dynamic Boltzmann distributions: simulate, learn, report.");
  const commands = [
    simulate(io),
    exact(io),
    rate(io),
    closure(io),
    convert(io),
    experiment("learn", "the main job: data, family, Algorithm 1, result folder with report", async (file, o) =>
      (await import("./commands/learn.ts")).learnCommand(io, file, o),
    ),
    experiment("gradient", "Taylor test of the gradient", async (file, o) =>
      (await import("./commands/gradient.ts")).gradientCommand(io, file, o),
    ),
    compare(io),
    experiment("check", "validate a model or an experiment and list what it contains", async (file, o) =>
      (await import("./commands/check.ts")).checkCommand(io, file, o),
    ),
    withCommonOptions(new Command("report"))
      .description("figures and report of finished results again")
      .argument("<results...>", "result folders")
      .action(async (folders: string[], options: CommonOptions) =>
        (await import("./commands/report.ts")).reportCommand(io, folders, options),
      ),
    demo(io),
  ];
  for (const command of [all, ...commands]) {
    command.exitOverride().configureOutput({
      writeOut: io.stdout,
      writeErr: io.stderr,
      outputError: (text, write) => write(text.replace(/^error: /, "dbd: ")),
    });
    command.showSuggestionAfterError(true);
    if (command !== all) all.addCommand(command);
  }
  return all;
}

/** `--marginal X FILE` takes two words; commander's options take one. */
function joinPairs(argv: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? "";
    out.push(word);
    const [name, file] = [argv[i + 1], argv[i + 2]];
    if (word !== "--marginal" || name === undefined || file === undefined) continue;
    out.push(`${name}\t${file}`);
    i += 2;
  }
  return out;
}

/**
 * Runs one command line.
 * @param argv - Without the program's own name.
 * @returns The exit code: 0 done, 1 numerical or run-time failure, 2 bad input or usage, 3 unsupported, 130 interrupted.
 */
export async function runProgram(argv: readonly string[], io: Io): Promise<number> {
  try {
    const words = joinPairs(argv);
    if (words.length === 0) {
      io.stderr(program(io).helpInformation());
      return 2;
    }
    await program(io).parseAsync(words, { from: "user" });
    return 0;
  } catch (error) {
    const { code, message } = failureOf(error);
    if (message !== "") io.stderr(`${code === 130 ? "" : pc.createColors(io.color).red("dbd: ")}${message}\n`);
    if (argv.includes("--debug") && error instanceof Error && !(error instanceof CommanderError))
      io.stderr(`${error.stack ?? ""}\n${error.cause instanceof Error ? (error.cause.stack ?? "") : ""}\n`);
    return code;
  }
}
