import * as Plot from "@observablehq/plot";
import { plotDocument } from "#document";
import { type Axis, axisFor, type Range, sparseLabels, widened } from "./axis.ts";
import { drawLegend, type LegendItem, paint } from "./legend.ts";
import { serialize } from "./serialize.ts";
import { escapeText, fitText, textWidth, wrapText } from "./text.ts";
import { colour, sans, type Token, tokens } from "./tokens.ts";

export interface FigureOptions {
  /** Width in CSS pixels; 568 lets two figures stand side by side on a 1280 px page, 340 fits a phone. */
  readonly width?: number;
  /** Beginning of the ids inside the figure; a page that shows a figure twice needs two. Defaults to the figure's name. */
  readonly id?: string;
}

/** Places inside a panel, in pixels; marks that depend on directions or distances on the screen need them. */
export interface Geometry {
  readonly x: Axis;
  readonly y: Axis;
  readonly width: number;
  readonly height: number;
}

/** A name written at one end of a curve: right of its end, or left of its start where the curves lie further apart there. */
export interface CurveLabel {
  readonly label: string;
  readonly token: Token;
  /** First and last value of the curve, in data units. */
  readonly first: number;
  readonly last: number;
}

export interface Panel {
  readonly title?: string;
  readonly xName: string;
  readonly yName: string;
  readonly x: Range;
  readonly y: Range;
  readonly curveLabels?: readonly CurveLabel[];
  /** A sentence in place of curves, when there is nothing to draw. */
  readonly message?: string;
  marks(geometry: Geometry): Plot.Markish[];
}

export interface Frame {
  readonly name: string;
  readonly title: string;
  /** Small print beside the title. */
  readonly note?: string | undefined;
  /** What the figure shows, in sentences with numbers, for those who do not see it. */
  readonly description: string;
  readonly legend: readonly LegendItem[];
  readonly panels: readonly Panel[];
  /** Panels in one row; a narrow figure has one. */
  readonly columns: number;
  /** Height of the plotting area of a panel. */
  readonly height: number;
}

const defaultWidth = 568;
const lineHeight = 17;
const gap = 26;
const labelSpacing = 14;

interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function text(content: string, x: number, y: number, token: Token, extra = ""): string {
  return `<text x="${x}" y="${y}" ${extra}${extra === "" ? "" : " "}${paint("fill", token)}>${escapeText(content)}</text>`;
}

/** Heights at which labels stand without touching: pushed down in order, then back up from the bottom. */
export function spreadLabels(wanted: readonly number[], spacing: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0) || a - b);
  const placed = wanted.slice();
  let limit = top;
  for (const i of order) {
    placed[i] = Math.max(placed[i] ?? 0, limit);
    limit = placed[i] + spacing;
  }
  limit = bottom;
  for (const i of order.toReversed()) {
    placed[i] = Math.min(placed[i] ?? 0, limit);
    limit = placed[i] - spacing;
  }
  return placed;
}

const yAxisOf = (panel: Panel, height: number): Axis => axisFor(panel.y, height, 28, true);

/** Smallest distance of two neighbours, as a share of the axis. */
function closest(values: readonly number[], y: Axis): number {
  const places = values.map(y.place).sort((a, b) => a - b);
  return places.reduce((least, at, i) => (i === 0 ? least : Math.min(least, at - (places[i - 1] ?? 0))), 1);
}

function labelledAtEnd(panel: Panel, height: number): boolean {
  const labels = panel.curveLabels ?? [];
  const y = yAxisOf(panel, height);
  const [first, last] = [labels.map((l) => l.first), labels.map((l) => l.last)];
  return closest(last, y) * height >= 8 || closest(last, y) > closest(first, y);
}

/** Room for the widest name of a curve beside the data. */
function labelRoom(labels: readonly CurveLabel[], width: number): number {
  const most = Math.max(110, width * 0.3);
  return Math.ceil(Math.max(0, ...labels.map((l) => Math.min(textWidth(l.label, 12, true), most) + 14)));
}

function marginsOf(panels: readonly Panel[], height: number, width: number): Margins {
  const labels = panels.flatMap((panel) => yAxisOf(panel, height).labels);
  const ends = panels.flatMap((panel) => (labelledAtEnd(panel, height) ? (panel.curveLabels ?? []) : []));
  return {
    left: Math.ceil(Math.max(20, ...labels.map((label) => textWidth(label)))) + 11,
    right: Math.max(16, labelRoom(ends, width)),
    top: (panels.some((panel) => panel.title !== undefined) ? lineHeight : 0) + lineHeight + 8,
    bottom: 20 + lineHeight,
  };
}

function drawCurveLabels(panel: Panel, { x, y, width, height }: Geometry, margins: Margins): string {
  const labels = panel.curveLabels ?? [];
  const atEnd = labelledAtEnd(panel, height);
  const wanted = labels.map(({ first, last }) => margins.top + (1 - y.place(atEnd ? last : first)) * height + 4);
  const places = spreadLabels(wanted, labelSpacing, margins.top + 4, margins.top + height - 2);
  const at = Math.round(margins.left + x.place(atEnd ? panel.x.max : panel.x.min) * width + (atEnd ? 9 : -9));
  const room = labelRoom(labels, width) - 12;
  const halo = `font-weight="600" paint-order="stroke" stroke-width="3" stroke-linejoin="round" stroke="${tokens.bg[0]}"`;
  return labels
    .map(({ label, token }, i) => {
      const name = escapeText(fitText(label, room, 12, true));
      const look = `text-anchor="${atEnd ? "start" : "end"}" fill="${tokens[token][0]}" class="fill-${token} stroke-bg"`;
      return `<text x="${at}" y="${Math.round(places[i] ?? 0)}" ${halo} ${look}>${name}</text>`;
    })
    .join("");
}

function drawMarks(panel: Panel, geometry: Geometry, width: number, margins: Margins): string {
  const { x, y, height } = geometry;
  // Labels by position: a tickFormat of ours would pass through d3's filter for log scales, which drops some.
  const axis = { fill: colour("ink3"), stroke: colour("line"), label: null, tickSize: 4, tickPadding: 5 } as const;
  const plot = Plot.plot({
    document: plotDocument(),
    width,
    height: margins.top + height + margins.bottom,
    marginLeft: margins.left,
    marginRight: margins.right,
    marginTop: margins.top,
    marginBottom: margins.bottom,
    x: { type: x.type, domain: x.domain, axis: null },
    y: { type: y.type, domain: y.domain, axis: null },
    marks: [
      Plot.gridY(y.ticks, { stroke: colour("grid"), strokeOpacity: 1 }),
      Plot.axisX(x.ticks, { ...axis, text: x.labels }),
      Plot.axisY(y.ticks, {
        ...axis,
        tickSize: 0,
        tickPadding: 9,
        text: y.labels,
      }),
      Plot.ruleY([y.domain[0]], { stroke: colour("cloud"), strokeWidth: 1 }),
      ...panel.marks(geometry),
    ],
  });
  return `<g text-anchor="middle">${Array.from(plot.children, serialize).join("")}</g>`;
}

function drawPanel(panel: Panel, width: number, height: number, margins: Margins): string {
  const inner = { width: width - margins.left - margins.right, height };
  const y = yAxisOf(panel, height);
  const gutter = labelledAtEnd(panel, height) ? 0 : labelRoom(panel.curveLabels ?? [], width);
  const shown = inner.width - gutter;
  const x = widened(sparseLabels(axisFor(panel.x, shown, 44, false), shown), gutter / inner.width);
  let svg = "";
  if (panel.title !== undefined) {
    svg += text(fitText(panel.title, width, 12, true), 0, 12, "ink", 'font-weight="600"');
  }
  svg += text(fitText(panel.yName, width), 0, margins.top - 12, "ink2");
  if (panel.message !== undefined) {
    wrapText(panel.message, width).forEach((line, i) => {
      svg += text(line, 0, margins.top + 24 + i * lineHeight, "ink3");
    });
    return svg;
  }
  const geometry = { x, y, ...inner };
  svg += drawMarks(panel, geometry, width, margins);
  const right = width - margins.right;
  svg += text(
    fitText(panel.xName, width),
    right,
    margins.top + height + margins.bottom - 4,
    "ink2",
    'text-anchor="end"',
  );
  return svg + drawCurveLabels(panel, geometry, margins);
}

/** Title line, with the note to its right or, where that would touch, below it. */
function drawHeading(frame: Frame, width: number): { svg: string; height: number } {
  const lines = wrapText(frame.title, width / 1.2, 13);
  let svg = lines.map((line, i) => text(line, 0, 14 + i * 18, "ink", 'font-size="13" font-weight="600"')).join("");
  let height = lines.length * 18;
  if (frame.note !== undefined) {
    const beside = lines.length === 1 && textWidth(frame.title, 13, true) + 16 + textWidth(frame.note) <= width;
    if (beside) svg += text(frame.note, width - 2, 14, "ink3", 'text-anchor="end"');
    else {
      for (const line of wrapText(frame.note, width)) {
        svg += text(line, 0, height + 13, "ink3");
        height += lineHeight;
      }
    }
  }
  return { svg, height: height + 6 };
}

/** A frame as SVG text: heading, legend, panels; accessible name and description; light colours unless the page sets others. */
export function drawFrame(frame: Frame, options: FigureOptions = {}): string {
  const width = options.width ?? defaultWidth;
  const id = escapeText(options.id ?? frame.name);
  const columns = width < 480 ? 1 : frame.columns;
  const heading = drawHeading(frame, width);
  const legend = drawLegend(frame.legend, heading.height, width);
  const panelWidth = Math.floor((width - (columns - 1) * gap) / columns);
  const margins = marginsOf(frame.panels, frame.height, panelWidth);
  const panelHeight = margins.top + frame.height + margins.bottom;
  const top = heading.height + legend.height + 10;
  const body = frame.panels.map((panel, i) => {
    const x = (i % columns) * (panelWidth + gap);
    const y = top + Math.floor(i / columns) * (panelHeight + 12);
    return `<g transform="translate(${x},${y})" text-anchor="start">${drawPanel(panel, panelWidth, frame.height, margins)}</g>`;
  });
  const rows = Math.ceil(frame.panels.length / columns);
  const height = top + rows * (panelHeight + 12) - 12;
  return `<svg xmlns="http://www.w3.org/2000/svg" class="dbd-figure" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc" font-family="${escapeText(sans)}" font-size="12">
<title id="${id}-title">${escapeText(frame.title)}</title>
<desc id="${id}-desc">${escapeText(frame.description)}</desc>
<rect width="${width}" height="${height}" ${paint("fill", "bg")}/>
${heading.svg}
${legend.svg}
${body.join("\n")}
</svg>`;
}
