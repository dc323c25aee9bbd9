import type { AccuracyRow } from "@dbd/experiment";

export const accuracyHeader: readonly string[] = [
  "method",
  "start",
  "role",
  "meanError",
  "varianceError",
  "kl",
  "floor",
  "excess",
];

export const accuracyRows = (rows: readonly AccuracyRow[]): (string | number)[][] =>
  rows.map((r) => [
    r.method,
    r.start,
    r.role === "heldOut" ? "held out" : "training",
    r.meanError,
    r.varianceError,
    r.kl,
    r.floor,
    r.excess,
  ]);

const worst = (rows: readonly AccuracyRow[], of: (row: AccuracyRow) => number): number =>
  rows.reduce((most, row) => (Number.isNaN(of(row)) || of(row) > most ? of(row) : most), -Infinity);

/** The table for people: at most twelve lines, errors in per cent; many starts are one line, their worst. */
export function accuracySummary(rows: readonly AccuracyRow[]): { header: string[]; rows: (string | number)[][] } {
  const groups = new Map<string, AccuracyRow[]>();
  for (const row of rows) {
    const key = rows.length > 12 ? `${row.method} ${row.role}` : `${row.method} ${row.role} ${row.start}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return {
    header: ["F", "start", "", "mean error %", "variance error %", "KL at end", "floor at end", "max KL-floor"],
    rows: [...groups.values()].map((group) => [
      group[0]?.method ?? "",
      group.length === 1 ? (group[0]?.start ?? "") : `worst of ${group.length}`,
      group[0]?.role === "heldOut" ? "held out" : "training",
      100 * worst(group, (r) => r.meanError),
      100 * worst(group, (r) => r.varianceError),
      worst(group, (r) => r.kl),
      worst(group, (r) => r.floor),
      worst(group, (r) => r.excess),
    ]),
  };
}
