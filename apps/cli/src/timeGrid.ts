import { type Command } from "commander";
import { usage } from "./failure.ts";
import { readText, userPath } from "./files.ts";
import type { Io } from "./io.ts";
import { finiteNumber, wholeNumber } from "./options.ts";

/** Flags of a time grid. */
export interface GridOptions {
  readonly start: number;
  readonly duration: number;
  readonly steps: number;
  readonly grid?: string;
}

export function withGridOptions(command: Command): Command {
  return command
    .option("--start <t>", "first time", finiteNumber("--start 0", 0), 0)
    .option("--duration <t>", "time from the first to the last row", finiteNumber("--duration 50", 0), 50)
    .option("--steps <n>", "steps of the grid: steps + 1 rows", wholeNumber(1, "--steps 50"), 50)
    .option("--grid <file>", "times from a file, one a line, instead");
}

/** The times of the flags, shape [T]. */
export function timesOf(io: Io, { start, duration, steps, grid }: GridOptions): Float64Array {
  if (grid !== undefined) return timesFromFile(io, grid);
  if (!(duration > 0))
    throw usage(`--duration: found ${duration}; expected a number above 0; for example --duration 50`);
  return Float64Array.from({ length: steps + 1 }, (_, i) => start + (duration * i) / steps);
}

function timesFromFile(io: Io, file: string): Float64Array {
  const times: number[] = [];
  for (const [i, raw] of readText(userPath(file, io)).split(/\r?\n/).entries()) {
    const text = raw.trim();
    if (text === "" || text.startsWith("#")) continue;
    const time = Number(text);
    const place = `${file}:${i + 1}:1`;
    if (!Number.isFinite(time) || time < 0)
      throw usage(`${place}  found "${text}"; expected one time of at least 0 a line`);
    const before = times.at(-1);
    if (before !== undefined && !(time > before))
      throw usage(`${place}  found ${time} after ${before}; expected times that increase strictly`);
    times.push(time);
  }
  if (times.length === 0) throw usage(`${file}: found no times; expected one time a line`);
  return Float64Array.from(times);
}
