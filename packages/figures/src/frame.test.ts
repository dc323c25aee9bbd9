import { expect, test } from "vitest";
import { spreadLabels } from "./frame.ts";
import { drawLegend } from "./legend.ts";

test("labels keep their order and their distance, inside the panel", () => {
  expect(spreadLabels([50, 52, 51], 14, 0, 200)).toEqual([50, 78, 64]);
  expect(spreadLabels([199, 198, 10], 14, 0, 200)).toEqual([200, 186, 10]);
  expect(spreadLabels([], 14, 0, 10)).toEqual([]);
});

test("a legend breaks into rows and cuts what is wider than the figure", () => {
  const items = ["one", "two", "three", "a label far too long for any row of this narrow legend"].map((label) => ({
    label,
    token: "dbd" as const,
    line: 2,
    marker: "circle" as const,
  }));
  const { svg, height } = drawLegend(items, 0, 180);
  expect(height).toBe(54);
  expect(svg).toContain("…");
  expect(drawLegend([], 0, 100)).toEqual({ svg: "", height: 0 });
});
