import { ArgumentError, SourceError } from "@dbd/numerics/errors";
import type { Command } from "commander";
import { readText, shownPath, userPath } from "./files.ts";

export interface GridOptions {
  readonly start?: string;
  readonly duration?: string;
  readonly steps?: string;
  readonly grid?: string;
}

/** The flags of a time grid. */
export const withGrid = (command: Command): Command =>
  command
    .option("--start <time>", "first time of the grid", "0")
    .option("--duration <time>", "length of the grid")
    .option("--steps <count>", "steps of the grid: steps + 1 rows", "50")
    .option("--grid <file>", "the times themselves, one a line");

/** A number from a flag. @throws {ArgumentError} Naming the flag and what it found. */
export function numberFlag(
  flag: string,
  text: string,
  least: number = Number.NEGATIVE_INFINITY,
  whole: boolean = false,
): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value >= least && (!whole || Number.isInteger(value))) return value;
  const bound = least === Number.NEGATIVE_INFINITY ? "" : ` of at least ${least}`;
  throw new ArgumentError(flag, `found "${text}"; expected a ${whole ? "whole number" : "finite number"}${bound}`);
}

function gridFile(path: string): Float64Array {
  const file = shownPath(userPath(path));
  const lines = readText(userPath(path)).split(/\r?\n/);
  const times: number[] = [];
  lines.forEach((line, i) => {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) return;
    const place = { file, line: i + 1, column: 1 };
    const value = Number(text);
    const hint = "One time a line, from the earliest on";
    if (!Number.isFinite(value)) throw new SourceError(place, `found "${text}"; expected a time`, { hint });
    const last = times.at(-1);
    if (last !== undefined && value <= last) {
      throw new SourceError(place, `found ${value} after ${last}; expected increasing times`, { hint });
    }
    if (value < 0) throw new SourceError(place, `found ${value}; expected a time of at least 0`, { hint });
    times.push(value);
  });
  if (times.length === 0) throw new ArgumentError(file, "has no times", { hint: "One time a line" });
  return Float64Array.from(times);
}

/** The times that the flags ask for, shape [T], increasing. */
export function timeGrid({ start = "0", duration, steps = "50", grid }: GridOptions): Float64Array {
  if (grid !== undefined) return gridFile(grid);
  if (duration === undefined) {
    throw new ArgumentError("--duration", "is missing", {
      hint: "For example --duration 50 --steps 50, or --grid FILE",
    });
  }
  const from = numberFlag("--start", start, 0);
  const length = numberFlag("--duration", duration);
  const count = numberFlag("--steps", steps, 1, true);
  if (length <= 0) throw new ArgumentError("--duration", `found ${length}; expected a positive length`);
  if (count > 10_000_000) throw new ArgumentError("--steps", `found ${count}; expected at most 10000000`);
  return Float64Array.from({ length: count + 1 }, (_, i) => from + (length * i) / count);
}
