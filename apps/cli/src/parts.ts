import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { usage } from "./failure.ts";
import { partsFolder, readText, writeFile } from "./files.ts";

export const hashOf = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** Finished pieces of an interrupted command, by name. Without a folder nothing is kept. */
export interface Parts {
  load(name: string): string | undefined;
  save(name: string, text: string): void;
  /** Removes everything: the command is complete. */
  clear(): void;
}

const none: Parts = { load: () => undefined, save: () => undefined, clear: () => undefined };

/**
 * Opens the pieces kept in a result folder.
 * @param key - Everything that the result depends on: pieces of another job are refused when resuming, dropped otherwise.
 */
export function openParts(out: string | undefined, key: string, resume: boolean): Parts {
  if (out === undefined) return none;
  const folder = partsFolder(out);
  const keyFile = join(folder, "key");
  const wanted = hashOf(key);
  const old = existsSync(keyFile) ? readText(keyFile) : undefined;
  if (old !== undefined && old !== wanted && resume)
    throw usage(
      `${folder}: found the unfinished work of another command or seed; expected this one's. Use --force to start afresh`,
    );
  if (!resume || old === undefined) rmSync(folder, { recursive: true, force: true });
  let opened = resume && old !== undefined;
  return {
    load(name) {
      const path = join(folder, name);
      return opened && existsSync(path) ? readText(path) : undefined;
    },
    save(name, text) {
      if (!opened) writeFile(keyFile, wanted);
      opened = true;
      writeFile(join(folder, name), text);
    },
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}
