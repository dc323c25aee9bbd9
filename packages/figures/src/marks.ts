import * as Plot from "@observablehq/plot";
import type { Point } from "./data.ts";
import type { LegendItem } from "./legend.ts";
import { colour, type Token } from "./tokens.ts";

/** What a curve may stand for. */
export type Source =
  | "exact"
  | "band"
  | "learned"
  | "learnedLine"
  | "heldOut"
  | "heldOutLine"
  | "analytic"
  | "floor"
  | "best";

/** The form of each source, from the design: it can be told apart without colour. */
export const legends: Readonly<Record<Source, LegendItem>> = {
  exact: { label: "exact", token: "truth", line: 2.25 },
  band: { label: "exact ± sd", token: "truth", block: 0.13 },
  learned: { label: "learned", token: "dbd", marker: "circle" },
  learnedLine: { label: "learned", token: "dbd", line: 2.25, marker: "circle" },
  heldOut: { label: "learned, held out", token: "c1", marker: "square" },
  heldOutLine: { label: "learned, held out", token: "c1", line: 1.9, dash: "9 4", marker: "square" },
  analytic: { label: "analytic F, not learned", token: "cloud", line: 2.25, dash: "2 3" },
  floor: { label: "floor: best member of the family", token: "truth", line: 1 },
  best: { label: "best member of the family", token: "truth", line: 2.25 },
};

/** Points inside [low, high]; those outside become gaps, so that a curve ends at the edge of its panel. */
export function within(list: readonly Point[], low: number, high: number): Point[] {
  return list.map(([x, y]) => [x, y >= low && y <= high ? y : NaN]);
}

/** A curve in the form of a legend item; gaps at NaN. */
export function curve(list: readonly Point[], item: Pick<LegendItem, "token" | "line" | "dash">): Plot.Markish {
  return Plot.line(list as Point[], {
    stroke: colour(item.token),
    strokeWidth: item.line ?? 2.25,
    ...(item.dash === undefined || item.dash === ""
      ? {}
      : { strokeDasharray: item.dash, strokeLinecap: "butt" as const }),
  });
}

/** A hairline, one of many. */
export function hairline(list: readonly Point[], token: Token, opacity: number, step = false): Plot.Markish {
  return Plot.line(list as Point[], {
    stroke: colour(token),
    strokeWidth: 0.75,
    strokeOpacity: opacity,
    ...(step ? { curve: "step-after" as const } : {}),
  });
}

/** Open markers: circles, or squares for what the learning never saw. */
export function openMarkers(
  list: readonly Point[],
  item: Pick<LegendItem, "token" | "marker">,
  radius = 3.6,
): Plot.Markish {
  return Plot.dot(list as Point[], {
    symbol: item.marker ?? "circle",
    r: radius,
    fill: colour("bg"),
    stroke: colour(item.token),
    strokeWidth: 1.75,
  });
}

/** Filled area between two curves. */
export function band(
  x: ArrayLike<number>,
  low: ArrayLike<number>,
  high: ArrayLike<number>,
  token: Token,
): Plot.Markish {
  const rows = Array.from(x, (at, i) => [at, low[i] ?? NaN, high[i] ?? NaN] as const);
  return Plot.areaY([...rows], { x: "0", y1: "1", y2: "2", fill: colour(token), fillOpacity: 0.13 });
}

/** Whiskers from low to high at some places. */
export function whiskers(
  rows: readonly (readonly [x: number, low: number, high: number])[],
  token: Token,
): Plot.Markish {
  return Plot.ruleX([...rows], { x: "0", y1: "1", y2: "2", stroke: colour(token), strokeWidth: 1.25 });
}

/** Indices of about `count` points with a finite x and y, evenly spaced along the axis, so that markers do not touch. */
export function thinned(list: readonly Point[], place: (x: number) => number, count: number): number[] {
  const out: number[] = [];
  let next = -Infinity;
  list.forEach(([x, y], i) => {
    const at = place(x);
    if (!Number.isFinite(at) || !Number.isFinite(y)) return;
    if (at >= next - 1e-9) {
      out.push(i);
      next = at + 1 / count;
    }
  });
  return out;
}

/** The points with the given indices. */
export function pick(list: readonly Point[], indices: readonly number[]): Point[] {
  return indices.flatMap((i) => (list[i] === undefined ? [] : [list[i]]));
}
