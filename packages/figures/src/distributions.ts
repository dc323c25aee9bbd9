import * as Plot from "@observablehq/plot";
import { extent, type FigureArray, type FigureData, type Point, slice, spaced } from "./data.ts";
import { drawFrame, type FigureOptions, type Panel } from "./frame.ts";
import type { LegendItem } from "./legend.ts";
import { curve, legends, openMarkers } from "./marks.ts";
import { checkShapes } from "./shapes.ts";
import { startTitle } from "./starts.ts";
import { formatNumber } from "./text.ts";
import { colour } from "./tokens.ts";

export interface DistributionsOptions extends FigureOptions {
  /** Which start, as an index into `starts`. Default 0. */
  readonly start?: number;
}

/**
 * p(n) at several times, one panel for each (four at most): exact as grey bars with a heavy top edge, learned as a line with open
 * markers (squares for a held-out start). Copy numbers above which both hold less than 0.1 % of their largest value are cut off.
 * @returns undefined when one of the snapshot arrays is missing
 */
export function distributionsFigure(data: FigureData, options: DistributionsOptions = {}): string | undefined {
  checkShapes("distributionsFigure", data, options.width);
  const { snapshotTimes, snapshotExact, snapshotLearned } = data.arrays;
  if (snapshotTimes === undefined || snapshotExact === undefined || snapshotLearned === undefined) return undefined;
  const a = options.start ?? 0;
  const shown = spaced([...snapshotTimes.data.keys()], 4);
  const heldOut = data.starts[a]?.role === "heldOut";
  const item = { ...(heldOut ? legends.heldOutLine : legends.learnedLine), line: 1.25, dash: "" };
  return drawFrame(
    {
      name: `distributions-${a}`,
      title: `Distribution of ${data.species}`,
      note: `start ${startTitle(data.starts[a])}`,
      description: shown.map((d) => describe(data, a, d)).join(" "),
      legend: [
        { label: "exact p(n)", token: "truth", block: 0.16, line: 2.25, edge: true },
        { ...item, label: "learned p̃(n)" },
      ],
      panels: shown.map((d) => snapshotPanel(data, a, d, item)),
      columns: Math.min(2, Math.max(1, shown.length)),
      height: shown.length === 1 ? 260 : 150,
    },
    options,
  );
}

function row(array: FigureArray | undefined, a: number, d: number): Float64Array {
  return array === undefined ? new Float64Array(0) : slice(array, [a, d, null]);
}

function snapshotPanel(data: FigureData, a: number, d: number, item: LegendItem): Panel {
  const exact = row(data.arrays.snapshotExact, a, d);
  const learned = row(data.arrays.snapshotLearned, a, d);
  const y = extent(exact, learned);
  const limit = (y?.[1] ?? 0) / 1000;
  let last = Math.max(exact.length, learned.length) - 1;
  while (last > 1 && !((exact[last] ?? 0) > limit || (learned[last] ?? 0) > limit)) last--;
  const list = Array.from(learned.subarray(0, last + 1), (p, n): Point => [n, p]);
  const bars = Array.from(exact.subarray(0, last + 1), (p, n) => [n - 0.36, n + 0.36, p]).filter((bar) =>
    Number.isFinite(bar[2]),
  );
  return {
    title: `t = ${formatNumber(data.arrays.snapshotTimes?.data[d] ?? NaN)}`,
    yName: "probability",
    xName: "copy number n",
    x: { type: "linear", min: -0.6, max: last + 0.6 },
    y: { type: "linear", min: Math.min(0, y?.[0] ?? 0), max: y?.[1] ?? 1 },
    ...(y === undefined ? { message: "No finite probability to draw." } : {}),
    marks: (g) => [
      Plot.rect(bars, { x1: "0", x2: "1", y1: () => 0, y2: "2", fill: colour("truth"), fillOpacity: 0.16 }),
      Plot.link(bars, {
        x1: "0",
        x2: "1",
        y1: "2",
        y2: "2",
        stroke: colour("truth"),
        strokeWidth: Math.min(2.25, Math.max(1.2, g.width / (last + 1) / 4)),
        strokeLinecap: "butt",
      }),
      curve(list, item),
      openMarkers(spaced(list, Math.floor(g.width / 9)), item, last > 16 ? 2.6 : 3.6),
    ],
  };
}

function describe(data: FigureData, a: number, d: number): string {
  const exact = row(data.arrays.snapshotExact, a, d);
  const learned = row(data.arrays.snapshotLearned, a, d);
  const most = exact.reduce((best, p, n) => (p > (exact[best] ?? 0) ? n : best), 0);
  const distance = exact.reduce((sum, p, n) => sum + Math.abs(p - (learned[n] ?? 0)) / 2, 0);
  const time = formatNumber(data.arrays.snapshotTimes?.data[d] ?? NaN);
  return `At t = ${time} the most likely exact count is ${most}; total variation to the learned one ${formatNumber(distance, 2)}.`;
}
