import { availableParallelism } from "node:os";
import { didYouMean, UnsupportedError } from "@dbd/numerics/errors";
import { type Command, InvalidArgumentError } from "commander";

/** Flags that every command takes; what a command has no use for is accepted and does nothing. */
export interface CommonOptions {
  readonly seed?: string;
  readonly workers: number;
  readonly out?: string;
  readonly force: boolean;
  readonly resume: boolean;
  readonly csv?: string;
  readonly json?: string;
  readonly quiet: boolean;
  readonly debug: boolean;
}

const problem = (found: string, expected: string, hint: string): InvalidArgumentError =>
  new InvalidArgumentError(`found "${found}"; expected ${expected}; for example ${hint}.`);

export function wholeNumber(least: number, example: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isSafeInteger(value) || value < least)
      throw problem(text, `a whole number of at least ${least}`, example);
    return value;
  };
}

export function finiteNumber(example: string, least: number = -Infinity): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value) || value < least)
      throw problem(text, least === -Infinity ? "a number" : `a number of at least ${least}`, example);
    return value;
  };
}

/** One of the names that work; those that are only planned are refused as unsupported, not as unknown. */
export function oneOf(what: string, built: readonly string[], planned: readonly string[]): (text: string) => string {
  return (text) => {
    if (built.includes(text)) return text;
    if (planned.includes(text)) throw new UnsupportedError(`${what} ${text}`, { hint: `Take ${built.join(" or ")}` });
    const near = didYouMean(text, built);
    throw new InvalidArgumentError(
      `found "${text}"; expected one of ${built.join(", ")}.${near === undefined ? "" : ` Did you mean "${near}"?`}`,
    );
  };
}

export const nameList = (text: string): readonly string[] =>
  text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** Collects a flag that may be given several times. */
export const collect = (value: string, previous: readonly string[] | undefined): readonly string[] => [
  ...(previous ?? []),
  value,
];

export function withCommonOptions(command: Command): Command {
  return command
    .option("--seed <text>", "any text or number; the default is fixed and printed")
    .option("--workers <n>", "threads; never changes a result", wholeNumber(1, "--workers 2"), availableParallelism())
    .option("--out <dir>", "folder for the result")
    .option("--force", "overwrite what is there", false)
    .option("--resume", "continue an interrupted command", false)
    .option("--csv <file>", "write the table as CSV; - for stdout")
    .option("--json <file>", "write the summary as JSON; - for stdout")
    .option("--quiet", "no progress and no remarks on stderr", false)
    .option("--debug", "show where in the program an error arose", false);
}
