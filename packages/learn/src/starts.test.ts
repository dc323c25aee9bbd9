import { counting, counts, identityChart, logMomentsChart } from "@dbd/boltzmann";
import { expect, test } from "vitest";
import { boxAround, startFromDistributions, startFromMoments } from "./starts.ts";

const family = counts({ order: 2, base: counting });
const nus = [Float64Array.of(-1, 0.4), Float64Array.of(-0.5, 0.5)];
const distributions = nus.map((nu) => family.distribution(nu));

test("members of the family project to themselves with floor zero", () => {
  const start = startFromDistributions(family, identityChart(2), { label: "member", distributions });
  for (const [t, nu] of nus.entries()) {
    for (let k = 0; k < 2; k++) expect(start.path[2 * t + k]).toBeCloseTo(nu[k], 8);
    expect(Math.abs(start.floor?.[t] ?? 1)).toBeLessThan(1e-12);
  }
  expect(start.y0).toEqual(start.path.slice(0, 2));
});

test("scaling a distribution changes nothing", () => {
  const chart = logMomentsChart(family);
  const one = startFromDistributions(family, chart, { label: "p", distributions });
  const scaled = distributions.map((p) => p.map((v) => 3 * v));
  const three = startFromDistributions(family, chart, { label: "3p", distributions: scaled });
  for (let i = 0; i < 4; i++) expect(three.awake[i]).toBeCloseTo(one.awake[i], 12);
  expect(three.negEntropy?.[0]).toBeCloseTo(one.negEntropy?.[0] ?? 0, 12);
});

test("moments alone give the same path, without entropy and floor", () => {
  const chart = logMomentsChart(family);
  const whole = startFromDistributions(family, chart, { label: "p", distributions });
  const start = startFromMoments(family, chart, { label: "m", awake: whole.awake });
  for (let i = 0; i < 4; i++) expect(start.path[i]).toBeCloseTo(whole.path[i], 9);
  expect(start.negEntropy).toBeUndefined();
  expect(start.floor).toBeUndefined();
});

const from = (all: readonly Float64Array[]): unknown =>
  startFromDistributions(family, identityChart(2), { label: "fixed", distributions: all });

test("what has no projection or no times is refused", () => {
  const fixed = Float64Array.of(0, 0, 0, 1);
  expect(() => from([fixed])).toThrow();
  expect(() => from([])).toThrow("there are no distributions");
  expect(() => startFromMoments(family, identityChart(2), { label: "m", awake: new Float64Array(3) })).toThrow(
    "must have length T·2",
  );
});

test("the box covers all paths with its padding, and a constant component still has a width", () => {
  const axes = boxAround([Float64Array.of(0, 5, 1, 5), Float64Array.of(2, 5)], [4, 2], 0.25);
  expect(axes[0]).toEqual({ start: -0.5, end: 2.5, nodes: 4 });
  expect(axes[1].start).toBeLessThan(5);
  expect(axes[1].end).toBeGreaterThan(5);
});
