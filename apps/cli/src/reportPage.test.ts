import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { session } from "../testing/session.ts";

const { dbd, folder, put, get, end } = session();
afterAll(end);
const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const present = existsSync(chromium);
const required = process.env["DBD_REQUIRE_CHROMIUM"] !== undefined;
if (!present && !required) console.log(`report page: ${chromium} is missing; the browser's test is skipped`);

/** Runs inside the page: every text of every figure lies inside it and touches no other; no cell is cut off. */
const probe = `
const errors = [];
addEventListener("error", (e) => errors.push(String(e.message)));
addEventListener("load", () => {
  const problems = [];
  let texts = 0;
  for (const svg of document.querySelectorAll("svg.dbd-figure")) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    const name = svg.querySelector("title").textContent + ": ";
    const boxes = [...svg.querySelectorAll("text")].filter((t) => t.textContent !== "").map((t) => [t.textContent, t.getBoundingClientRect()]);
    texts += boxes.length;
    boxes.forEach(([label, a], i) => {
      if (a.left < frame.left - 0.5 || a.right > frame.right + 0.5 || a.top < frame.top - 0.5 || a.bottom > frame.bottom + 0.5)
        problems.push(name + "clipped: " + label);
      for (const [other, b] of boxes.slice(i + 1))
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1.5)
          problems.push(name + "overlap: " + label + " | " + other);
    });
  }
  for (const cell of document.querySelectorAll("h1, h2, h3, p, th, td, figcaption"))
    if (cell.scrollWidth > cell.clientWidth + 1 && getComputedStyle(cell).overflowX === "hidden") problems.push("cut: " + cell.textContent);
  const sideways = Math.max(0, document.documentElement.scrollWidth - innerWidth);
  parent.postMessage({ texts, problems, errors, sideways }, "*");
});`;
const collector = `addEventListener("message", (e) => { document.querySelector("pre").textContent = "RESULT" + JSON.stringify(e.data) + "END"; });`;

test.runIf(present || required)(
  "the demo's report at 1280 pixels: no console message, no clipped or overlapping text, no sideways scrolling",
  async () => {
    expect(present, `${chromium} is missing and DBD_REQUIRE_CHROMIUM is set`).toBe(true);
    expect((await dbd("demo --quick --quiet --out show")).code).toBe(0);
    const page = get("show/report.html");
    put("probed.html", page.replace(/<meta http-equiv[^>]*>/, "").replace("<head>", `<head><script>${probe}</script>`));
    const frame = `<iframe src="probed.html" style="width:1280px;height:900px;border:0"></iframe>`;
    put("outer.html", `<pre></pre><script>${collector}</script><iframe src="show/report.html"></iframe>${frame}`);
    const flags =
      "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
      "--disable-component-update --disable-sync --enable-logging=stderr --virtual-time-budget=20000 --dump-dom";
    const { stdout, stderr } = await promisify(execFile)(
      chromium,
      [...flags.split(" "), `--user-data-dir=${join(folder, "profile")}`, `file://${join(folder, "outer.html")}`],
      { maxBuffer: 1 << 26 },
    );
    const json = /<pre>RESULT(.*?)END<\/pre>/s.exec(stdout)?.[1] ?? "{}";
    const measured = JSON.parse(
      json.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"),
    ) as Record<string, unknown>;
    expect(measured).toEqual({ texts: expect.any(Number) as number, problems: [], errors: [], sideways: 0 });
    expect(measured["texts"]).toBeGreaterThan(100);
    expect(stderr.split("\n").filter((line) => line.includes("CONSOLE"))).toEqual([]);
  },
  60_000,
);
