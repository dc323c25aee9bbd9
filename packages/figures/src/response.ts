import { extent, type FigureData, type Point, points, slice } from "./data.ts";
import { drawFrame, type FigureOptions, type Panel } from "./frame.ts";
import type { LegendItem } from "./legend.ts";
import { curve, openMarkers } from "./marks.ts";
import { checkShapes } from "./shapes.ts";
import { timeName, timeRange } from "./starts.ts";
import { formatNumber, subscript } from "./text.ts";
import { lineStyles } from "./tokens.ts";

/**
 * The variational term δν_k'(t)/δF_k(ν(t′)) over time for several t′: what a unit kick on F at t′ does to ν afterwards. One
 * panel for each pair (k', k), one line style for each t′; before t′ the term is zero and is not drawn.
 * @returns undefined when `times`, `response` or `responseKicks` is missing
 */
export function responseFigure(data: FigureData, options: FigureOptions = {}): string | undefined {
  checkShapes("responseFigure", data, options.width);
  const { times, response, responseKicks } = data.arrays;
  if (times === undefined || response === undefined || responseKicks === undefined) return undefined;
  const size = response.shape[1] ?? 0;
  const kicks = [...responseKicks.data].slice(0, lineStyles.length);
  const legend = kicks.map((kick, b): LegendItem => styleOf(b, `kick at t′ = ${formatNumber(kick)}`));
  const pairs = Array.from({ length: size * size }, (_, i) => [Math.floor(i / size), i % size] as const);
  const start = data.starts[0];
  return drawFrame(
    {
      name: "response",
      title: "Variational term: the effect of F at t′ on ν at t",
      ...(start === undefined ? {} : { note: `start ${start.label}` }),
      description: kicks.map((kick, b) => describe(data, kick, b, size)).join(" "),
      legend,
      panels: pairs.map((pair) => responsePanel(data, kicks, pair, size)),
      columns: Math.min(2, Math.max(1, size)),
      height: size === 1 ? 300 : 130,
    },
    options,
  );
}

function styleOf(b: number, label: string): LegendItem {
  const { token, dash } = lineStyles[b] ?? { token: "cloud", dash: "" };
  return { label, token, dash, line: 2, marker: "circle" };
}

/** One curve from its kick on. */
function afterKick(data: FigureData, kick: number, index: readonly [number, number, number]): Point[] {
  const { times, response } = data.arrays;
  if (times === undefined || response === undefined) return [];
  const before = kick - 1e-9 * Math.abs(kick);
  return points(times.data, slice(response, [...index, null])).filter(([t]) => t >= before);
}

function responsePanel(
  data: FigureData,
  kicks: readonly number[],
  [to, from]: readonly [number, number],
  size: number,
): Panel {
  const times = data.arrays.times?.data ?? new Float64Array(0);
  const curves = kicks.map((kick, b) => afterKick(data, kick, [b, to, from]));
  const y = extent(...curves.map((list) => list.map(([, v]) => v)));
  const mark = (k: number): string => (size === 1 ? "" : subscript(k + 1));
  return {
    yName: `δν${mark(to)}(t)/δF${mark(from)}(ν(t′))`,
    xName: timeName(times),
    x: timeRange(times),
    y: { type: "linear", min: Math.min(0, y?.[0] ?? 0), max: Math.max(0, y?.[1] ?? 1) },
    ...(y === undefined ? { message: "No finite response to draw." } : {}),
    marks: () =>
      curves.flatMap((list, b) => {
        const style = styleOf(b, "");
        const first = list.find(([, v]) => Number.isFinite(v));
        return [curve(list, style), openMarkers(first === undefined ? [] : [first], style)];
      }),
  };
}

function describe(data: FigureData, kick: number, b: number, size: number): string {
  const parts = Array.from({ length: size }, (_, k) => {
    const list = afterKick(data, kick, [b, k, k]).filter(([, v]) => Number.isFinite(v));
    return `ν${subscript(k + 1)} from ${formatNumber(list[0]?.[1] ?? NaN)} to ${formatNumber(list.at(-1)?.[1] ?? NaN)}`;
  });
  return `A unit kick at t′ = ${formatNumber(kick)} changes ${parts.join(", ")}.`;
}
