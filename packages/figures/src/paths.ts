import { extent, type FigureArray, type FigureData, type Point, points, representatives, slice } from "./data.ts";
import { drawFrame, type CurveLabel, type FigureOptions, type Panel } from "./frame.ts";
import type { LegendItem } from "./legend.ts";
import { curve, hairline, legends, openMarkers, pick, thinned } from "./marks.ts";
import { checkShapes } from "./shapes.ts";
import { shownNote, timeName, timeRange } from "./starts.ts";
import { formatNumber, subscript } from "./text.ts";

/** A figure of [A,T,P] quantities over time: one panel for each k, a reference curve and learned markers for each start. */
interface Paths {
  readonly name: string;
  readonly title: string;
  readonly learned: FigureArray;
  readonly reference: FigureArray | undefined;
  readonly referenceItem: LegendItem;
  readonly yName: (k: number) => string;
}

/**
 * ν(t): learned interactions as open markers on the ν of the best member of the family (the projection of the truth).
 * @returns undefined when `times` or `nu` is missing
 */
export function interactionsFigure(data: FigureData, options: FigureOptions = {}): string | undefined {
  checkShapes("interactionsFigure", data, options.width);
  const { nu, nuBest } = data.arrays;
  if (nu === undefined) return undefined;
  const yName = (k: number): string => `ν${subscript(k + 1)}, conjugate to ${data.family.labels[k] ?? "φ"}`;
  const paths = { name: "interactions", title: "Interactions ν over time", learned: nu, reference: nuBest, yName };
  return pathsFigure(data, { ...paths, referenceItem: legends.best }, options);
}

/**
 * Awake moments ⟨φ⟩ of the truth and asleep moments of the learned model over time, one panel for each interaction.
 * @returns undefined when `times` or `asleep` is missing
 */
export function awakeAsleepFigure(data: FigureData, options: FigureOptions = {}): string | undefined {
  checkShapes("awakeAsleepFigure", data, options.width);
  const { awake, asleep } = data.arrays;
  if (asleep === undefined) return undefined;
  const referenceItem = { ...legends.exact, label: "awake (exact)" };
  const yName = (k: number): string => `⟨${data.family.labels[k] ?? `φ${subscript(k + 1)}`}⟩`;
  const paths = { name: "awake-asleep", title: "Awake and asleep moments", learned: asleep, reference: awake, yName };
  return pathsFigure(data, { ...paths, referenceItem }, options, "asleep (learned)");
}

/**
 * F along the learned paths over time beside the analytic F at the same places, one panel for each component.
 * @returns undefined when `times` or `pathLearned` is missing
 */
export function pathFieldFigure(data: FigureData, options: FigureOptions = {}): string | undefined {
  checkShapes("pathFieldFigure", data, options.width);
  const { pathLearned, pathAnalytic } = data.arrays;
  if (pathLearned === undefined) return undefined;
  const referenceItem = { ...legends.analytic, label: "analytic F" };
  const yName = (k: number): string => `d${data.chart.labels[k] ?? "y"}/dt, 1/t`;
  const paths = {
    name: "path-field",
    title: "F along the learned paths",
    learned: pathLearned,
    reference: pathAnalytic,
    yName,
  };
  return pathsFigure(data, { ...paths, referenceItem }, options);
}

function pathsFigure(data: FigureData, paths: Paths, options: FigureOptions, learned = "learned"): string | undefined {
  const times = data.arrays.times?.data;
  if (times === undefined) return undefined;
  const shown = representatives(data.starts, 4);
  const count = paths.learned.shape[2] ?? 0;
  const roles = new Set(shown.map((a) => data.starts[a]?.role));
  const legend: LegendItem[] = [];
  if (paths.reference !== undefined) legend.push(paths.referenceItem);
  if (roles.has("training")) legend.push({ ...legends.learned, label: learned });
  if (roles.has("heldOut")) legend.push({ ...legends.heldOut, label: `${learned}, start held out` });
  const more = shown.length < data.starts.length;
  if (more) legend.push({ label: "learned, other starts", token: "cloud", line: 0.75 });
  const note = shownNote(data.starts.length, shown.length)?.replace("shown", "in full");
  return drawFrame(
    {
      name: paths.name,
      title: paths.title,
      ...(note === undefined ? {} : { note }),
      description: shown.map((a) => describe(data, paths, a, count)).join(" "),
      legend,
      panels: Array.from({ length: count }, (_, k) => pathsPanel(data, paths, times, shown, k)),
      columns: 1,
      height: count === 1 ? 330 : 150,
    },
    options,
  );
}

function pathsPanel(data: FigureData, paths: Paths, times: Float64Array, shown: readonly number[], k: number): Panel {
  const of = (array: FigureArray | undefined, a: number): Point[] =>
    array === undefined ? [] : points(times, slice(array, [a, null, k]));
  const others = data.starts.flatMap((_, a) => (shown.includes(a) ? [] : [of(paths.learned, a)]));
  const lines = shown.map((a) => ({ a, learned: of(paths.learned, a), reference: of(paths.reference, a) }));
  const all = [...others, ...lines.flatMap((line) => [line.learned, line.reference])];
  const y = extent(...all.map((list) => list.map((point) => point[1])));
  const item = (a: number): LegendItem => (data.starts[a]?.role === "heldOut" ? legends.heldOut : legends.learned);
  const labels = lines.flatMap(({ a, learned, reference }): CurveLabel[] => {
    const finite = (reference.length > 0 ? reference : learned).map(([, v]) => v).filter(Number.isFinite);
    const [first, last] = [finite[0], finite.at(-1)];
    const token = data.starts[a]?.role === "heldOut" ? "c1" : "ink2";
    return first === undefined || last === undefined
      ? []
      : [{ label: data.starts[a]?.label ?? "", token, first, last }];
  });
  return {
    yName: paths.yName(k),
    xName: timeName(times),
    x: timeRange(times),
    y: { type: "linear", min: y?.[0] ?? 0, max: y?.[1] ?? 1 },
    ...(y === undefined ? { message: "No finite value to draw." } : { curveLabels: labels }),
    marks: (g) => [
      ...others.map((list) => hairline(list, "cloud", 0.6)),
      ...lines.map((line) => curve(line.reference, paths.referenceItem)),
      ...lines.map((line) => {
        const chosen = thinned(line.learned, g.x.place, Math.max(5, Math.floor(g.width / 28)));
        return openMarkers(pick(line.learned, chosen), item(line.a));
      }),
    ],
  };
}

function describe(data: FigureData, paths: Paths, a: number, count: number): string {
  const parts = Array.from({ length: count }, (_, k) => {
    const list = slice(paths.learned, [a, null, k]).filter(Number.isFinite);
    const name = paths.yName(k).replace(/,.*/, "");
    return `${name} from ${formatNumber(list[0] ?? NaN)} to ${formatNumber(list.at(-1) ?? NaN)}`;
  });
  const start = data.starts[a];
  return `${start?.label ?? "start"}${start?.role === "heldOut" ? ", held out" : ""}: learned ${parts.join("; ")}.`;
}
