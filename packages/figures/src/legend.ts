import { escapeText, fitText, textWidth } from "./text.ts";
import { type Token, tokens } from "./tokens.ts";

/** One entry of a legend: a curve's form and its name. */
export interface LegendItem {
  readonly label: string;
  readonly token: Token;
  /** Line width in pixels; 0 draws no line. */
  readonly line?: number;
  readonly dash?: string;
  readonly marker?: "circle" | "square";
  /** A block of this opacity instead of a line: a band or a bar. */
  readonly block?: number;
  /** A short line at the top of the block, as on the bars of an exact distribution. */
  readonly edge?: boolean;
}

const sampleWidth = 30;
const rowHeight = 18;

/** Presentation attributes of a colour: light value and the class by which a page sets another. */
export function paint(kind: "fill" | "stroke", token: Token): string {
  return `${kind}="${tokens[token][0]}" class="${kind}-${token}"`;
}

function sample(item: LegendItem, x: number, y: number): string {
  const { token, line = 0, dash = "", marker, block = 0, edge = false } = item;
  let out = "";
  if (block > 0) {
    out += `<rect x="${x + 3}" y="${y - 5}" width="${sampleWidth - 6}" height="10" fill-opacity="${block}" ${paint("fill", token)}/>`;
  }
  const dashes = dash === "" ? "" : ` stroke-dasharray="${dash}"`;
  const at = edge ? y - 5 : y;
  if (line > 0) {
    out += `<path d="M${x},${at}h${sampleWidth}" fill="none" stroke-width="${line}"${dashes} ${paint("stroke", token)}/>`;
  }
  if (marker !== undefined) {
    const c = x + sampleWidth / 2;
    const shape =
      marker === "circle"
        ? `<circle cx="${c}" cy="${y}" r="3.6"`
        : `<rect x="${c - 3.2}" y="${y - 3.2}" width="6.4" height="6.4"`;
    const classes = `fill="${tokens.bg[0]}" stroke="${tokens[token][0]}" class="fill-bg stroke-${token}"`;
    out += `${shape} stroke-width="1.75" ${classes}/>`;
  }
  return out;
}

/** A legend that breaks into rows of at most `width` pixels; `y` is its top. */
export function drawLegend(items: readonly LegendItem[], y: number, width: number): { svg: string; height: number } {
  let svg = "";
  let x = 0;
  let row = 0;
  for (const item of items) {
    const label = fitText(item.label, width - sampleWidth - 7);
    const needed = sampleWidth + 7 + textWidth(label);
    if (x > 0 && x + needed > width) {
      x = 0;
      row++;
    }
    const middle = y + row * rowHeight + rowHeight / 2;
    svg += `<g>${sample(item, x, middle)}<text x="${x + sampleWidth + 7}" y="${middle + 4}" ${paint("fill", "ink2")}>${escapeText(label)}</text></g>`;
    x += needed + 16;
  }
  return { svg, height: items.length === 0 ? 0 : (row + 1) * rowHeight };
}
