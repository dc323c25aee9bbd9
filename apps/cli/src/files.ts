import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { usage } from "./failure.ts";
import type { Io } from "./io.ts";

/** A path as the user means it: relative to where they stand, which under npm is INIT_CWD. */
export function userPath(path: string, { env }: Pick<Io, "env">): string {
  return isAbsolute(path) ? path : resolve(env["INIT_CWD"] ?? process.cwd(), path);
}

/** The text of a file, its byte order mark left out. Throws Exit 2 where a byte is not UTF-8. */
export function readText(path: string): string {
  const bytes = readFileSync(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // The first wrong byte is where the lenient reading and the bytes part.
    const read = Buffer.from(bytes.toString("utf8"));
    const good = bytes
      .subarray(
        0,
        bytes.findIndex((byte, i) => byte !== read[i]),
      )
      .toString("utf8")
      .split("\n");
    throw usage(
      `${path}:${good.length}:${(good.at(-1)?.length ?? 0) + 1}  found a byte that is not UTF-8; expected UTF-8 text. Save the file as UTF-8`,
    );
  }
}

let counter = 0;

/** Writes a file that appears under its name only when it is complete: written aside, synced, renamed. */
export function writeFile(path: string, data: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const aside = join(dirname(path), `.${process.pid}-${counter++}.partial`);
  try {
    const file = openSync(aside, "w");
    try {
      const bytes = typeof data === "string" ? Buffer.from(data) : data;
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** Refuses to touch a file that is there, unless told to. */
export function checkFree(path: string, force: boolean): void {
  if (!force && existsSync(path))
    throw usage(`${path}: found an existing file; expected a new name. Use --force to overwrite it`);
}

/** Where unfinished work is kept inside a result folder. */
export const partsFolder = (out: string): string => join(out, "unfinished");

/** Removes what an earlier command put into a folder: its manifest, and the files that it lists. */
function removeResult(out: string): void {
  const manifest = join(out, "manifest.json");
  if (existsSync(manifest)) {
    const { files = {}, timed = [] } = JSON.parse(readText(manifest)) as {
      files?: Readonly<Record<string, unknown>>;
      timed?: readonly string[];
    };
    rmSync(manifest);
    for (const name of [...Object.keys(files), ...timed])
      if (!isAbsolute(name) && !name.split("/").includes("..")) rmSync(join(out, name), { force: true });
  }
  rmSync(partsFolder(out), { recursive: true, force: true });
}

/** Prepares a result folder: it must be new or empty, or the flags say what to do with what is there. */
export function openFolder(out: string, { force, resume }: { force: boolean; resume: boolean }): void {
  if (!existsSync(out) || readdirSync(out).length === 0) return;
  if (resume && !existsSync(join(out, "manifest.json"))) return;
  if (!force)
    throw usage(
      `${out}: found a folder that is not empty; expected a new one. Use --force to overwrite it${resume ? "" : " or --resume to continue what was interrupted"}`,
    );
  removeResult(out);
}
