import * as Plot from "@observablehq/plot";
import { extent, type FigureData, type Point, points, slice } from "./data.ts";
import { drawFrame, type FigureOptions, type Geometry, type Panel } from "./frame.ts";
import type { LegendItem } from "./legend.ts";
import { curve, legends, openMarkers, pick, thinned, within } from "./marks.ts";
import { checkShapes } from "./shapes.ts";
import { formatNumber } from "./text.ts";
import { colour } from "./tokens.ts";

const visitedItem: LegendItem = { label: "visited while learning", token: "dbd", block: 0.13 };

/**
 * The learned F. With one interaction: F over its argument beside the analytic F, the visited range shaded. With two: arrows in
 * the plane of both coordinates over the arrows of the analytic F, with the learned paths; faint away from the paths.
 * @returns undefined when the field arrays are missing or there are more than two interactions
 */
export function fieldFigure(data: FigureData, options: FigureOptions = {}): string | undefined {
  checkShapes("fieldFigure", data, options.width);
  const { fieldAxis0, fieldAxis1, fieldLearned } = data.arrays;
  if (fieldAxis0 === undefined || fieldLearned === undefined) return undefined;
  if (fieldLearned.shape.length === 2 && fieldLearned.shape[1] === 1) return lineField(data, options);
  return fieldAxis1 !== undefined && fieldLearned.shape.length === 3 ? planeField(data, options) : undefined;
}

const coordinate = (data: FigureData, k: number): string => data.chart.labels[k] ?? "y";

/** F over one argument, and below it learned minus analytic where it was visited. */
function lineField(data: FigureData, options: FigureOptions): string {
  const { fieldAxis0, fieldLearned, fieldAnalytic, visited } = data.arrays;
  const x = fieldAxis0?.data ?? new Float64Array(0);
  const learned = fieldLearned === undefined ? [] : points(x, slice(fieldLearned, [null, 0]));
  const analytic = fieldAnalytic === undefined ? [] : points(x, slice(fieldAnalytic, [null, 0]));
  const seen: readonly [number, number] | undefined =
    visited === undefined ? undefined : [visited.data[0] ?? NaN, visited.data[1] ?? NaN];
  const inSeen = ([at]: Point): boolean => seen === undefined || (at >= seen[0] && at <= seen[1]);
  const error = learned.map(([at, f], i): Point => [at, f - (analytic[i]?.[1] ?? NaN)]);
  const worst = extent(error.filter(inSeen).map(([, e]) => Math.abs(e)));
  const legend: LegendItem[] = [legends.learnedLine];
  if (analytic.length > 0) legend.push({ ...legends.analytic, token: "ink", label: "analytic F" });
  if (seen !== undefined) legend.push(visitedItem);
  const panels = [fieldPanel(data, learned, analytic, seen)];
  if (worst !== undefined) panels.push(errorPanel(data, error, worst[1], seen));
  const range = seen === undefined ? "" : ` Visited from ${formatNumber(seen[0])} to ${formatNumber(seen[1])}.`;
  const difference =
    worst === undefined ? "" : ` The learned and the analytic F differ by at most ${formatNumber(worst[1], 2)} there.`;
  return drawFrame(
    {
      name: "field",
      title: `Learned F(${coordinate(data, 0)})`,
      description: `F over ${coordinate(data, 0)}, ${learned.length} points.${range}${difference}`,
      legend,
      panels,
      columns: 1,
      height: panels.length === 1 ? 260 : 158,
    },
    options,
  );
}

function shade(seen: readonly [number, number] | undefined, g: Geometry): Plot.Markish[] {
  if (seen === undefined) return [];
  const [y1, y2] = g.y.domain;
  const x1 = Math.max(seen[0], g.x.domain[0]);
  const x2 = Math.min(seen[1], g.x.domain[1]);
  return [
    Plot.rect([{ x1, x2, y1, y2 }], { x1: "x1", x2: "x2", y1: "y1", y2: "y2", fill: colour("dbd"), fillOpacity: 0.13 }),
  ];
}

const zero = (): Plot.Markish => Plot.ruleY([0], { stroke: colour("cloud"), strokeWidth: 1 });

function fieldPanel(
  data: FigureData,
  learned: readonly Point[],
  analytic: readonly Point[],
  seen: readonly [number, number] | undefined,
): Panel {
  const name = coordinate(data, 0);
  const shownX = extent(learned.map(([at]) => at));
  // The scale follows the visited range: outside it F may grow without bound, and says nothing.
  const near = (list: readonly Point[]): number[] =>
    list.filter(([at]) => seen === undefined || (at >= seen[0] && at <= seen[1])).map(([, f]) => f);
  const y = extent(near(learned), near(analytic)) ?? extent(learned.map(([, f]) => f));
  const pad = y === undefined ? 0 : (y[1] - y[0]) * 0.12;
  return {
    yName: `F = d${name}/dt, 1/t`,
    xName: name,
    x: { type: "linear", min: shownX?.[0] ?? 0, max: shownX?.[1] ?? 1 },
    y: { type: "linear", min: (y?.[0] ?? 0) - pad, max: (y?.[1] ?? 1) + pad },
    ...(y === undefined ? { message: "No finite value of F to draw." } : {}),
    marks: (g) => {
      const drawn = within(learned, ...g.y.domain);
      const chosen = thinned(drawn, g.x.place, Math.floor(g.width / 32));
      return [
        ...shade(seen, g),
        ...(g.y.domain[0] < 0 && g.y.domain[1] > 0 ? [zero()] : []),
        curve(drawn, legends.learnedLine),
        curve(within(analytic, ...g.y.domain), { ...legends.analytic, token: "ink" }),
        openMarkers(pick(drawn, chosen), legends.learnedLine),
      ];
    },
  };
}

function errorPanel(
  data: FigureData,
  error: Point[],
  worst: number,
  seen: readonly [number, number] | undefined,
): Panel {
  const shownX = extent(error.map(([at]) => at));
  const size = worst * 1.5 || 1e-3;
  return {
    yName: "learned − analytic, 1/t",
    xName: coordinate(data, 0),
    x: { type: "linear", min: shownX?.[0] ?? 0, max: shownX?.[1] ?? 1 },
    y: { type: "linear", min: -size, max: size },
    marks: (g) => [...shade(seen, g), zero(), curve(within(error, ...g.y.domain), legends.learnedLine)],
  };
}

interface Arrow {
  readonly at: Point;
  readonly learned: Point;
  readonly analytic: Point;
}

/** Every so many of the indices 0…length−1, so that at most `most` are left, evenly spaced. */
function strided(length: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(length / most));
  const offset = Math.floor(((length - 1) % step) / 2);
  return Array.from({ length: Math.ceil((length - offset) / step) }, (_, i) => offset + i * step);
}

/** Arrows of F in the plane of two coordinates. */
function planeField(data: FigureData, options: FigureOptions): string {
  const { fieldAxis0, fieldAxis1, fieldLearned, fieldAnalytic, y } = data.arrays;
  const x0 = fieldAxis0?.data ?? new Float64Array(0);
  const x1 = fieldAxis1?.data ?? new Float64Array(0);
  const [width1, size] = [x1.length, 2];
  const at = (array: typeof fieldLearned, i: number, j: number, k: number): number =>
    array?.data[(i * width1 + j) * size + k] ?? NaN;
  const rows = strided(x0.length, 15);
  const columns = strided(x1.length, 11);
  const arrows = rows.flatMap((i) =>
    columns.map(
      (j): Arrow => ({
        at: [x0[i] ?? NaN, x1[j] ?? NaN],
        learned: [at(fieldLearned, i, j, 0), at(fieldLearned, i, j, 1)],
        analytic: [at(fieldAnalytic, i, j, 0), at(fieldAnalytic, i, j, 1)],
      }),
    ),
  );
  const paths =
    y === undefined ? [] : data.starts.map((_, a) => points(slice(y, [a, null, 0]), slice(y, [a, null, 1])));
  const legend: LegendItem[] = [{ label: "learned F (arrow length on a log scale)", token: "dbd", line: 1.5 }];
  if (fieldAnalytic !== undefined) legend.push({ label: "analytic F (no head)", token: "cloud", line: 5 });
  if (paths.length > 0) legend.push({ label: "learned path", token: "truth", line: 2.25 });
  if (paths.length > 0) legend.push({ label: "its start", token: "truth", marker: "circle" });
  if (data.starts.some((s) => s.role === "heldOut"))
    legend.push({ label: "start held out", token: "c1", marker: "square" });
  return drawFrame(
    {
      name: "field",
      title: `Learned F(${coordinate(data, 0)}, ${coordinate(data, 1)})`,
      ...(paths.length > 0 ? { note: "faint where never visited" } : {}),
      description: describePlane(data, arrows, paths.length),
      legend,
      panels: [planePanel(data, arrows, paths, x0, x1)],
      columns: 1,
      height: 320,
    },
    options,
  );
}

function planePanel(
  data: FigureData,
  arrows: readonly Arrow[],
  paths: readonly Point[][],
  x0: Float64Array,
  x1: Float64Array,
): Panel {
  const [r0, r1] = [extent(x0), extent(x1)];
  const padX = ((r0?.[1] ?? 1) - (r0?.[0] ?? 0)) / 28;
  const padY = ((r1?.[1] ?? 1) - (r1?.[0] ?? 0)) / 20;
  const largest = extent(arrows.flatMap(({ learned: [a, b] }) => [Math.hypot(a, b)]))?.[1];
  return {
    xName: coordinate(data, 0),
    yName: coordinate(data, 1),
    x: { type: "linear", min: (r0?.[0] ?? 0) - padX, max: (r0?.[1] ?? 1) + padX },
    y: { type: "linear", min: (r1?.[0] ?? 0) - padY, max: (r1?.[1] ?? 1) + padY },
    ...(largest === undefined ? { message: "No finite value of F to draw." } : {}),
    marks: (g) => planeMarks(data, g, arrows, paths, largest ?? 1),
  };
}

function planeMarks(
  data: FigureData,
  g: Geometry,
  arrows: readonly Arrow[],
  paths: readonly Point[][],
  largest: number,
): Plot.Markish[] {
  const pixels = ([a, b]: Point): Point => [g.x.place(a) * g.width, g.y.place(b) * g.height];
  const trail = paths.flatMap((path) => path.map(pixels));
  const near = ({ at }: Arrow): boolean => {
    const [a, b] = pixels(at);
    return paths.length === 0 || trail.some(([c, d]) => Math.hypot(a - c, b - d) < 26);
  };
  const cell = Math.min(g.width / 15, g.height / 11);
  const segments = (list: readonly Arrow[], which: "learned" | "analytic"): number[][] =>
    list.flatMap((arrow) => segment(g, arrow.at, arrow[which], { cell, largest }));
  const strong = arrows.filter(near);
  const faint = arrows.filter((arrow) => !near(arrow));
  const ends = { x1: "0", y1: "1", x2: "2", y2: "3" };
  const blue = { ...ends, stroke: colour("dbd"), strokeWidth: 1.5, headLength: 5 };
  const grey = { ...ends, stroke: colour("cloud"), strokeWidth: 5, strokeLinecap: "butt" } as const;
  const starts = (role: string): Point[] =>
    paths.flatMap((path, a) => (data.starts[a]?.role === role && path[0] !== undefined ? [path[0]] : []));
  return [
    Plot.link(segments(faint, "analytic"), { ...grey, strokeOpacity: 0.2 }),
    Plot.arrow(segments(faint, "learned"), { ...blue, strokeOpacity: 0.35 }),
    Plot.link(segments(strong, "analytic"), { ...grey, strokeOpacity: 0.5 }),
    ...paths.map((path) =>
      curve(within(path, ...g.y.domain), { token: "truth", line: paths.length > 6 ? 0.75 : 2.25 }),
    ),
    Plot.arrow(segments(strong, "learned"), blue),
    openMarkers(starts("training"), { token: "truth", marker: "circle" }),
    openMarkers(starts("heldOut"), { token: "c1", marker: "square" }),
  ];
}

/** An arrow centred on its grid point, in data units: its direction as on the screen, its length the logarithm of the speed. */
function segment(g: Geometry, [x, y]: Point, [fx, fy]: Point, size: { cell: number; largest: number }): number[][] {
  const perX = g.width / (g.x.domain[1] - g.x.domain[0]);
  const perY = g.height / (g.y.domain[1] - g.y.domain[0]);
  const speed = Math.hypot(fx, fy);
  const onScreen = Math.hypot(fx * perX, fy * perY);
  if (!(onScreen > 0)) return [];
  const share = Math.min(1, Math.max(0, 1 + Math.log10(speed / size.largest) / 4));
  const half = (size.cell * (0.35 + 0.65 * share)) / 2 / onScreen;
  return [[x - fx * half, y - fy * half, x + fx * half, y + fy * half]];
}

function describePlane(data: FigureData, arrows: readonly Arrow[], paths: number): string {
  const { pathLearned, pathAnalytic } = data.arrays;
  const error =
    pathLearned === undefined || pathAnalytic === undefined
      ? undefined
      : extent(pathLearned.data.map((f, i) => Math.abs(f - (pathAnalytic.data[i] ?? NaN))));
  const beside =
    error === undefined
      ? ""
      : ` Along them the learned and the analytic F differ by at most ${formatNumber(error[1], 2)}.`;
  return `${arrows.length} arrows of F in the plane of ${coordinate(data, 0)} and ${coordinate(data, 1)}, with ${paths} paths.${beside}`;
}
