import type { Result } from "@dbd/experiment";
import { printResult } from "@dbd/experiment";
import { resultFigures } from "@dbd/figures";
import { accuracyHeader, accuracyRows } from "./accuracy.ts";
import { csvText } from "./table.ts";

/** Everything of a learned result but its report: arrays, tables and figures, by file name. */
export function resultFiles(result: Result): Map<string, string> {
  const files = new Map<string, string>([
    ["result.json", printResult(result)],
    ["accuracy.csv", csvText(accuracyHeader, accuracyRows(result.accuracy))],
    ["moments.csv", momentsCsv(result)],
    ["interactions.csv", interactionsCsv(result)],
    ["coefficients.csv", csvText(["index", "u"], vectorRows(result.arrays.coefficients?.data))],
    ["objective.csv", csvText(["iteration", "S"], vectorRows(result.arrays.objective?.data))],
  ]);
  for (const { name, svg } of resultFigures(result)) files.set(`figures/${name}.svg`, svg);
  return files;
}

const vectorRows = (data: Float64Array = new Float64Array(0)): number[][] => Array.from(data, (v, i) => [i, v]);

/** One row per start and time. */
function rowsByTime(result: Result, columns: (row: number) => readonly number[]): (string | number)[][] {
  const times = result.arrays.times?.data ?? new Float64Array(0);
  return result.starts.flatMap(({ label, role }, a) =>
    Array.from(times, (time, t) => [
      label,
      role === "heldOut" ? "held out" : "training",
      time,
      ...columns(a * times.length + t),
    ]),
  );
}

function momentsCsv(result: Result): string {
  const names = [
    "exactMean",
    "exactSd",
    "learnedMean",
    "learnedSd",
    "analyticMean",
    "analyticSd",
    "kl",
    "floor",
    "analyticKl",
  ] as const;
  const there = names.filter((name) => result.arrays[name] !== undefined);
  const rows = rowsByTime(result, (row) => there.map((name) => result.arrays[name]?.data[row] ?? Number.NaN));
  return csvText(["start", "role", "time", ...there], rows);
}

function interactionsCsv(result: Result): string {
  const P = result.family.order;
  const numbers = Array.from({ length: P }, (_, k) => k);
  const take = (name: "nu" | "nuBest" | "y" | "pathLearned") => (row: number) =>
    numbers.map((k) => result.arrays[name]?.data[row * P + k] ?? Number.NaN);
  const header = ["nu", "nuBest", "y", "F"].flatMap((name) => numbers.map((k) => `${name}${k + 1}`));
  const parts = [take("nu"), take("nuBest"), take("y"), take("pathLearned")];
  return csvText(
    ["start", "role", "time", ...header],
    rowsByTime(result, (row) => parts.flatMap((part) => part(row))),
  );
}
