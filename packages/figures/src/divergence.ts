import { extent, type FigureData, type Point, points, representatives, slice } from "./data.ts";
import { drawFrame, type FigureOptions, type Panel } from "./frame.ts";
import type { LegendItem } from "./legend.ts";
import { curve, legends, openMarkers, pick, thinned } from "./marks.ts";
import { checkShapes } from "./shapes.ts";
import { shownNote, startTitle, timeName, timeRange } from "./starts.ts";
import { formatNumber } from "./text.ts";

/** Divergences below this are rounding; and a start at zero must not flatten the rest: the axis spans eight decades at most. */
const smallest = 1e-12;
const decades = 1e-8;

/**
 * KL(p‖p̃) over time on a log axis beside the floor, that is the divergence of the best member of the family; one panel per
 * start (four at most) with one scale. Held-out starts have dashes and squares. Values under 1e-12, or
 * under 1e-8 of the largest, are drawn on the lower edge.
 * @returns undefined when `times` or `kl` is missing
 */
export function divergenceFigure(data: FigureData, options: FigureOptions = {}): string | undefined {
  checkShapes("divergenceFigure", data, options.width);
  const { times, kl, floor, analyticKl } = data.arrays;
  if (times === undefined || kl === undefined) return undefined;
  const shown = representatives(data.starts, 4);
  const roles = new Set(shown.map((a) => data.starts[a]?.role));
  const legend: LegendItem[] = [];
  if (roles.has("training")) legend.push(legends.learnedLine);
  if (roles.has("heldOut")) legend.push({ ...legends.heldOutLine, label: "learned, start held out" });
  if (floor !== undefined) legend.push(legends.floor);
  if (analyticKl !== undefined) legend.push(legends.analytic);
  const rows = shown.flatMap((a) => [kl, floor, analyticKl].map((array) => values(array, a, smallest)));
  const range = extent(...rows);
  const y = range === undefined ? undefined : ([Math.max(range[0], range[1] * decades), range[1]] as const);
  const clipped = range !== undefined && y !== undefined && (y[0] > range[0] || y[0] === smallest);
  const edge = clipped ? [`Values under ${formatNumber(y[0], 2)} are drawn on the lower edge.`] : [];
  const note = shownNote(data.starts.length, shown.length);
  return drawFrame(
    {
      name: "divergence",
      title: "Kullback–Leibler divergence beside the floor",
      ...(note === undefined ? {} : { note }),
      description: [...shown.map((a) => describe(data, a)), ...edge].join(" "),
      legend,
      panels: shown.map((a) => divergencePanel(data, a, y)),
      columns: shown.length === 1 ? 1 : 2,
      height: shown.length === 1 ? 260 : 150,
    },
    options,
  );
}

function values(array: FigureData["arrays"]["kl"], a: number, least: number): Float64Array {
  if (array === undefined) return new Float64Array(0);
  return slice(array, [a, null]).map((v) => Math.max(v, least));
}

function divergencePanel(data: FigureData, a: number, y: readonly [number, number] | undefined): Panel {
  const times = data.arrays.times?.data ?? new Float64Array(0);
  const line = (array: FigureData["arrays"]["kl"]): Point[] => points(times, values(array, a, y?.[0] ?? smallest));
  const learned = line(data.arrays.kl);
  const item = data.starts[a]?.role === "heldOut" ? legends.heldOutLine : legends.learnedLine;
  return {
    title: startTitle(data.starts[a]),
    yName: "KL(p‖p̃), nats (log scale)",
    xName: timeName(times),
    x: timeRange(times),
    y: { type: "log", min: y?.[0] ?? 0.1, max: y?.[1] ?? 1 },
    ...(y === undefined ? { message: "No finite divergence to draw." } : {}),
    marks: (g) => [
      curve(line(data.arrays.analyticKl), legends.analytic),
      curve(learned, item),
      openMarkers(pick(learned, thinned(learned, g.x.place, 6)), item),
      curve(line(data.arrays.floor), legends.floor),
    ],
  };
}

function describe(data: FigureData, a: number): string {
  const learned = extent(values(data.arrays.kl, a, 0));
  const floor = extent(values(data.arrays.floor, a, 0));
  const largest =
    learned === undefined ? "no finite divergence" : `largest divergence ${formatNumber(learned[1], 2)} nats`;
  const beside = floor === undefined ? "" : `, largest floor ${formatNumber(floor[1], 2)} nats`;
  return `${startTitle(data.starts[a])}: ${largest}${beside}.`;
}
