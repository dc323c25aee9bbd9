import { join } from "node:path";
import type { AccuracyRow, Result, ResultArray } from "@dbd/experiment";
import { accuracyTable, type ReportSection, reportPage, resultFigures, resultSections } from "@dbd/figures";
import { ArgumentError } from "@dbd/numerics/errors";
import { readText, shownPath } from "./files.ts";
import { csvText } from "./table.ts";

/** JSON has no NaN: it becomes null, and comes back as NaN. */
export function resultText(result: Result): string {
  const arrays = Object.fromEntries(
    Object.entries(result.arrays).map(([name, { shape, data }]) => [
      name,
      { shape, data: Array.from(data, (v) => (Number.isFinite(v) ? v : null)) },
    ]),
  );
  return `${JSON.stringify({ format: "dbd-result-1", ...result, arrays })}\n`;
}

/** Reads a result folder back. @throws {ArgumentError} When it is none. */
export function readResult(folder: string): Result {
  const path = join(folder, "result.json");
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (error) {
    if (error instanceof ArgumentError) {
      throw new ArgumentError(shownPath(folder), "is not a finished result", { hint: "dbd learn makes one" });
    }
    throw new ArgumentError(shownPath(path), "is not JSON", { hint: "Run dbd learn again" });
  }
  const stored = value as { format?: string; arrays?: Record<string, { shape: number[]; data: (number | null)[] }> };
  if (stored.format !== "dbd-result-1") {
    throw new ArgumentError(shownPath(path), `found format ${JSON.stringify(stored.format)}; expected "dbd-result-1"`);
  }
  const arrays: Record<string, ResultArray> = {};
  for (const [name, { shape, data }] of Object.entries(stored.arrays ?? {})) {
    arrays[name] = { shape, data: Float64Array.from(data, (v) => v ?? Number.NaN) };
  }
  return { ...(stored as unknown as Result), arrays };
}

/** The accuracy of every start as CSV. */
const accuracyText = (rows: readonly AccuracyRow[]): string =>
  csvText({
    columns: ["method", "start", "role", "mean-error", "variance-error", "kl", "floor", "excess"],
    rows: rows.map((r) => [r.method, `"${r.start}"`, r.role, r.meanError, r.varianceError, r.kl, r.floor, r.excess]),
  });

/** The sections of one result in a report; several results get their title in front. */
export function sectionsOf(result: Result, prefix: string): ReportSection[] {
  const first: ReportSection = {
    heading: `${prefix}Accuracy`,
    text: [
      `${result.network}\n\nObserved: ${result.species}. Family: ${result.family.labels.join(", ")} over the base measure ${result.family.base}. F: ${result.dynamics.kind} on ${result.chart.labels.join(", ")}. Data: ${result.awake}.`,
      ...result.notes,
    ].join("\n\n"),
    tables: [accuracyTable(result.accuracy)],
  };
  return [first, ...resultSections(result).map((s) => ({ ...s, heading: `${prefix}${s.heading}` }))];
}

/** Every file of a result folder but the manifest. */
export function resultFiles(result: Result, title: string): Map<string, string> {
  const files = new Map([
    ["result.json", resultText(result)],
    ["accuracy.csv", accuracyText(result.accuracy)],
  ]);
  for (const { name, svg } of resultFigures(result)) files.set(`figures/${name}.svg`, svg);
  files.set("report.html", reportPage({ title, sections: sectionsOf(result, "") }));
  return files;
}
