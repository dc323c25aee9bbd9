import { createRequire } from "node:module";
import { Command } from "commander";
import { explain, exitCode } from "./exit.ts";
import { registerCheck } from "./check.ts";
import { registerDemo } from "./demo.ts";
import { registerExact } from "./exact.ts";
import { registerGradient } from "./gradient.ts";
import { registerLearn } from "./learn.ts";
import { registerReport } from "./reportCommand.ts";
import { registerSimulate } from "./simulate.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

/** The whole command line as a value, so that tests can call it in-process. */
export function createProgram(): Command {
  const program = new Command("dbd")
    .description("Learn reduced models of stochastic chemistry with dynamic Boltzmann distributions.")
    .version(version)
    .showHelpAfterError("(dbd --help lists the commands)")
    .showSuggestionAfterError()
    .exitOverride();
  for (const register of [
    registerSimulate,
    registerExact,
    registerLearn,
    registerGradient,
    registerCheck,
    registerReport,
    registerDemo,
  ]) {
    register(program);
  }
  return program;
}

/** Runs one command; resolves to its exit code. Errors are said on stderr, never thrown. */
export async function run(argv: readonly string[]): Promise<number> {
  // A reader that closes early (`dbd … | head`) ends the program without a word.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  try {
    await createProgram().parseAsync(argv, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    explain(error, argv.includes("--debug"));
    return exitCode(error);
  }
}
