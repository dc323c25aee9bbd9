import type { Network } from "@dbd/cme";
import { usage } from "./failure.ts";

/** Means and standard deviations over time, as the contract's columns `time,X-mean,X-sd,…`. */
export interface MomentTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly number[])[];
  /** About eleven of the rows, for people. */
  readonly shownRows: readonly (readonly number[])[];
}

/** Lays out what a solution says of the species asked for; a variance that fell below 0 has no standard deviation. */
export function momentTable(
  times: ArrayLike<number>,
  species: readonly string[],
  solution: { mean(name: string): ArrayLike<number>; variance(name: string): ArrayLike<number> },
): MomentTable {
  const columns = species.flatMap((name) => [solution.mean(name), Array.from(solution.variance(name), Math.sqrt)]);
  const rows = Array.from(times, (time, t) => [time, ...columns.map((column) => column[t] ?? Number.NaN)]);
  return {
    header: ["time", ...species.flatMap((name) => [`${name}-mean`, `${name}-sd`])],
    rows,
    shownRows: someRows(rows),
  };
}

/** About eleven rows, the last among them. */
export function someRows<Row>(rows: readonly Row[]): readonly Row[] {
  const step = Math.max(1, Math.ceil(rows.length / 11));
  return rows.filter((_, i) => i % step === 0 || i === rows.length - 1);
}

/**
 * The names of --vars, or all of the model.
 * @throws A usage error for a name that the model does not have.
 */
export function chosenNames(
  flag: string,
  wanted: readonly string[] | undefined,
  known: Network["species"],
): readonly string[] {
  if (wanted === undefined) return known;
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw usage(`${flag}: found "${unknown}"; expected names of the model: ${known.join(", ")}`);
  if (wanted.length === 0) throw usage(`${flag}: found no names; expected names of the model, for example ${flag} X,Y`);
  return wanted;
}
