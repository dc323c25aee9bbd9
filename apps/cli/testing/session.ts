import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../src/program.ts";

/** What one command line did. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A user in an empty folder of their own, who runs commands in this process. */
export interface Session {
  readonly folder: string;
  /** Words of the command line; a text is cut at spaces. */
  readonly dbd: (
    line: string | readonly string[],
    env?: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ) => Promise<Ran>;
  readonly put: (name: string, text: string | Uint8Array) => void;
  readonly get: (name: string) => string;
  /** Every file below the folder with its bytes, sorted by name. */
  readonly files: (name?: string) => ReadonlyMap<string, string>;
  readonly end: () => void;
}

export function session(): Session {
  const folder = mkdtempSync(join(tmpdir(), "dbd-session-"));
  return {
    folder,
    async dbd(line, env = {}, signal = new AbortController().signal) {
      let out = "";
      let err = "";
      const code = await runProgram(typeof line === "string" ? line.split(" ") : line, {
        stdout: (text) => void (out += text),
        stderr: (text) => void (err += text),
        env: { INIT_CWD: folder, ...env },
        terminal: false,
        color: false,
        signal,
      });
      return { code, out, err };
    },
    put: (name, text) => writeFileSync(join(folder, name), text),
    get: (name) => readFileSync(join(folder, name), "utf8"),
    files(name = ".") {
      const root = join(folder, name);
      const found = readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
      return new Map(found.map((path) => [path.slice(root.length + 1), readFileSync(path, "latin1")]));
    },
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}
