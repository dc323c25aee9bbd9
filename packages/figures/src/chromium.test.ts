import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { annihilationSample } from "../samples/annihilation.ts";
import { samplePage } from "../samples/page.ts";
import type { FigureArray, FigureData } from "./data.ts";
import { reportPage } from "./reportPage.ts";
import { resultSections } from "./resultSections.ts";

const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const present = existsSync(chromium);
const required = process.env["DBD_REQUIRE_CHROMIUM"] !== undefined;
const widths = [1280, 390, 360];

interface Measured {
  readonly width: number;
  readonly texts: number;
  readonly figures: number;
  readonly pageWidth: number;
  readonly problems: readonly string[];
  readonly errors: readonly string[];
}

/** Runs inside the page: every visible text of every figure must lie inside its figure and touch no other. */
const probe = `
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
  const pageWidth = document.documentElement.scrollWidth;
  parent.postMessage({ width: innerWidth, pageWidth, texts, figures, problems, errors }, "*");
});`;

const collector = `
const results = [];
addEventListener("message", (e) => {
  results.push(e.data);
  if (results.length === ${widths.length}) document.querySelector("pre").textContent = "RESULT" + JSON.stringify(results) + "END";
});`;

/** Loads the page in frames of all widths, and once more untouched, with its own content policy. */
async function measure(page: string): Promise<{ results: Measured[]; log: string }> {
  const folder = mkdtempSync(join(tmpdir(), "dbd-figures-"));
  try {
    const bare = page.replace(/<meta http-equiv[^>]*>/, "");
    writeFileSync(join(folder, "page.html"), page);
    writeFileSync(join(folder, "probed.html"), bare.replace("<head>", `<head><script>${probe}</script>`));
    const frames = widths.map((w) => `<iframe src="probed.html" style="width:${w}px;height:900px;border:0"></iframe>`);
    const outer = `<pre></pre><script>${collector}</script><iframe src="page.html"></iframe>${frames.join("")}`;
    writeFileSync(join(folder, "outer.html"), outer);
    const flags =
      "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
      "--disable-component-update --disable-sync --enable-logging=stderr --virtual-time-budget=20000 --dump-dom";
    const { stdout, stderr } = await promisify(execFile)(
      chromium,
      [...flags.split(" "), `--user-data-dir=${join(folder, "profile")}`, `file://${join(folder, "outer.html")}`],
      { maxBuffer: 1 << 26 },
    );
    const json = /<pre>RESULT(.*?)END<\/pre>/s.exec(stdout)?.[1] ?? "[]";
    const plain = json.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
    return { results: JSON.parse(plain) as Measured[], log: stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Long names, and values that need long tick labels. */
function stressed(data: FigureData, scale: number): FigureData {
  const kept = new Set([
    "times",
    "snapshotTimes",
    "responseKicks",
    "trajectoryTimes",
    "snapshotExact",
    "snapshotLearned",
  ]);
  const arrays = Object.entries(data.arrays).map(([name, array]): [string, FigureArray] => [
    name,
    kept.has(name) ? array : { ...array, data: array.data.map((v) => v * scale) },
  ]);
  const starts = data.starts.map((s, a) => ({
    ...s,
    label: `Negative binomial WITH MANY PARAMETERS (${a}, 0.123456789)`,
  }));
  return {
    ...data,
    species: "CalciumCalmodulinKinase_phosphorylated_at_T286",
    chart: { name: "logMoments", labels: ["log of the mean copy number", "log of variance over mean"] },
    starts,
    arrays: Object.fromEntries(arrays),
  };
}

async function expectClean(page: string, figures: number): Promise<void> {
  expect(present, `${chromium} is missing and DBD_REQUIRE_CHROMIUM is set`).toBe(true);
  const { results, log } = await measure(page);
  expect(results.map((r) => r.width).sort((a, b) => b - a)).toEqual(widths);
  for (const result of results) {
    expect(result.figures).toBe(figures);
    expect(result.texts).toBeGreaterThan(10 * figures);
    expect(result.problems).toEqual([]);
    expect(result.errors).toEqual([]);
    expect(result.pageWidth).toBeLessThanOrEqual(result.width);
  }
  expect(log.split("\n").filter((line) => line.includes("CONSOLE"))).toEqual([]);
}

const browserTest = test.runIf(present || required);

browserTest(
  "Chromium finds no clipped or overlapping label, no error and no sideways scrolling",
  async () => {
    await expectClean(samplePage(), 21);
  },
  60_000,
);

browserTest(
  "nor with long names, and values that are large or small",
  async () => {
    const data = annihilationSample();
    const sections = [1, 23456789, 1.2345e-8].flatMap((scale) => resultSections(stressed(data, scale)));
    await expectClean(reportPage({ title: "Stress", sections }), 33);
  },
  60_000,
);

browserTest(
  "the probe sees labels that overlap or leave their figure",
  async () => {
    expect(present).toBe(true);
    const figure = `<svg class="dbd-figure" width="100" height="50"><title>bad</title><text x="5" y="20">one</text><text x="8" y="20">two</text><text x="90" y="40">clipped text</text></svg>`;
    const { results } = await measure(`<!doctype html><html><head></head><body>${figure}</body></html>`);
    expect(results[0]?.problems).toEqual(["bad: overlap: one | two", "bad: clipped: clipped text"]);
  },
  60_000,
);
