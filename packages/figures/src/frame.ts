import * as Plot from "@observablehq/plot";
import { plotDocument } from "#document";
import { type Axis, axisFor, type Range, sparseLabels } from "./axis.ts";
import { drawLegend, type LegendItem, paint } from "./legend.ts";
import { serialize } from "./serialize.ts";
import { escapeText, fitText, textWidth, wrapText } from "./text.ts";
import { colour, sans, type Token } from "./tokens.ts";

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

/** A name written at the right end of a curve. */
export interface EndLabel {
  readonly label: string;
  readonly token: Token;
  /** Value at which the curve ends, in data units. */
  readonly at: number;
}

export interface Panel {
  readonly title?: string;
  readonly xName: string;
  readonly yName: string;
  readonly x: Range;
  readonly y: Range;
  /** Widen the x axis to whole ticks as well. */
  readonly niceX?: boolean;
  readonly endLabels?: readonly EndLabel[];
  /** A sentence in place of curves, when there is nothing to draw. */
  readonly message?: string;
  marks(geometry: Geometry): Plot.Markish[];
}

export interface Frame {
  readonly name: string;
  readonly title: string;
  /** Small print beside the title. */
  readonly note?: string;
  /** What the figure shows, in sentences with numbers, for those who do not see it. */
  readonly description: string;
  readonly legend: readonly LegendItem[];
  readonly panels: readonly Panel[];
  /** Panels in one row; a narrow figure has one. */
  readonly columns: number;
  /** Height of the plotting area of a panel. */
  readonly height: number;
}

export const defaultWidth = 568;
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
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i] ?? 0, limit);
    limit = placed[i] - spacing;
  }
  return placed;
}

const yAxisOf = (panel: Panel, height: number): Axis => axisFor(panel.y, height, 34, true);

function marginsOf(panels: readonly Panel[], height: number, width: number): Margins {
  const labels = panels.flatMap((panel) => yAxisOf(panel, height).labels);
  const ends = panels.flatMap((panel) => panel.endLabels ?? []);
  return {
    left: Math.ceil(Math.max(20, ...labels.map((label) => textWidth(label)))) + 9,
    right: Math.ceil(Math.max(16, ...ends.map((e) => Math.min(textWidth(e.label), width * 0.3) + 12))),
    top: (panels.some((panel) => panel.title !== undefined) ? lineHeight : 0) + lineHeight + 8,
    bottom: 20 + lineHeight,
  };
}

function drawEndLabels(
  panel: Panel,
  y: Axis,
  box: { right: number; top: number; height: number },
  width: number,
): string {
  const ends = panel.endLabels ?? [];
  const wanted = ends.map((end) => box.top + (1 - y.place(end.at)) * box.height);
  const places = spreadLabels(wanted, labelSpacing, box.top + 4, box.top + box.height - 2);
  return ends
    .map((end, i) =>
      text(fitText(end.label, width), box.right + 9, Math.round((places[i] ?? 0) + 4), end.token, 'font-weight="600"'),
    )
    .join("");
}

function drawMarks(panel: Panel, geometry: Geometry, width: number, margins: Margins): string {
  const { x, y, height } = geometry;
  const axis = { fill: colour("ink3"), stroke: colour("line"), label: null, tickSize: 4, tickPadding: 4 } as const;
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
      Plot.axisX(x.ticks, { ...axis, tickFormat: (_, i) => x.labels[i] ?? "" }),
      Plot.axisY(y.ticks, { ...axis, tickSize: 0, tickFormat: (_, i) => y.labels[i] ?? "" }),
      Plot.ruleY([y.domain[0]], { stroke: colour("cloud"), strokeWidth: 1 }),
      ...panel.marks(geometry),
    ],
  });
  return Array.from(plot.children, serialize).join("");
}

function drawPanel(panel: Panel, width: number, height: number, margins: Margins): string {
  const inner = { width: width - margins.left - margins.right, height };
  const y = yAxisOf(panel, height);
  const x = sparseLabels(axisFor(panel.x, inner.width, 64, panel.niceX ?? false), inner.width);
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
  svg += drawMarks(panel, { x, y, ...inner }, width, margins);
  const right = width - margins.right;
  svg += text(
    fitText(panel.xName, width),
    right,
    margins.top + height + margins.bottom - 4,
    "ink2",
    'text-anchor="end"',
  );
  return svg + drawEndLabels(panel, y, { right, top: margins.top, height }, margins.right - 12);
}

/** Title line, with the note to its right or, where that would touch, below it. */
function drawHeading(frame: Frame, width: number): { svg: string; height: number } {
  const lines = wrapText(frame.title, width / 1.2, 13);
  let svg = lines.map((line, i) => text(line, 0, 14 + i * 18, "ink", 'font-size="13" font-weight="600"')).join("");
  let height = lines.length * 18;
  if (frame.note !== undefined) {
    const beside = lines.length === 1 && textWidth(frame.title, 13, true) + 16 + textWidth(frame.note) <= width;
    if (beside) svg += text(frame.note, width, 14, "ink3", 'text-anchor="end"');
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
