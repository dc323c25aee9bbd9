import { expect, test } from "vitest";
import { comparedMethod, comparedSample, everyKind } from "../samples/comparison.ts";
import { comparedDivergenceFigure, comparisonFigures, leaderboardFigure } from "./comparison.ts";

test("the leaderboard names held-out starts, every method and every verdict, and says the numbers to those who do not see them", () => {
  const svg = leaderboardFigure(everyKind);
  expect(svg).toContain("Largest errors from held-out Poisson(7) &amp; more");
  for (const text of [
    "normal, order 2",
    "blow-up at t = 2.08",
    "projected, K = 2",
    "learned &lt;row&gt;",
    "never set up",
    "failed: no data",
  ])
    expect(svg).toContain(`>${text}</text>`);
  expect(svg).toContain("learned &lt;row&gt;: mean 0.02 %, variance 0.06 %, ok.");
  expect(svg.match(/<circle [^>]*r="4"/g)).toHaveLength(3); // a method without numbers has no marks
});

test("a comparison has four figures, each in two widths, from the held-out start alone", () => {
  const figures = comparisonFigures(everyKind);
  expect(figures.map(({ name }) => name)).toEqual(["leaderboard", "means", "variances", "divergence"]);
  for (const { wide, narrow } of figures) {
    expect([wide, narrow].map((svg) => /width="(\d+)"/.exec(svg)?.[1])).toEqual(["568", "340"]);
    expect(wide).not.toContain("Poisson(5)");
  }
});

test("without any distribution there is no divergence to draw", () => {
  expect(
    comparedDivergenceFigure(comparedSample([comparedMethod("mean field", "closure", "ok", 0.1)])),
  ).toBeUndefined();
});
