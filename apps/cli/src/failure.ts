import { CommanderError } from "commander";

/** A command ends with this exit code, its message already written or in `message`. */
export class Exit extends Error {
  override readonly name: string = "Exit";
  readonly exitCode: number;

  constructor(exitCode: number, message = "") {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Interrupted: what was finished stays valid. */
export const interrupted = (message: string): Exit => new Exit(130, message);

/** Bad input or usage. */
export const usage = (message: string): Exit => new Exit(2, message);

const fileProblems: Readonly<Record<string, string>> = {
  ENOENT: "found no such file; expected an existing one",
  EISDIR: "found a folder; expected a file",
  ENOTDIR: "found a file where a folder is needed",
  EACCES: "found a file without permission; expected one that can be read or written",
  EROFS: "found a read-only file system",
  ENOSPC: "found no space left on the device",
};

/** The exit code and the message (without a stack trace) of whatever ended a command. */
export function failureOf(error: unknown): { readonly code: number; readonly message: string } {
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? 0 : 2, message: "" }; // commander has written it
  if (!(error instanceof Error)) return { code: 1, message: `unexpected failure: ${String(error)}` };
  const { exitCode, code, path } = error as { exitCode?: unknown; code?: unknown; path?: unknown };
  if (typeof exitCode === "number") return { code: exitCode, message: error.message };
  const problem = typeof code === "string" ? fileProblems[code] : undefined;
  if (problem !== undefined)
    return { code: code === "ENOSPC" ? 1 : 2, message: `${typeof path === "string" ? path : "file"}: ${problem}` };
  return { code: 1, message: `${error.name}: ${error.message}. Run again with --debug for the place in the program` };
}
