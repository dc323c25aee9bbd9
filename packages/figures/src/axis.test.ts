import { expect, test } from "vitest";
import { axisFor, linearAxis, logAxis, sparseLabels, widened } from "./axis.ts";

test("a nice linear axis has whole steps and at most the ticks asked for", () => {
  const axis = linearAxis(-0.3, 9.7, 5, true);
  expect(axis.labels).toEqual(["−2", "0", "2", "4", "6", "8", "10"]);
  expect(axis.domain).toEqual([-2, 10]);
  expect(axis.place(4)).toBeCloseTo(0.5, 12);
});

test("a plain linear axis keeps its range", () => {
  const axis = linearAxis(0.5, 3.2, 4, false);
  expect(axis.domain).toEqual([0.5, 3.2]);
  expect(axis.labels).toEqual(["1", "2", "3"]);
});

test("small steps on a large offset keep their digits", () => {
  expect(linearAxis(1000.1, 1000.4, 3, false).labels).toEqual(["1000.1", "1000.2", "1000.3", "1000.4"]);
});

test("one value alone has room around it", () => {
  expect(linearAxis(0, 0, 4, true).domain).toEqual([-1, 1]);
  expect(linearAxis(4, 4, 4, false).domain).toEqual([2, 6]);
  const [low, high] = logAxis(1e-3, 1e-3, 4, false).domain;
  expect(low).toBeLessThan(1e-3);
  expect(high).toBeGreaterThan(1e-3);
});

test("a log axis has decades, thinned when there are many, and 1, 2, 5 when there are few", () => {
  expect(logAxis(2e-6, 0.5, 20, true).labels).toEqual(["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰"]);
  expect(logAxis(1e-9, 1, 3, true).labels).toEqual(["10⁻⁹", "10⁻⁶", "10⁻³", "10⁰"]);
  expect(logAxis(0.02, 5, 9, false).labels).toEqual(["0.02", "0.05", "0.1", "0.2", "0.5", "1", "2", "5"]);
  expect(logAxis(1e-9, 2e-8, 9, false).labels).toEqual(["10⁻⁹", "2·10⁻⁹", "5·10⁻⁹", "10⁻⁸", "2·10⁻⁸"]);
});

test("every tick of a log axis is positive and inside", () => {
  for (const [min, max] of [
    [1e-12, 1e-11],
    [3, 4],
    [1e-300, 1e305],
    [0.5, 700],
  ] as const) {
    for (const nice of [true, false]) {
      const axis = axisFor({ type: "log", min, max }, 200, 40, nice);
      expect(axis.domain.every((v) => v > 0 && Number.isFinite(v))).toBe(true);
      for (const tick of axis.ticks) {
        expect(tick).toBeGreaterThan(0);
        expect(axis.place(tick)).toBeGreaterThanOrEqual(-1e-9);
        expect(axis.place(tick)).toBeLessThanOrEqual(1 + 1e-9);
      }
    }
  }
});

test("labels that would touch are left out", () => {
  const axis = linearAxis(0, 100000, 10, false);
  const shown = sparseLabels(axis, 120).labels.filter((l) => l !== "");
  expect(shown.length).toBeLessThan(axis.labels.length);
  expect(shown.length).toBeGreaterThan(1);
});

test("a widened axis keeps the data in the rest of its length", () => {
  const linear = widened(linearAxis(0, 10, 5, false), 0.2);
  expect(linear.place(0)).toBeCloseTo(0.2, 12);
  expect(linear.domain[0]).toBeCloseTo(-2.5, 12);
  const log = widened(logAxis(1, 100, 2, false), 0.5);
  expect(log.place(10)).toBeCloseTo(0.75, 12);
  expect(log.domain[0]).toBeCloseTo(0.01, 12);
});
