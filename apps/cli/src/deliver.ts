import { checkFree, userPath, writeFile } from "./files.ts";
import type { Io } from "./io.ts";
import type { CommonOptions } from "./options.ts";
import { csvText, textTable } from "./table.ts";

/** A table and a few lines about it, in every form that a user can ask for. */
export interface Summary {
  /** Before the table, for people. */
  readonly lines: readonly string[];
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Rows of the table for people, when the CSV has too many. */
  readonly shownRows?: readonly (readonly (string | number)[])[];
  readonly shownHeader?: readonly string[];
  /** After the table. */
  readonly footer?: readonly string[];
  /** For --json. */
  readonly json: unknown;
}

type Wanted = Pick<CommonOptions, "csv" | "json" | "force"> & { readonly quiet?: boolean };

/** Refuses file names that are taken, before any work is done. */
export function checkTargets(io: Io, { csv, json, force }: Wanted): void {
  for (const target of [csv, json]) if (target !== undefined && target !== "-") checkFree(userPath(target, io), force);
}

/** Writes what was asked for: CSV or JSON to a file or stdout, and otherwise a short text with one table. */
export function deliver(io: Io, options: Wanted, summary: Summary): void {
  const outputs = [
    [options.csv, () => csvText(summary.header, summary.rows)],
    [options.json, () => `${JSON.stringify(summary.json, null, 2)}\n`],
  ] as const;
  let machine = false;
  for (const [target, text] of outputs) {
    if (target === undefined) continue;
    if (target === "-") {
      machine = true;
      io.stdout(text());
    } else writeFile(userPath(target, io), text());
  }
  if (machine) {
    if (options.quiet !== true && summary.lines.length > 0) io.stderr(`${summary.lines.join("\n")}\n`);
    return;
  }
  const table = textTable(summary.shownHeader ?? summary.header, summary.shownRows ?? summary.rows);
  io.stdout([...summary.lines, table.trimEnd(), ...(summary.footer ?? [])].join("\n") + "\n");
}
