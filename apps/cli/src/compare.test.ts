import { existsSync } from "node:fs";
import { join } from "node:path";
import { comparisons } from "@dbd/demos";
import { afterAll, expect, test } from "vitest";
import { session } from "../testing/session.ts";

const { dbd, put, get, files, folder, end } = session();
afterAll(end);

put(
  "pair.yaml",
  `model: "2 A -> 0 @ 1"
initial: [{ poisson: 5 }, { poisson: 9 }]
heldOut: [{ poisson: 7, label: "the seven" }]
times: { start: 0.05, end: 2, steps: 12, scale: log }
family: { order: 2 }
chart: log-moments
dynamics: { function: polynomial, substeps: 2 }
optimizer: { iterations: 2, start: matching }
compare:
  closures: [{ name: normal, order: 1 }, { name: normal, order: 2 }, { name: normal, order: 4 }, { name: poisson, order: 2 }]
  remark: A remark of the document.
`,
);
const line = "compare pair.yaml --workers 1";

test("compare writes the table as Markdown, CSV and HTML, with the held-out starts in each, and the curves as method,time,…", async () => {
  const { code, out } = await dbd(`${line} --out one --csv - --quiet`);
  expect(code).toBe(0);
  const [header = "", first = ""] = out.split("\n");
  expect(header).toBe("method,time,start,role,A-mean,A-sd,kl");
  expect(first).toMatch(/^exact,0\.05,Poisson\(5\),training,/);
  expect(get("one/moments.csv")).toBe(out);
  for (const file of ["table.md", "report.html"]) {
    expect(get(`one/${file}`)).toContain("Held out, never seen by any fit: the seven");
    expect(get(`one/${file}`)).toContain("blow-up at t = ");
  }
  expect(get("one/report.html")).toContain("A remark of the document.");
  expect(get("one/table.csv").split("\n")[0]).toBe(
    "method,kind,coefficients,meanError,varianceError,kl,floor,verdict,seconds",
  );
  const { files: hashed, timed } = JSON.parse(get("one/manifest.json")) as { files: object; timed: string[] };
  expect(timed).toEqual(["table.csv", "table.md", "report.html"]);
  expect(Object.keys(hashed)).toEqual(
    expect.arrayContaining(["comparison.json", "moments.csv", "figures/leaderboard.svg"]),
  );
});

test("report draws the page of a comparison again, from its numbers", async () => {
  const { code, out } = await dbd("report one --out again");
  expect([code, out]).toEqual([0, "again/report.html\n"]);
  const figures = (page: string): readonly string[] | null => page.match(/<svg.*?<\/svg>/gs);
  expect(figures(get("again/report.html"))).toEqual(figures(get("one/report.html")));
  for (const text of ["Held out, never seen by any fit: the seven", "blow-up at t = "])
    expect(get("again/report.html")).toContain(text);
});

test("Ctrl-C keeps finished rows, and --resume ends in the same bytes", async () => {
  const stop = new AbortController();
  const watch = setInterval(() => {
    if (existsSync(join(folder, "cut/unfinished/row-1.json"))) stop.abort();
  }, 1);
  const cut = await dbd(`${line} --out cut`, {}, stop.signal);
  clearInterval(watch);
  expect([cut.code, cut.out]).toEqual([130, ""]);
  expect(cut.err).toMatch(/interrupted while comparing pair; \d finished rows are kept in .*--resume/);
  for (const name of files("cut").keys()) expect(name).toMatch(/^unfinished\/(key|row-\d\.json)$/);
  expect((await dbd(`${line} --out cut --resume --quiet`)).code).toBe(0);
  expect(get("cut/comparison.json")).toBe(get("one/comparison.json"));
});

test("every bundled system is a document that fits its model", async () => {
  expect(comparisons).toHaveLength(8);
  for (const { name, file } of comparisons) {
    const { code, err } = await dbd(`check ${file} --quiet`);
    expect([name, code, err]).toEqual([name, 0, ""]);
  }
});

test("an unknown system is refused with the nearest name", async () => {
  const { code, err } = await dbd("compare schlogel");
  expect([code, err]).toEqual([2, expect.stringContaining('Did you mean "schlogl"?') as string]);
});
