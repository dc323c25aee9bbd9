/** A table of numbers with named columns. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (number | string)[])[];
}

/** Numbers in full: the shortest text that reads back to the same double. */
export const csvText = ({ columns, rows }: Table): string =>
  `${[columns, ...rows].map((row) => row.join(",")).join("\n")}\n`;

export const jsonText = ({ columns, rows }: Table, more: object = {}): string =>
  `${JSON.stringify({ ...more, columns, rows }, null, 1)}\n`;

const short = (value: number | string): string => {
  if (typeof value === "string") return value;
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  return String(Number(value.toPrecision(6)));
};

/** A table for people: right-aligned, six digits; a long one shows its first and last rows. */
export function plainText({ columns, rows }: Table, most: number = 14): string {
  const half = Math.floor(most / 2);
  const cut = rows.length > most + 1;
  const shown = cut ? [...rows.slice(0, half), ...rows.slice(-half)] : rows;
  const cells = [columns, ...shown.map((row) => row.map(short))];
  const widths = columns.map((_, c) => Math.max(...cells.map((row) => row[c]?.length ?? 0)));
  const lines = cells.map((row) => row.map((cell, c) => cell.padStart(widths[c] ?? 0)).join("  "));
  if (cut) lines.splice(1 + half, 0, `… ${rows.length - 2 * half} more rows`);
  return `${lines.join("\n")}\n`;
}
