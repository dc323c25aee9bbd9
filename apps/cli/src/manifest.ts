import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type CommonOptions } from "./common.ts";
import { emit, refuseOverwrite, shownPath, userPath, writeWhole } from "./files.ts";
import { csvText, jsonText, plainText, type Table } from "./table.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

/** Hash of a result file. */
const hashOf = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/**
 * Writes a result folder: every file whole, the manifest last, so that a folder with a manifest is a finished one.
 * Only the manifest says when, where and how fast; it is not hashed.
 */
export function writeResult(
  folder: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  manifest: { readonly command: string; readonly input: object; readonly facts: object },
): void {
  for (const [name, content] of files) writeWhole(join(folder, name), content);
  const hashes = Object.fromEntries([...files].map(([name, content]) => [name, hashOf(content)]));
  const text = {
    command: manifest.command,
    input: manifest.input,
    ...manifest.facts,
    versions: { dbd: version, node: process.version },
    finished: new Date().toISOString(),
    files: hashes,
  };
  writeWhole(join(folder, "manifest.json"), `${JSON.stringify(text, null, 2)}\n`);
}

/** Refuses a folder that holds a finished result, unless told to overwrite it. */
export function checkFolder({ out, force = false }: CommonOptions): void {
  if (out === undefined) return;
  const folder = userPath(out);
  if (existsSync(join(folder, "manifest.json"))) refuseOverwrite(folder, force);
}

interface Published {
  readonly command: string;
  /** Base name of the files in --out. */
  readonly name: string;
  readonly table: Table;
  /** For people, before the table. */
  readonly heading: string;
  readonly input: object;
  readonly facts: object;
}

/** Sends one table where the flags ask: stdout, files, a result folder. */
export function publish(options: CommonOptions, { command, name, table, heading, input, facts }: Published): void {
  if (options.out !== undefined) {
    const files = new Map([
      [`${name}.csv`, csvText(table)],
      [`${name}.json`, jsonText(table)],
    ]);
    writeResult(userPath(options.out), files, { command, input, facts });
  }
  if (options.csv !== undefined) emit(options.csv, csvText(table));
  if (options.json !== undefined) emit(options.json, jsonText(table, { command }));
  if (options.csv !== "-" && options.json !== "-") {
    const place = options.out === undefined ? "" : `result: ${shownPath(userPath(options.out))}\n`;
    process.stdout.write(`${heading}\n${plainText(table)}${place}`);
  }
}
