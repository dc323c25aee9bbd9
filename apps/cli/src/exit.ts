import { ArgumentError, NumericalError, UnsupportedError } from "@dbd/numerics/errors";
import { CommanderError } from "commander";
import pc from "picocolors";

/** What the exit codes mean to other programs. */
export const EXIT = { done: 0, failed: 1, badInput: 2, unsupported: 3, interrupted: 130 } as const;

/** Thrown by a command that stopped because the user asked it to. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** The exit code of an error: bad input 2, unsupported feature 3, Ctrl-C 130, everything else 1. */
export function exitCode(error: unknown): number {
  if (error instanceof Interrupted) return EXIT.interrupted;
  if (error instanceof ArgumentError) return EXIT.badInput;
  if (error instanceof UnsupportedError) return EXIT.unsupported;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
  return EXIT.failed;
}

/** Says an error on stderr in one message; the stack only when asked for, or when the fault is ours. */
export function explain(error: unknown, debug: boolean): void {
  if (error instanceof CommanderError) return; // commander has said it
  const known =
    error instanceof ArgumentError ||
    error instanceof UnsupportedError ||
    error instanceof NumericalError ||
    error instanceof Interrupted;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${pc.red(known ? "error" : "unexpected error")}: ${message}\n`);
  if (debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else if (!known) process.stderr.write("This looks like a fault of ours; --debug shows where.\n");
}
