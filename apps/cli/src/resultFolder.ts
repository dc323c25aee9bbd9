import { existsSync } from "node:fs";
import { join } from "node:path";
import { type AccuracyRow, parseResult, printResult, type Result } from "@dbd/experiment";
import { accuracyTable, type ReportSection, reportPage, resultFigures, resultSections } from "@dbd/figures";
import { ArgumentError } from "@dbd/numerics/errors";
import { readText, shownPath } from "./files.ts";
import { csvText } from "./table.ts";

/** Reads a result folder back. @throws {ArgumentError} When it is none. */
export function readResult(folder: string): Result {
  const path = join(folder, "result.json");
  if (!existsSync(path)) {
    throw new ArgumentError(shownPath(folder), "is not a finished result", { hint: "dbd learn makes one" });
  }
  return parseResult(readText(path), shownPath(path));
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
    ["result.json", printResult(result)],
    ["accuracy.csv", accuracyText(result.accuracy)],
  ]);
  for (const { name, svg } of resultFigures(result)) files.set(`figures/${name}.svg`, svg);
  files.set("report.html", reportPage({ title, sections: sectionsOf(result, "") }));
  return files;
}
