import { extent, type FigureData, points, representatives, slice } from "./data.ts";
import { drawFrame, type FigureOptions, type Panel } from "./frame.ts";
import type { LegendItem } from "./legend.ts";
import { band, curve, legends, openMarkers, pick, thinned, whiskers } from "./marks.ts";
import { checkShapes } from "./shapes.ts";
import { shownNote, startTitle, timeRange, timeName } from "./starts.ts";
import { formatNumber } from "./text.ts";

/**
 * Mean and standard deviation over time, one panel per start (four at most): the exact mean with its ± sd band, the learned
 * (asleep) mean as open markers with ± sd whiskers, and the mean under the analytic F as dots.
 * @returns undefined when `times`, `exactMean` or `learnedMean` is missing
 */
export function momentsFigure(data: FigureData, options: FigureOptions = {}): string | undefined {
  checkShapes("momentsFigure", data, options.width);
  const { times, exactMean, learnedMean } = data.arrays;
  if (times === undefined || exactMean === undefined || learnedMean === undefined) return undefined;
  const shown = representatives(data.starts, 4);
  const heldOut = shown.some((a) => data.starts[a]?.role === "heldOut");
  const legend: LegendItem[] = [legends.exact];
  if (data.arrays.exactSd !== undefined) legend.push(legends.band);
  legend.push({ ...legends.learned, label: data.arrays.learnedSd === undefined ? "learned" : "learned ± sd" });
  if (heldOut) legend.push({ ...legends.heldOut, label: "learned, start held out" });
  if (data.arrays.analyticMean !== undefined) legend.push(legends.analytic);
  const note = shownNote(data.starts.length, shown.length);
  return drawFrame(
    {
      name: "moments",
      title: `Mean and standard deviation of ${data.species}`,
      ...(note === undefined ? {} : { note }),
      description: shown.map((a) => describe(data, a)).join(" "),
      legend,
      panels: shown.map((a) => momentsPanel(data, a)),
      columns: shown.length === 1 ? 1 : 2,
      height: shown.length === 1 ? 260 : 150,
    },
    options,
  );
}

function momentsPanel(data: FigureData, a: number): Panel {
  const at = (name: "exactMean" | "exactSd" | "learnedMean" | "learnedSd" | "analyticMean"): Float64Array => {
    const array = data.arrays[name];
    return array === undefined ? new Float64Array(0) : slice(array, [a, null]);
  };
  const times = data.arrays.times?.data ?? new Float64Array(0);
  const mean = at("exactMean");
  const sd = at("exactSd");
  const learned = at("learnedMean");
  const learnedSd = at("learnedSd");
  const low = mean.map((m, i) => Math.max(0, m - (sd[i] ?? NaN))); // no copy number is negative
  const high = mean.map((m, i) => m + (sd[i] ?? NaN));
  const learnedLow = learned.map((m, i) => Math.max(0, m - (learnedSd[i] ?? NaN)));
  const learnedHigh = learned.map((m, i) => m + (learnedSd[i] ?? NaN));
  const y = extent(mean, learned, low, high, learnedLow, learnedHigh);
  const item = data.starts[a]?.role === "heldOut" ? legends.heldOut : legends.learned;
  const marks: Panel["marks"] = (g) => {
    const markers = points(times, learned);
    const chosen = thinned(markers, g.x.place, Math.floor(g.width / 24));
    const bars = chosen.map((i) => [times[i] ?? NaN, learnedLow[i] ?? NaN, learnedHigh[i] ?? NaN] as const);
    return [
      band(times, low, high, "truth"),
      curve(points(times, mean), legends.exact),
      curve(
        points(times, at("analyticMean")).map(([x, v]) => [x, inside(v, g.y.domain)]),
        legends.analytic,
      ),
      whiskers(bars, item.token),
      openMarkers(pick(markers, chosen), item),
    ];
  };
  return {
    title: startTitle(data.starts[a]),
    yName: `⟨n⟩ ± sd of ${data.species}, copies`,
    xName: timeName(times),
    x: timeRange(times),
    y: { type: "linear", min: y === undefined ? 0 : Math.min(0, y[0]), max: y?.[1] ?? 1 },
    ...(y === undefined ? { message: "No finite value of the mean to draw." } : {}),
    marks,
  };
}

const inside = (value: number, [low, high]: readonly [number, number]): number =>
  value >= low && value <= high ? value : NaN;

function describe(data: FigureData, a: number): string {
  const { exactMean, learnedMean, times } = data.arrays;
  if (exactMean === undefined || learnedMean === undefined || times === undefined) return "";
  const exact = slice(exactMean, [a, null]);
  const learned = slice(learnedMean, [a, null]);
  const worst = extent(exact.map((m, i) => (m === 0 ? NaN : Math.abs((learned[i] ?? NaN) / m - 1))));
  const from = formatNumber(exact[0] ?? NaN);
  const to = formatNumber(exact.at(-1) ?? NaN);
  const error =
    worst === undefined ? "no comparison" : `largest error of the learned mean ${formatNumber(100 * worst[1], 2)} %`;
  return `${startTitle(data.starts[a])}: exact mean from ${from} to ${to}, ${error}.`;
}
