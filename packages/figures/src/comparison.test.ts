import { expect, test } from "vitest";
import {
  type ComparedData,
  comparedDivergenceFigure,
  type ComparedMethod,
  comparisonFigures,
  leaderboardFigure,
} from "./comparison.ts";
import type { FigureArray } from "./data.ts";

const times = Float64Array.of(0.1, 1, 5);
const array = (shape: readonly number[], value: (i: number) => number): FigureArray => ({
  shape,
  data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i)),
});
const method = (name: string, kind: ComparedMethod["kind"], verdict: string, error: number): ComparedMethod => ({
  method: name,
  kind,
  verdict,
  meanError: error,
  varianceError: 3 * error,
  mean: array([2, 3, 1], (i) => (verdict === "ok" || i % 3 === 0 ? 10 - i : NaN)),
  variance: array([2, 3, 1], (i) => (verdict === "ok" || i % 3 === 0 ? 5 - i / 2 : NaN)),
  kl: array([2, 3], () => (kind === "closure" ? NaN : 1e-4)),
  floor: array([2, 3], () => 1e-6),
});
const data = (rows: readonly ComparedMethod[]): ComparedData => ({
  species: ["A"],
  starts: [
    { label: "Poisson(5)", role: "training" },
    { label: "Poisson(7) & more", role: "heldOut" },
  ],
  rows,
  drawn: rows.map((_, i) => i),
  times: { shape: [3], data: times },
  mean: array([2, 3, 1], (i) => 10 - i),
  variance: array([2, 3, 1], (i) => 5 - i / 2),
});
const all = data([
  method("normal closure, order 2", "closure", "blow-up at t = 2.08", 4),
  method("projected, K = 2", "analytic", "ok", 0.03),
  method("learned <row>", "learned", "ok", 2e-4),
  method("never set up", "baseline", "failed: no data", NaN),
]);

test("the leaderboard names held-out starts, every method and every verdict, and says the numbers to those who do not see them", () => {
  const svg = leaderboardFigure(all);
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
  const figures = comparisonFigures(all);
  expect(figures.map(({ name }) => name)).toEqual(["leaderboard", "means", "variances", "divergence"]);
  for (const { wide, narrow } of figures) {
    expect([wide, narrow].map((svg) => /width="(\d+)"/.exec(svg)?.[1])).toEqual(["568", "340"]);
    expect(wide).not.toContain("Poisson(5)");
  }
});

test("without any distribution there is no divergence to draw", () => {
  expect(comparedDivergenceFigure(data([method("mean field", "closure", "ok", 0.1)]))).toBeUndefined();
});
