import { hostname } from "node:os";
import { join } from "node:path";
import { writeFile } from "./files.ts";
import { hashOf } from "./parts.ts";
import { version } from "./version.ts";

/** Files of a result by name relative to its folder. Must not contain a date, host, path, duration or worker count. */
export type ResultFiles = ReadonlyMap<string, string>;

/** What a manifest says besides the files. */
export interface ManifestInput {
  readonly command: string;
  /** The validated input. */
  readonly input: unknown;
  readonly seed: string | number;
  readonly method: { readonly name: string; readonly why: string };
  readonly backend: { readonly name: string; readonly why: string };
  readonly events: number;
  readonly workers: number;
  readonly seconds: number;
}

/**
 * Writes the files and then the manifest, which makes the result complete. The manifest itself is not hashed.
 * @param timed - Files that hold durations: listed without a hash, since their bytes differ from run to run.
 */
export function writeResult(
  out: string,
  files: ResultFiles,
  input: ManifestInput,
  timed: ResultFiles = new Map(),
): void {
  const hashes: Record<string, string> = {};
  for (const [name, text] of timed) writeFile(join(out, name), text);
  for (const [name, text] of files) {
    writeFile(join(out, name), text);
    hashes[name] = hashOf(text);
  }
  const manifest = {
    ...input,
    versions: { dbd: version, node: process.versions.node },
    host: hostname(),
    finished: new Date().toISOString(),
    files: hashes,
    ...(timed.size === 0 ? {} : { timed: [...timed.keys()] }),
  };
  writeFile(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}
