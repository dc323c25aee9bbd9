import { reportStyle } from "./reportStyle.ts";
import { escapeText, formatNumber } from "./text.ts";

/** A figure for wide pages and, where given, another drawing of it for phones. */
export interface ReportFigure {
  readonly wide: string;
  readonly narrow?: string;
}

export interface ReportTable {
  readonly caption?: string;
  readonly header: readonly string[];
  /** Numbers are formatted to three digits and stand to the right; strings are shown as they are. */
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface ReportSection {
  readonly heading: string;
  /** Paragraphs of plain text. */
  readonly text?: string | readonly string[];
  /** Shown as it is, in a fixed-width face: a network, an experiment. */
  readonly code?: string;
  /** SVG text from the figures of this package; undefined ones are passed over. */
  readonly figures?: readonly (string | ReportFigure | undefined)[];
  readonly tables?: readonly ReportTable[];
  /** To another page of the same folder: a relative address. */
  readonly link?: { readonly text: string; readonly href: string };
}

export interface Report {
  readonly title: string;
  /** The main finding, one or two sentences under the title. */
  readonly lead?: string;
  readonly sections: readonly ReportSection[];
}

/** The figure with its ids made unique in the page. Works on this package's own output, where no other text holds a raw quote. */
function withPrefix(svg: string, prefix: string): string {
  return svg.replace(/ id="/g, ` id="${prefix}`).replace(/ aria-labelledby="([^"]*)"/g, (_, ids: string) => {
    const renamed = ids.split(" ").map((id) => prefix + id);
    return ` aria-labelledby="${renamed.join(" ")}"`;
  });
}

function figureMarkup(figure: string | ReportFigure, prefix: string): string {
  const { wide, narrow } = typeof figure === "string" ? { wide: figure, narrow: undefined } : figure;
  if (narrow === undefined) return `<figure>${withPrefix(wide, `${prefix}-`)}</figure>`;
  const both = [
    `<div class="wide">${withPrefix(wide, `${prefix}-`)}</div>`,
    `<div class="narrow">${withPrefix(narrow, `${prefix}-narrow-`)}</div>`,
  ];
  return `<figure>${both.join("\n")}</figure>`;
}

function tableMarkup(table: ReportTable): string {
  const numeric = table.header.map(
    (_, i) => table.rows.length > 0 && table.rows.every((row) => typeof row[i] === "number"),
  );
  const kind = (i: number): string => (numeric[i] ? ' class="number"' : "");
  const head = table.header.map((name, i) => `<th scope="col"${kind(i)}>${escapeText(name)}</th>`).join("");
  const body = table.rows.map((row) => {
    const cells = row.map((cell, i) => {
      const content = typeof cell === "number" ? formatNumber(cell) : cell;
      return `<td${kind(i)}>${escapeText(content)}</td>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  const caption = table.caption === undefined ? "" : `<caption>${escapeText(table.caption)}</caption>`;
  const label = escapeText(table.caption ?? "Table");
  // A wide table scrolls by itself on a phone; the keyboard can reach it.
  return `<div class="scroll" role="region" tabindex="0" aria-label="${label}"><table>${caption}<thead><tr>${head}</tr></thead><tbody>
${body.join("\n")}
</tbody></table></div>`;
}

function sectionMarkup(section: ReportSection, index: number): string {
  const { heading, text = [], code, figures = [], tables = [], link } = section;
  const paragraphs = (typeof text === "string" ? [text] : text).map((p) => `<p>${escapeText(p)}</p>`);
  const drawn = figures.flatMap((figure, i) => (figure === undefined ? [] : [figureMarkup(figure, `s${index}-f${i}`)]));
  return [
    `<section id="s${index}"><h2>${escapeText(heading)}</h2>`,
    ...paragraphs,
    ...(code === undefined ? [] : [`<pre tabindex="0"><code>${escapeText(code)}</code></pre>`]),
    ...(drawn.length === 0 ? [] : [`<div class="figures">`, ...drawn, "</div>"]),
    ...tables.map(tableMarkup),
    ...(link === undefined ? [] : [`<p><a href="${escapeText(link.href)}">${escapeText(link.text)}</a></p>`]),
    "</section>",
  ].join("\n");
}

/**
 * A report as one HTML page: no scripts, no external resources, light and dark after the reader's system, from 360 px up.
 * Titles, text, code and tables are escaped; `figures` must be SVG made by this package, since they are put in as they are.
 */
export function reportPage(report: Report): string {
  const title = escapeText(report.title);
  const links = report.sections.map((s, i) => `<li><a href="#s${i}">${escapeText(s.heading)}</a></li>`);
  const contents = links.length < 4 ? "" : `<nav aria-label="Contents"><ul>${links.join("")}</ul></nav>\n`;
  const lead = report.lead === undefined ? "" : `<p class="lead">${escapeText(report.lead)}</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>
${reportStyle}
</style>
</head>
<body>
<header><h1>${title}</h1>${lead}</header>
${contents}<main>
${report.sections.map(sectionMarkup).join("\n")}
</main>
</body>
</html>
`;
}
