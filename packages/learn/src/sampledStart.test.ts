import { counting, counts, identityChart } from "@dbd/boltzmann";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { mixture } from "./mixture.ts";
import { birthDeathEquation } from "./reference/birthDeath.ts";
import { startFromSamples } from "./sampledStart.ts";
import { startFromDistributions } from "./starts.ts";

const family = counts({ order: 2, base: counting });
const chart = identityChart(2);

test("sampled moments lie within their standard errors of the exact ones, and shrink as 1/√K", () => {
  const nu = Float64Array.of(-1.5, 0.3);
  const exact = new Float64Array(2);
  family.asleepMoments(nu, null, exact);
  const samples = [400, 40_000].map((K) => {
    const out = new Int32Array(K);
    family.draw(nu, K, stream("samples", K), out);
    return out;
  });
  const { awake, standardErrors, noise } = startFromSamples(family, chart, { label: "runs", samples });
  // 4.5 standard errors: a variance divided by K once only would make z a twentieth or twenty times of it.
  for (let i = 0; i < 4; i++) expect(Math.abs(awake[i] - exact[i % 2]) / standardErrors[i]).toBeLessThan(4.5);
  for (let k = 0; k < 2; k++) expect(standardErrors[k] / standardErrors[2 + k]).toBeCloseTo(10, -0.5);
  expect(noise).toBe(2 / 800);
});

test("one value has no standard error, and what is no count is named", () => {
  const start = (samples: readonly number[][]): unknown => startFromSamples(family, chart, { label: "runs", samples });
  expect(() => start([[3, 4, 6], [5]])).toThrow("runs, time 1: a standard error needs at least two values, got 1");
  expect(() => start([[3, Number.NaN]])).toThrow("runs, time 0: value 1 is NaN; expected a count");
});

test("a mixture of two solutions of the master equation is one: its path has their mixed moments and its own tangent", () => {
  const rates = { birth: () => 3, death: (n: number) => n };
  const from = (n: number): readonly Float64Array[] => {
    const p0 = new Float64Array(60);
    p0[n] = 1;
    return birthDeathEquation(rates, p0, [0.5, 1, 1.5]);
  };
  const [low, high] = [from(1), from(12)];
  const start = (label: string, distributions: readonly Float64Array[]): { awake: Float64Array } =>
    startFromDistributions(family, chart, { label, distributions });
  const both = start("both", mixture(0.3, low, high));
  const [a, b] = [start("low", low), start("high", high)];
  for (let i = 0; i < 6; i++) expect(both.awake[i]).toBeCloseTo(0.3 * a.awake[i] + 0.7 * b.awake[i], 10);
  const p0 = Float64Array.from({ length: 60 }, (_, n) => (n === 1 ? 0.3 : n === 12 ? 0.7 : 0));
  const solved = birthDeathEquation(rates, p0, [0.5, 1, 1.5]);
  for (const [t, p] of mixture(0.3, low, high).entries())
    for (const [n, v] of p.entries()) expect(Math.abs(v - solved[t][n])).toBeLessThan(1e-12);
  expect(() => mixture(1.5, low, high)).toThrow("alpha must lie in [0, 1], got 1.5");
  expect(() => mixture(0.5, low, high.slice(1))).toThrow("the same times, got 3 and 2");
});

test("distributions with NaN, negative or no mass are refused with their place", () => {
  const start = (p: Float64Array): unknown => startFromDistributions(family, chart, { label: "p", distributions: [p] });
  expect(() => start(Float64Array.of(0.2, Number.NaN, 0.8))).toThrow(
    "p: p(1) at time 0 is NaN; expected a probability",
  );
  expect(() => start(Float64Array.of(0.2, -0.1))).toThrow("p(1) at time 0 is -0.1");
  expect(() => start(new Float64Array(3))).toThrow("all probabilities at time 0 are 0");
});
