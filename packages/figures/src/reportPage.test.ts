import { expect, test } from "vitest";
import { samplePage } from "../samples/page.ts";
import { type AccuracyLine, accuracyTable, reportPage } from "./index.ts";

const page = samplePage();

const line = (method: string, start: string, role: "training" | "heldOut", meanError: number): AccuracyLine => {
  return { method, start, role, meanError, varianceError: NaN, kl: 1e-6, floor: 1e-7, excess: 2e-6 };
};

test("the page needs nothing from outside and runs nothing", () => {
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(|src=|javascript:|\son\w+=/i);
  expect(page.match(/https?:\/\/[^"]+/g)?.every((url) => url === "http://www.w3.org/2000/svg")).toBe(true);
});

test("every id of the page is used once and every reference has its target", () => {
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((m) => m[1] ?? "");
  expect(new Set(ids).size).toBe(ids.length);
  const references = [...page.matchAll(/ (?:aria-labelledby|href)="([^"]+)"/g)].flatMap((m) => (m[1] ?? "").split(" "));
  for (const id of references) expect(ids).toContain(id.replace("#", ""));
});

test("the page is the same text every time", () => {
  expect(samplePage()).toBe(page);
});

test("all text is escaped", () => {
  const evil = `<b onclick="x">&'`;
  const page = reportPage({
    title: evil,
    lead: evil,
    sections: [
      { heading: evil, text: [evil, evil], code: evil, tables: [{ caption: evil, header: [evil], rows: [[evil]] }] },
    ],
  });
  expect(page).not.toContain("<b ");
  expect(page.match(/&lt;b onclick=&quot;x&quot;&gt;&amp;&#39;/g)).toHaveLength(11);
});

test("missing figures are passed over, plain and double ones are shown", () => {
  const svg = '<svg id="a" aria-labelledby="a b"></svg>';
  const page = reportPage({
    title: "t",
    sections: [{ heading: "h", text: "one", figures: [undefined, svg, { wide: svg, narrow: svg }] }],
  });
  expect(page.match(/<figure>/g)).toHaveLength(2);
  expect(page).toContain('<svg id="s0-f2-narrow-a" aria-labelledby="s0-f2-narrow-a s0-f2-narrow-b">');
  expect(page).not.toContain("<nav");
  expect(reportPage({ title: "t", sections: [{ heading: "h", figures: [undefined] }] })).not.toContain(
    '<div class="figures">',
  );
});

test("numbers stand to the right, text and empty tables to the left", () => {
  const table = { header: ["name", "value"], rows: [["a", 0.00012345]] };
  const page = reportPage({
    title: "t",
    sections: [{ heading: "h", tables: [table, { header: ["none"], rows: [] }] }],
  });
  expect(page).toContain('<td>a</td><td class="number">1.23·10⁻⁴</td>');
  expect(page).toContain('<th scope="col">none</th>');
});

test("the accuracy table shows percent and says held out", () => {
  const { rows, header } = accuracyTable([
    line("learned", "a", "training", 0.01),
    line("learned", "b", "heldOut", 0.02),
  ]);
  expect(header).toHaveLength(8);
  expect(rows).toEqual([
    ["learned", "a", "training", 1, NaN, 1e-6, 1e-7, 2e-6],
    ["learned", "b", "held out", 2, NaN, 1e-6, 1e-7, 2e-6],
  ]);
});

test("a long accuracy table keeps the worst of each method and role", () => {
  const lines = [0.01, 0.03, 0.02, NaN].map((e, i) => line("learned", `s${i}`, "training", e));
  const { rows } = accuracyTable([...lines, line("learned", "h", "heldOut", 0.5)], 3);
  expect(rows).toEqual([
    ["learned", "worst of 4", "training", 3, NaN, 1e-6, 1e-7, 2e-6],
    ["learned", "h", "held out", 50, NaN, 1e-6, 1e-7, 2e-6],
  ]);
});
