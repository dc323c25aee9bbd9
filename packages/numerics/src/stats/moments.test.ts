import * as fc from "fast-check";
import { expect, test } from "vitest";
import { addSample, createMoments, mergeMoments, type Moments, standardError, variance } from "./moments.ts";

const momentsOf = (rows: readonly (readonly number[])[], size = 2): Moments => {
  const m = createMoments(size);
  for (const row of rows) addSample(m, row);
  return m;
};

test("1, 2, 3, 4 has mean 5/2, variance 5/3 and standard error √(5/12)", () => {
  const m = momentsOf([[1], [2], [3], [4]], 1);
  expect(m.count).toBe(4);
  expect(m.mean[0]).toBe(2.5);
  expect(variance(m)[0]).toBeCloseTo(5 / 3, 14);
  expect(standardError(m)[0]).toBeCloseTo(Math.sqrt(5 / 12), 14);
});

test("a large offset does not eat the variance", () => {
  // Catches Σx² − (Σx)²/n, which returns 0 or noise here.
  const m = momentsOf([[1e9], [1e9 + 1], [1e9 + 2]], 1);
  expect(variance(m)[0]).toBeCloseTo(1, 9);
});

test("fewer than two samples have no variance, and no samples merge into nothing", () => {
  const m = momentsOf([[3, 4]]);
  expect([...variance(m), ...standardError(m)]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  mergeMoments(m, createMoments(2));
  expect(m).toEqual(momentsOf([[3, 4]]));
  const empty = createMoments(2);
  mergeMoments(empty, m);
  expect(empty).toEqual(m);
});

test("samples may lie inside a larger array", () => {
  const m = createMoments(2);
  addSample(m, [9, 9, 1, 2], 2);
  expect([...m.mean]).toEqual([1, 2]);
});

test("sizes are checked", () => {
  expect(() => mergeMoments(createMoments(1), createMoments(2))).toThrow(
    "mergeMoments: sizes must agree, got 1 and 2.",
  );
  expect(() => createMoments(-1)).toThrow("createMoments: size must be a non-negative integer, got -1.");
});

const sample = fc.array(fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.double({ min: -1, max: 1, noNaN: true })), {
  maxLength: 30,
});

test("merging two parts gives the moments of the whole, whatever the cut", () => {
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const merged = momentsOf(a);
      mergeMoments(merged, momentsOf(b));
      const whole = momentsOf([...a, ...b]);
      expect(merged.count).toBe(whole.count);
      for (let i = 0; i < 2; i++) {
        expect(merged.mean[i]).toBeCloseTo(whole.mean[i], 9);
        expect(Math.abs(merged.m2[i] - whole.m2[i])).toBeLessThanOrEqual(1e-12 * (1 + whole.m2[i]));
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

test("merging is associative up to rounding and leaves the merged part as it was", () => {
  fc.assert(
    fc.property(sample, sample, sample, (a, b, c) => {
      const left = momentsOf(a);
      const part = momentsOf(b);
      mergeMoments(left, part);
      expect(part).toEqual(momentsOf(b));
      mergeMoments(left, momentsOf(c));
      const right = momentsOf(b);
      mergeMoments(right, momentsOf(c));
      const other = momentsOf(a);
      mergeMoments(other, right);
      for (let i = 0; i < 2; i++) {
        expect(Math.abs(left.m2[i] - other.m2[i])).toBeLessThanOrEqual(1e-12 * (1 + left.m2[i]));
      }
    }),
    { seed: 2, numRuns: 100 },
  );
});
