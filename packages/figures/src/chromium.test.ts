import { expect, test } from "vitest";
import { browserTests, measurePages } from "../../../tooling/browser/measure.ts";
import { annihilationSample } from "../samples/annihilation.ts";
import { comparedMethod, comparedSample } from "../samples/comparison.ts";
import { samplePage } from "../samples/page.ts";
import { comparisonFigures } from "./comparison.ts";
import type { FigureArray, FigureData } from "./data.ts";
import { reportPage } from "./reportPage.ts";
import { resultSections } from "./resultSections.ts";

const widths = [1280, 390, 360];
/** Long names are in the way on the narrowest; what fits there fits on 390. */
const edges = [1280, 360];

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

const stressPage = (): string => {
  const data = annihilationSample();
  const sections = [1, 23456789, 1.2345e-8].flatMap((scale) => resultSections(stressed(data, scale)));
  return reportPage({ title: "Stress", sections });
};
/** Every verdict, errors from rounding to overflow, names longer than their column. */
const comparisonPage = (): string => {
  const errors = [3e-9, 2e-5, 0.004, 0.09, 1.2, 75, 1e21, NaN];
  const rows = errors.map((error, i) =>
    comparedMethod(
      `derivative-matching closure, order ${i} of a method with a long name`,
      (["closure", "analytic", "learned", "baseline"] as const)[i % 4] ?? "learned",
      i % 3 === 0 ? "ok" : "failed: the law of the third held-out start is not known exactly, and a field needs it",
      error,
    ),
  );
  const figures = comparisonFigures({ ...comparedSample(rows), drawn: [0, 1, 2, 3] });
  return reportPage({ title: "Compared", sections: [{ heading: "Figures", figures }] });
};
const bad = `<svg class="dbd-figure" width="100" height="50"><title>bad</title><text x="5" y="20">one</text><text x="8" y="20">two</text><text x="90" y="40">clipped text</text></svg>`;

test.runIf(browserTests)(
  "Chromium finds no clipped or overlapping label, error or sideways scrolling, nor with long names and extreme values; and it would",
  async () => {
    const badPage = `<!doctype html><html><head></head><body>${bad}</body></html>`;
    const { results, console } = await measurePages([
      { html: samplePage(), widths },
      { html: stressPage(), widths: edges },
      { html: comparisonPage(), widths: edges },
      { html: badPage, widths: [500] },
    ]);
    const seen = results.map(({ page, width, figures, sideways, problems, errors }) => {
      return { page, width, figures, sideways, problems, errors };
    });
    const clean = { sideways: 0, problems: [], errors: [] };
    expect(seen).toEqual([
      ...widths.map((width) => ({ page: 0, width, figures: 21, ...clean })),
      ...edges.map((width) => ({ page: 1, width, figures: 33, ...clean })),
      ...edges.map((width) => ({ page: 2, width, figures: 4, ...clean })),
      {
        ...clean,
        page: 3,
        width: 500,
        figures: 1,
        problems: ["bad: overlap: one | two", "bad: clipped: clipped text"],
      },
    ]);
    for (const { page, figures, texts } of results) if (page < 3) expect(texts).toBeGreaterThan(10 * figures);
    expect(console).toEqual([]);
  },
  60_000,
);
