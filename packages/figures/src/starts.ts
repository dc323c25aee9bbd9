import type { Range } from "./axis.ts";
import { extent, type FigureStart, timeScale } from "./data.ts";

/** Name of a start with its role. */
export function startTitle(start: FigureStart | undefined): string {
  if (start === undefined) return "start";
  return start.role === "heldOut" ? `${start.label}, held out` : start.label;
}

/** Says how many of the starts are shown, when not all are. */
export function shownNote(total: number, shown: number): string | undefined {
  return shown < total ? `${shown} of ${total} starts shown` : undefined;
}

export function timeRange(times: Float64Array): Range {
  const [min, max] = extent(times) ?? [0, 1];
  return { type: timeScale(times), min, max };
}

export function timeName(times: Float64Array): string {
  return timeScale(times) === "log" ? "time t (log scale)" : "time t";
}
