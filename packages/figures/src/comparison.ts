import { logAxis } from "./axis.ts";
import { extent, type FigureArray, type FigureStart, type Point, points, slice, spaced } from "./data.ts";
import { drawFrame, type FigureOptions, type Panel } from "./frame.ts";
import { drawLegend, type LegendItem, paint } from "./legend.ts";
import { band, curve, legends, openMarkers, pick, thinned, within } from "./marks.ts";
import { startTitle, timeName, timeRange } from "./starts.ts";
import { escapeText, fitText, formatNumber, textWidth, wrapText } from "./text.ts";
import { sans, tokens } from "./tokens.ts";

export type ComparedKind = "closure" | "analytic" | "learned" | "baseline";

/** One method of a comparison; errors are the worst over the starts that it is judged on, relative. */
export interface ComparedMethod {
  readonly method: string;
  readonly kind: ComparedKind;
  readonly verdict: string;
  readonly meanError: number;
  readonly varianceError: number;
  /** Shapes [A, T, S], [A, T, S], [A, T] and [A, T]: the floor of its own family. */
  readonly mean: FigureArray;
  readonly variance: FigureArray;
  readonly kl: FigureArray;
  readonly floor: FigureArray;
}

/** Methods beside the truth, with A starts, T times and S species. */
export interface ComparedData {
  readonly species: readonly string[];
  readonly starts: readonly FigureStart[];
  readonly rows: readonly ComparedMethod[];
  /** Indices of the rows drawn over time: a few. */
  readonly drawn: readonly number[];
  readonly times: FigureArray;
  readonly mean: FigureArray;
  readonly variance: FigureArray;
}

const kinds: Readonly<Record<ComparedKind, LegendItem>> = {
  closure: { label: "moment closure", token: "c1", line: 2, dash: "9 4" },
  analytic: { label: "projected, nothing learned", token: "cloud", line: 2.25, dash: "2 3" },
  learned: { label: "learned", token: "dbd", line: 2, marker: "circle" },
  baseline: { label: "sequence model", token: "c2", line: 2, dash: "4 3" },
};

/** The form of the i-th curve of a kind: colours tell kinds apart, dashes the curves of one kind. */
function formOf(data: ComparedData, index: number): LegendItem {
  const row = data.rows[index];
  if (row === undefined) return kinds.learned;
  const earlier = data.drawn.slice(0, data.drawn.indexOf(index)).filter((i) => data.rows[i]?.kind === row.kind).length;
  const form = kinds[row.kind];
  return earlier === 0
    ? { ...form, label: row.method }
    : { ...form, label: row.method, token: "c3", dash: "4 3 1.5 3" };
}

/** Exact, or a simulation: the page says which. */
const truth = { ...legends.exact, label: "truth" };

const held = (starts: readonly FigureStart[]): number[] => {
  const out = starts.flatMap(({ role }, a) => (role === "heldOut" ? [a] : []));
  return out.length > 0 ? out : starts.map((_, a) => a);
};

/** Errors below this are drawn on the edge, and so are those above the largest. */
const SMALLEST = 1e-7;
const LARGEST = 10;

/**
 * Errors of every method on a log axis, one line each: filled circles for the mean, open squares for the variance. What
 * failed has its verdict beside it.
 */
export function leaderboardFigure(data: ComparedData, options: FigureOptions = {}): string {
  const width = options.width ?? 568;
  const narrow = width < 480;
  const id = escapeText(options.id ?? "leaderboard");
  const errors = data.rows.flatMap((row) => [row.meanError, row.varianceError]).filter((v) => v > 0);
  const [low, high] = extent(errors) ?? [1e-3, 1];
  const x = logAxis(Math.max(SMALLEST, Math.min(low, 0.1)), Math.min(LARGEST, Math.max(high, 1e-2)), 6, true);
  const labelWidth = Math.min(
    Math.round(width * (narrow ? 0.5 : 0.45)),
    Math.ceil(Math.max(...data.rows.map((row) => textWidth(nameOf(row))))) + 12,
  );
  const right = 16;
  const inner = width - labelWidth - right;
  const at = (value: number): number =>
    Math.round(10 * (labelWidth + inner * Math.min(1, Math.max(0, x.place(Math.max(value, 1e-300)))))) / 10;
  const title = `Largest errors ${heldName(data.starts)}`;
  const titleLines = wrapText(title, width / 1.2, 13);
  const below = 8 + 18 * titleLines.length;
  const legend = drawLegend(
    [
      { label: "mean", token: "ink2", marker: "circle" },
      { label: "variance", token: "ink2", marker: "square" },
      ...[...new Set(data.rows.map(({ kind }) => kind))].map((kind) => ({
        label: kinds[kind].label,
        token: kinds[kind].token,
        block: 1,
      })),
    ],
    below,
    width,
  );
  const top = below + legend.height + 14;
  const step = 22;
  const bottom = top + step * data.rows.length;
  const grid = x.ticks
    .map((tick) => `<path d="M${at(tick)},${top - 4}V${bottom}" fill="none" ${paint("stroke", "grid")}/>`)
    .join("");
  const labels = x.ticks
    .map((tick, i) => {
      const name = tick < 1e-3 || tick > 1e2 ? (x.labels[i] ?? "") : `${formatNumber(100 * tick, 2)} %`;
      return `<text x="${at(tick)}" y="${bottom + 16}" text-anchor="${i === x.ticks.length - 1 ? "end" : "middle"}" ${paint("fill", "ink3")}>${escapeText(thin(x.ticks.length, i, inner) ? name : "")}</text>`;
    })
    .join("");
  const lines = data.rows.map((row, i) =>
    methodLine(row, { y: top + i * step + step / 2, at, labelWidth, width, right }),
  );
  const height = bottom + 40;
  const description = data.rows
    .map(
      (row) => `${row.method}: mean ${percent(row.meanError)}, variance ${percent(row.varianceError)}, ${row.verdict}.`,
    )
    .join(" ");
  return `<svg xmlns="http://www.w3.org/2000/svg" class="dbd-figure" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc" font-family="${escapeText(sans)}" font-size="12">
<title id="${id}-title">${escapeText(title)}</title>
<desc id="${id}-desc">${escapeText(description)}</desc>
<rect width="${width}" height="${height}" ${paint("fill", "bg")}/>
${titleLines.map((line, i) => `<text x="0" y="${14 + 18 * i}" font-size="13" font-weight="600" ${paint("fill", "ink")}>${escapeText(line)}</text>`).join("")}
${legend.svg}
${grid}${labels}
<text x="${width - right}" y="${bottom + 34}" text-anchor="end" ${paint("fill", "ink2")}>relative error (log scale)</text>
${lines.join("\n")}
</svg>`;
}

/** The colour says that it is a closure. */
const nameOf = ({ method }: ComparedMethod): string => method.replace(" closure, order ", ", order ");

const percent = (x: number): string => (Number.isNaN(x) ? "–" : `${formatNumber(100 * x)} %`);

/** Every tick has a name where there is room, every second or third elsewhere. */
const thin = (count: number, i: number, pixels: number): boolean =>
  (count - 1 - i) % Math.max(1, Math.ceil((count * 62) / pixels)) === 0;

function heldName(starts: readonly FigureStart[]): string {
  const names = held(starts).map((a) => starts[a]?.label ?? "");
  const role = starts.some(({ role: r }) => r === "heldOut") ? "from held-out" : "from";
  return names.length <= 3 ? `${role} ${names.join(", ")}` : `${role} starts, the worst of ${names.length}`;
}

interface LinePlace {
  readonly y: number;
  readonly at: (value: number) => number;
  readonly labelWidth: number;
  readonly width: number;
  readonly right: number;
}

function methodLine(row: ComparedMethod, { y, at, labelWidth, width, right }: LinePlace): string {
  const { token } = kinds[row.kind];
  const ok = row.verdict === "ok";
  const name = escapeText(fitText(nameOf(row), labelWidth - 10));
  const label = `<text x="0" y="${y + 4}" ${paint("fill", ok ? "ink" : "ink3")}>${name}</text>`;
  const { meanError: m, varianceError: v } = row;
  const fade = ok ? "" : ' opacity="0.45"';
  let marks = "";
  if (!Number.isNaN(m) && !Number.isNaN(v))
    marks += `<path d="M${at(m)},${y}H${at(v)}" fill="none" stroke-width="1.25" ${paint("stroke", token)}/>`;
  if (!Number.isNaN(v))
    marks += `<rect x="${at(v) - 3.4}" y="${y - 3.4}" width="6.8" height="6.8" stroke-width="1.75" fill="${tokens.bg[0]}" stroke="${tokens[token][0]}" class="fill-bg stroke-${token}"/>`;
  if (!Number.isNaN(m)) marks += `<circle cx="${at(m)}" cy="${y}" r="4" ${paint("fill", token)}/>`;
  // Failures: the verdict, on whichever side of the marks has room.
  let verdict = "";
  if (!ok) {
    const places = [m, v].filter((value) => !Number.isNaN(value)).map(at);
    const first = Math.min(...places, width - right);
    const room = (places.length === 0 ? width - right : first - 10) - labelWidth;
    const text = fitText(row.verdict, room);
    if (room > 60)
      verdict = `<text x="${places.length === 0 ? labelWidth : first - 9}" y="${y + 4}" ${places.length === 0 ? "" : 'text-anchor="end" '}${paint("fill", "ink3")}>${escapeText(text)}</text>`;
  }
  return `${label}<g${fade}>${marks}</g>${verdict}`;
}

/** Mean and standard deviation over time from up to four judged starts: truth with its band, and a few methods. */
export function comparedMeansFigure(data: ComparedData, options: FigureOptions = {}): string {
  return overTime(data, options, "mean");
}

/** Variances over time from up to four judged starts. */
export function comparedVariancesFigure(data: ComparedData, options: FigureOptions = {}): string {
  return overTime(data, options, "variance");
}

interface Place {
  readonly a: number;
  readonly s: number;
}

function overTime(data: ComparedData, options: FigureOptions, quantity: "mean" | "variance"): string {
  const S = data.species.length;
  const starts = spaced(held(data.starts), S > 1 ? 2 : 4);
  const places = starts.flatMap((a) => data.species.slice(0, 2).map((_, s): Place => ({ a, s })));
  const reference = quantity === "mean" ? [truth, { ...legends.band, label: "truth ± sd" }] : [truth];
  const name = quantity === "mean" ? "Mean" : "Variance";
  return drawFrame(
    {
      name: `compared-${quantity}`,
      title: `${name} of ${data.species.join(" and ")} over time`,
      description: places.map((place) => describe(data, place, quantity)).join(" "),
      legend: [...reference, ...data.drawn.map((i) => formOf(data, i))],
      panels: places.map((place) => panelOf(data, place, quantity)),
      columns: places.length === 1 ? 1 : 2,
      height: places.length === 1 ? 260 : 150,
    },
    options,
  );
}

function panelOf(data: ComparedData, { a, s }: Place, quantity: "mean" | "variance"): Panel {
  const times = data.times.data;
  const exact = slice(data[quantity], [a, null, s]);
  const sd = slice(data.variance, [a, null, s]).map((v) => Math.sqrt(Math.max(0, v)));
  const low = exact.map((m, t) => Math.max(0, m - (sd[t] ?? 0)));
  const high = exact.map((m, t) => m + (sd[t] ?? 0));
  const [least, most] = (quantity === "mean" ? extent(exact, low, high) : extent(exact)) ?? [0, 1];
  // Closures run away by many orders: the axis follows the truth and leaves them room of half its height.
  const top = most + 0.5 * (most - Math.min(0, least));
  const curves = data.drawn.map((i): Point[] => {
    const row = data.rows[i];
    return row === undefined ? [] : within(points(times, slice(row[quantity], [a, null, s])), Math.min(0, least), top);
  });
  const used = extent(
    exact,
    quantity === "mean" ? high : exact,
    curves.flat().map(([, y]) => y),
  );
  const unit = quantity === "mean" ? "copies" : "copies²";
  const start = startTitle(data.starts[a]);
  return {
    title: data.species.length > 1 ? `${data.species[s] ?? ""}: ${start}` : start,
    yName: `${quantity} of ${data.species[s] ?? ""}, ${unit}`,
    xName: timeName(times),
    x: timeRange(times),
    y: { type: "linear", min: Math.min(0, least), max: used?.[1] ?? 1 },
    ...(used === undefined ? { message: "No finite value to draw." } : {}),
    marks: (g) => [
      ...(quantity === "mean" ? [band(times, low, high, "truth")] : []),
      curve(points(times, exact), truth),
      ...curves.flatMap((list, c) => {
        const form = formOf(data, data.drawn[c] ?? 0);
        const line = curve(list, form);
        if (form.marker === undefined) return [line];
        return [line, openMarkers(pick(list, thinned(list, g.x.place, Math.floor(g.width / 40))), form)];
      }),
    ],
  };
}

function describe(data: ComparedData, { a, s }: Place, quantity: "mean" | "variance"): string {
  const exact = slice(data[quantity], [a, null, s]);
  const last = (array: FigureArray): string => formatNumber(slice(array, [a, null, s]).at(-1) ?? NaN);
  const methods = data.drawn.map((i) => {
    const row = data.rows[i];
    return row === undefined ? "" : `${row.method} ${last(row[quantity])}`;
  });
  return `${data.species[s] ?? ""}, ${startTitle(data.starts[a])}: ${quantity} at the end ${formatNumber(exact.at(-1) ?? NaN)}; ${methods.join(", ")}.`;
}

const LEAST_KL = 1e-12;
const DECADES = 1e-8;

/**
 * KL(p‖p̃) over time beside the floor, from up to four judged starts.
 * @returns undefined where no method has a distribution.
 */
export function comparedDivergenceFigure(data: ComparedData, options: FigureOptions = {}): string | undefined {
  const starts = spaced(held(data.starts), 4);
  const times = data.times.data;
  const of = (array: FigureArray, a: number): Float64Array => slice(array, [a, null]).map((v) => Math.max(v, LEAST_KL));
  const shown = data.drawn.filter((i) => data.rows[i]?.kl.data.some((v) => Number.isFinite(v)));
  const floor = data.rows[shown.at(-1) ?? 0]?.floor;
  if (floor === undefined) return undefined;
  const all = starts.flatMap((a) => [
    of(floor, a),
    ...shown.flatMap((i) => (data.rows[i] === undefined ? [] : [of(data.rows[i].kl, a)])),
  ]);
  const range = extent(...all);
  if (shown.length === 0 || range === undefined) return undefined;
  const least = Math.max(range[0], range[1] * DECADES);
  const line = (array: FigureArray, a: number): Point[] =>
    points(
      times,
      of(array, a).map((v) => Math.max(v, least)),
    );
  const panels = starts.map(
    (a): Panel => ({
      title: startTitle(data.starts[a]),
      yName: "KL(p‖p̃), nats (log scale)",
      xName: timeName(times),
      x: timeRange(times),
      y: { type: "log", min: least, max: range[1] },
      marks: (g) => [
        ...shown.flatMap((i) => {
          const row = data.rows[i];
          if (row === undefined) return [];
          const form = formOf(data, i);
          const list = line(row.kl, a);
          if (form.marker === undefined) return [curve(list, form)];
          return [curve(list, form), openMarkers(pick(list, thinned(list, g.x.place, Math.floor(g.width / 40))), form)];
        }),
        curve(line(floor, a), legends.floor),
      ],
    }),
  );
  return drawFrame(
    {
      name: "compared-divergence",
      title: "Kullback–Leibler divergence beside the floor",
      description: starts
        .map(
          (a) =>
            `${startTitle(data.starts[a])}: ${shown.map((i) => `${data.rows[i]?.method ?? ""} ends at ${formatNumber(of(data.rows[i]?.kl ?? floor, a).at(-1) ?? NaN, 2)}`).join(", ")} nats.`,
        )
        .join(" "),
      legend: [...shown.map((i) => formOf(data, i)), legends.floor],
      panels,
      columns: panels.length === 1 ? 1 : 2,
      height: panels.length === 1 ? 260 : 150,
    },
    options,
  );
}

/** The figures of a comparison, wide and for phones, by name. */
export function comparisonFigures(data: ComparedData): readonly { name: string; wide: string; narrow: string }[] {
  const all = [
    ["leaderboard", leaderboardFigure],
    ["means", comparedMeansFigure],
    ["variances", comparedVariancesFigure],
    ["divergence", comparedDivergenceFigure],
  ] as const;
  return all.flatMap(([name, draw]) => {
    const wide = draw(data);
    const narrow = draw(data, { width: 340 });
    return wide === undefined || narrow === undefined ? [] : [{ name, wide, narrow }];
  });
}
