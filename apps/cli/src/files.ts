import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { ArgumentError } from "@dbd/numerics/errors";

/** Where the user stands: npm scripts run in the project's root and keep the user's folder in INIT_CWD. */
export const userFolder = (): string => process.env["INIT_CWD"] ?? process.cwd();

/** A path the user gave, made absolute. */
export const userPath = (path: string): string => resolve(userFolder(), path);

/** A path as the user would write it. */
export const shownPath = (path: string): string => {
  const shown = relative(userFolder(), path);
  return shown === "" ? "." : shown.startsWith("..") ? path : shown;
};

/** Reads a text file. @throws {ArgumentError} In words, when it is not there or is not UTF-8. */
export function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const problem =
      code === "ENOENT" ? "no such file" : code === "EISDIR" ? "is a folder, not a file" : `cannot be read (${code})`;
    throw new ArgumentError(shownPath(path), problem, { hint: "Check the path; it is taken from where you stand" });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ArgumentError(shownPath(path), "is not UTF-8 text");
  }
}

/** Writes a file so that it appears under its name only when complete: written aside, synced, renamed. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    const file = openSync(aside, "w");
    try {
      const bytes = typeof content === "string" ? Buffer.from(content) : content;
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new ArgumentError(shownPath(path), `cannot be written (${code})`, { hint: "Name another place" });
  }
}

/** Refuses to write over a file or a finished result unless told to. */
export function refuseOverwrite(path: string, force: boolean): void {
  if (!force && existsSync(path)) {
    throw new ArgumentError(shownPath(path), "exists already", { hint: "--force overwrites it" });
  }
}

/** Sends a text to stdout for "-", to a file otherwise. */
export function emit(target: string, text: string): void {
  if (target === "-") process.stdout.write(text);
  else writeWhole(userPath(target), text);
}
