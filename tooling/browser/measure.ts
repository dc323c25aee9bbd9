/** What real Chromium makes of report pages, for tests: one start of the browser measures any number of pages. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const present = existsSync(chromium);

/** Whether browser tests run: without a browser they are skipped, unless DBD_REQUIRE_CHROMIUM is set, and then they fail. */
export const browserTests: boolean = present || process.env["DBD_REQUIRE_CHROMIUM"] !== undefined;

/** A page and the widths in pixels at which it is laid out. */
export interface Page {
  readonly html: string;
  readonly widths: readonly number[];
}

/** One page at one width. */
export interface Measured {
  readonly page: number;
  readonly width: number;
  /** Texts of figures, and figures that are shown. */
  readonly texts: number;
  readonly figures: number;
  /** Pixels by which the page is wider than its window. */
  readonly sideways: number;
  /** Texts of a figure that touch another or leave it; headings and cells that are cut off. */
  readonly problems: readonly string[];
  readonly errors: readonly string[];
}

/** Runs inside the page. */
const probe = (page: number): string => `
const errors = [];
addEventListener("error", (e) => errors.push(String(e.message)));
addEventListener("load", () => {
  const problems = [];
  let texts = 0, figures = 0;
  for (const svg of document.querySelectorAll("svg.dbd-figure")) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    figures++;
    const name = svg.querySelector("title").textContent + ": ";
    const boxes = [...svg.querySelectorAll("text")].filter((t) => t.textContent !== "").map((t) => [t.textContent, t.getBoundingClientRect()]);
    texts += boxes.length;
    boxes.forEach(([label, a], i) => {
      if (a.left < frame.left - 0.5 || a.right > frame.right + 0.5 || a.top < frame.top - 0.5 || a.bottom > frame.bottom + 0.5)
        problems.push(name + "clipped: " + label);
      for (const [other, b] of boxes.slice(i + 1)) {
        const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (x > 0.5 && y > 1.5) problems.push(name + "overlap: " + label + " | " + other);
      }
    });
  }
  for (const cell of document.querySelectorAll("h1, h2, h3, p, th, td, figcaption"))
    if (cell.scrollWidth > cell.clientWidth + 1 && getComputedStyle(cell).overflowX === "hidden") problems.push("cut: " + cell.textContent);
  const sideways = Math.max(0, document.documentElement.scrollWidth - innerWidth);
  parent.postMessage({ page: ${page}, width: innerWidth, texts, figures, sideways, problems, errors }, "*");
});`;

const collector = (count: number): string => `
const results = [];
addEventListener("message", (e) => {
  results.push(e.data);
  if (results.length === ${count}) document.querySelector("pre").textContent = "RESULT" + JSON.stringify(results) + "END";
});`;

const flags =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
  "--disable-component-update --disable-sync --enable-logging=stderr --virtual-time-budget=20000 --dump-dom";

/**
 * Lays every page out at its widths, and once more untouched, with its own content policy.
 * @returns One entry for each page and width, in their order, and the lines of the browser's console.
 */
export async function measurePages(
  pages: readonly Page[],
): Promise<{ readonly results: readonly Measured[]; readonly console: readonly string[] }> {
  if (!present) throw new Error(`${chromium} is missing and DBD_REQUIRE_CHROMIUM is set`);
  const folder = mkdtempSync(join(tmpdir(), "dbd-browser-"));
  try {
    const frames = pages.flatMap(({ html, widths }, i) => {
      writeFileSync(join(folder, `page${i}.html`), html);
      const bare = html.replace(/<meta http-equiv[^>]*>/, "");
      writeFileSync(join(folder, `probed${i}.html`), bare.replace("<head>", `<head><script>${probe(i)}</script>`));
      const probed = widths.map(
        (w) => `<iframe src="probed${i}.html" style="width:${w}px;height:900px;border:0"></iframe>`,
      );
      return [`<iframe src="page${i}.html"></iframe>`, ...probed];
    });
    const count = pages.reduce((sum, { widths }) => sum + widths.length, 0);
    writeFileSync(join(folder, "outer.html"), `<pre></pre><script>${collector(count)}</script>${frames.join("")}`);
    const { stdout, stderr } = await promisify(execFile)(
      chromium,
      [...flags.split(" "), `--user-data-dir=${join(folder, "profile")}`, `file://${join(folder, "outer.html")}`],
      { maxBuffer: 1 << 26 },
    );
    const json = /<pre>RESULT(.*?)END<\/pre>/s.exec(stdout)?.[1] ?? "[]";
    const plain = json.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
    const results = (JSON.parse(plain) as Measured[]).sort((a, b) => a.page - b.page || b.width - a.width);
    return { results, console: stderr.split("\n").filter((line) => line.includes("CONSOLE")) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
