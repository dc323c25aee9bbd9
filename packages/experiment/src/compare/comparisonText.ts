import { ArgumentError } from "@dbd/numerics/errors";
import type { ResultArray } from "../result.ts";
import type { Comparison, ComparisonRow, Score } from "./comparison.ts";

type Written<V> = V extends ResultArray ? { shape: readonly number[]; data: readonly (number | null)[] } : V;

const written = ({ shape, data }: ResultArray): Written<ResultArray> => ({
  shape,
  data: Array.from(data, (v) => (Number.isFinite(v) ? v : null)),
});
const read = ({ shape, data }: Written<ResultArray>): ResultArray => ({
  shape,
  data: Float64Array.from(data, (v) => v ?? Number.NaN),
});
const readScore = (score: Record<string, unknown>): Score =>
  Object.fromEntries(Object.entries(score).map(([key, v]) => [key, v ?? Number.NaN])) as unknown as Score;

const writtenRow = ({
  mean,
  variance,
  kl,
  floor,
  ...rest
}: Omit<ComparisonRow, "seconds"> & { readonly seconds: number | undefined }): object => ({
  ...rest,
  mean: written(mean),
  variance: written(variance),
  kl: written(kl),
  floor: written(floor),
});

function readRow(value: unknown): ComparisonRow {
  const { mean, variance, kl, floor, scores, ...rest } = value as Record<
    "mean" | "variance" | "kl" | "floor",
    Written<ResultArray>
  > & {
    scores: Record<string, unknown>[];
  };
  return {
    ...rest,
    seconds: (rest as { seconds?: number | null }).seconds ?? Number.NaN,
    scores: scores.map(readScore),
    mean: read(mean),
    variance: read(variance),
    kl: read(kl),
    floor: read(floor),
  } as unknown as ComparisonRow;
}

/** A row as text, for a later run; numbers survive exactly. */
export const printRow = (row: ComparisonRow): string => JSON.stringify(writtenRow(row));

export const parseRow = (text: string): ComparisonRow => readRow(JSON.parse(text));

/** A comparison as JSON text without the seconds, so that the same document gives the same bytes. */
export function printComparison(comparison: Comparison): string {
  const { rows, times, mean, variance, floor, replacement, ...rest } = comparison;
  const all = { times: written(times), mean: written(mean), variance: written(variance), floor: written(floor) };
  const timeless = rows.map((row) => writtenRow({ ...row, seconds: undefined, predictionSeconds: undefined }));
  const beside =
    replacement === undefined
      ? {}
      : { replacement: { ...replacement, simulationSeconds: undefined, predictionSeconds: undefined } };
  return `${JSON.stringify({ format: 1, ...rest, ...beside, ...all, rows: timeless })}\n`;
}

/**
 * Reads what `printComparison` wrote; seconds are NaN.
 * @throws ArgumentError when the text is something else.
 */
export function parseComparison(text: string, file = "comparison.json"): Comparison {
  let value: { format?: unknown; rows?: unknown[] } & Record<string, unknown>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch (cause) {
    throw new ArgumentError(file, "found text that is not JSON; expected a comparison", {
      cause,
      hint: "Run dbd compare again",
    });
  }
  const { format, rows, times, mean, variance, floor, ...rest } = value;
  if (format !== 1 || rows === undefined)
    throw new ArgumentError(file, "found no comparison of format 1; expected what dbd compare writes", {
      hint: "Run dbd compare again",
    });
  const arrays = { times, mean, variance, floor } as Record<string, Written<ResultArray>>;
  const restored = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, read(array)]));
  return { ...rest, ...restored, rows: rows.map(readRow) } as unknown as Comparison;
}
