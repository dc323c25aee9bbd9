import { expect, test } from "vitest";
import { fewestAdvances, splitAt } from "./checkpoint.ts";
import { adjoint, adjointCheckpointed, rk4, rodas4, solve } from "./index.ts";
import { logistic, spiral } from "./sampleFields.ts";

const u = Float64Array.of(1, 0.5);
const seedAt = (i: number, [x, y]: Float64Array, seed: Float64Array): void => {
  seed[0] += x - 0.1 * i;
  seed[1] += 2 * y;
};

test.each([rk4, rodas4])(
  "$name: the same bits as the full store, with few states and the fewest steps",
  (integrator) => {
    const problem = { y0: [0.4, 0.1], times: [0, 0.3, 0.4, 1, 1.1, 1.9], integrator, substeps: 7 };
    const trajectory = solve(spiral, u, problem);
    const seeds = new Float64Array(12);
    for (let i = 0; i < 6; i++)
      seedAt(i, trajectory.values.subarray(2 * i, 2 * i + 2), seeds.subarray(2 * i, 2 * i + 2));
    const full = adjoint(spiral, u, problem, trajectory, seeds);
    for (const snapshots of [1, 2, 3, 5, 100]) {
      const { uBar, y0Bar, advances, kept } = adjointCheckpointed(spiral, u, { ...problem, snapshots, seedAt });
      expect(uBar).toEqual(full.uBar);
      expect(y0Bar).toEqual(full.y0Bar);
      expect(kept).toBeLessThanOrEqual(snapshots);
      expect(advances).toBe(fewestAdvances(35, snapshots));
    }
  },
);

test("the split and the number of advances are the best by dynamic programming", () => {
  const most = 40;
  let before: number[] = [];
  for (let s = 1; s <= 5; s++) {
    const best = [0, 0];
    for (let length = 2; length <= most; length++) {
      let least = (length * (length - 1)) / 2; // always from the start again
      if (s > 1) for (let m = 1; m < length; m++) least = Math.min(least, m + before[length - m] + best[m]);
      best.push(least);
      expect(fewestAdvances(length, s)).toBe(least);
      if (s === 1) continue;
      const m = splitAt(length, s);
      expect(m + before[length - m] + best[m]).toBe(least);
    }
    before = best;
  }
});

test("a thousand steps with ten states cost less than four advances each", () => {
  expect(fewestAdvances(1000, 10) / 1000).toBeLessThan(4);
});

test("degenerate and wrong problems", () => {
  const one = Float64Array.of(1);
  const problem = { y0: [0.2], times: [3], integrator: rk4, snapshots: 1 };
  const seed = (_i: number, _y: Float64Array, out: Float64Array): void => void (out[0] += 5);
  expect([...adjointCheckpointed(logistic, one, { ...problem, seedAt: seed }).y0Bar]).toEqual([5]);
  expect(() => adjointCheckpointed(logistic, one, { ...problem, seedAt: seed, snapshots: 0 })).toThrow(
    /snapshots must be a positive integer, got 0/,
  );
  const huge = { ...problem, y0: [-1e200], times: [0, 10], seedAt: seed };
  expect(() => adjointCheckpointed(logistic, one, huge)).toThrow(/adjointCheckpointed: y\[0\] is/);
});
