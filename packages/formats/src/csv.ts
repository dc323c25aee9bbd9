import { SourceError } from "@dbd/numerics/errors";

/** A field of a table; NaN is an empty one. */
export type Cell = string | number;

const field = (cell: Cell): string => {
  if (typeof cell === "number") return Number.isNaN(cell) ? "" : Object.is(cell, -0) ? "-0" : String(cell);
  return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
};

/** CSV text (RFC 4180, with line feeds): numbers with all digits, NaN as an empty field. */
export function writeCsv(header: readonly string[], rows: Iterable<readonly Cell[]>): string {
  const lines = [header.map(field).join(",")];
  for (const row of rows) lines.push(row.map(field).join(","));
  return `${lines.join("\n")}\n`;
}

export interface CsvTable {
  readonly header: readonly string[];
  /** Fields as they stand in the text, without their quotes. */
  readonly rows: readonly (readonly string[])[];
}

/** Reads the fields of a CSV text. @throws {SourceError} For quotes that do not end, and rows of another length. */
export function readCsv(text: string, { file }: { readonly file?: string } = {}): CsvTable {
  const rows: string[][] = [];
  const place = (line: number): { file?: string; line: number; column: number } => ({
    ...(file === undefined ? {} : { file }),
    line,
    column: 1,
  });
  const shape = /(?:"((?:[^"]|"")*)"|([^",\n\r]*))(,|\r\n|\n|\r|$)/y;
  shape.lastIndex = text.startsWith("\uFEFF") ? 1 : 0;
  let row: string[] = [];
  let line = 1;
  while (shape.lastIndex < text.length || row.length > 0) {
    const match = shape.exec(text);
    if (match === null) throw new SourceError(place(line), "a quote stands in a field or does not end");
    row.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] === ",") continue;
    if (rows.length > 0 && row.length !== rows[0].length)
      throw new SourceError(place(line), `found ${row.length} fields, expected ${rows[0].length} as in the header`);
    rows.push(row);
    line += match[0].split(/\r\n|\n|\r/).length - 1;
    row = [];
    if (match[3] === "") break;
  }
  const [header, ...body] = rows;
  if (header === undefined) throw new SourceError(place(1), "found no header");
  return { header, rows: body };
}

/** Every run's states: `run,time,X,…`, from trajectories of shape [K, T, S]. */
export function writeTrajectoryCsv(ensemble: {
  readonly times: ArrayLike<number>;
  readonly species: readonly string[];
  readonly runs: number;
  readonly trajectories: ArrayLike<number>;
}): string {
  const { times, species, runs, trajectories } = ensemble;
  const S = species.length;
  const T = times.length;
  const rows = function* (): Generator<number[]> {
    for (let k = 0; k < runs; k++)
      for (let t = 0; t < T; t++) {
        const at = (k * T + t) * S;
        yield [k, times[t], ...Array.from({ length: S }, (_, s) => trajectories[at + s])];
      }
  };
  return writeCsv(["run", "time", ...species], rows());
}
