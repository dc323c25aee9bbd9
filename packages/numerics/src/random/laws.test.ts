import seedrandom from "seedrandom";
import { expect, test } from "vitest";
import { exp, log, logBinomialMass, logPoissonMass } from "../special.ts";
import { chiSquareScore } from "../stats/chiSquare.ts";
import { addSample, createMoments, variance } from "../stats/moments.ts";
import { drawBinomial } from "./binomial.ts";
import { drawExponential } from "./exponential.ts";
import { drawNormal } from "./normal.ts";
import { drawPoisson } from "./poisson.ts";
import { stream } from "./stream.ts";

// 4.5 standard errors throughout: a correct sampler fails one seed in 70 000.
const LIMIT = 4.5;
// Enough to see an acceptance test that is wrong by a tenth, which moves few draws.
const DRAWS = 300_000;

/** Scores of mean and variance against the law's mean, variance and excess kurtosis. */
function scores(runs: number, draw: () => number, mean: number, spread: number, excess: number): [number, number] {
  const m = createMoments(1);
  for (let i = 0; i < runs; i++) addSample(m, [draw()]);
  const ofMean = (m.mean[0] - mean) / Math.sqrt(spread / runs);
  const ofVariance = (variance(m)[0] / spread - 1) / Math.sqrt((excess + 2) / runs);
  return [Math.abs(ofMean), Math.abs(ofVariance)];
}

function expectMoments(runs: number, draw: () => number, mean: number, spread: number, excess: number): void {
  const [ofMean, ofVariance] = scores(runs, draw, mean, spread, excess);
  expect(ofMean).toBeLessThan(LIMIT);
  expect(ofVariance).toBeLessThan(LIMIT);
}

test("exponential waits have mean 1, variance 1 and the right law", () => {
  // Catches −log(u) with u = 0 (infinite), 32-bit uniforms (no wait above 22) and a wrong rate.
  const random = stream("exponential", 0);
  expectMoments(40_000, () => drawExponential(random), 1, 1, 6);
  const counts = new Float64Array(40);
  for (let i = 0; i < 40_000; i++) counts[Math.min(39, Math.floor(40 * (1 - exp(-drawExponential(random)))))]++;
  expect(Math.abs(chiSquareScore(counts, new Float64Array(40).fill(1 / 40)))).toBeLessThan(LIMIT);
});

test("the extreme uniform numbers give finite exponentials", () => {
  expect(drawExponential(() => 0)).toBe(-0);
  expect(drawExponential(() => 1 - 2 ** -53)).toBeCloseTo(53 * Math.LN2, 12);
});

test("normal variates have the normal's moments and quartiles", () => {
  // Catches a pair accepted on a square instead of a disc (kurtosis) and a forgotten factor 2 (variance).
  const random = stream("normal", 0);
  expectMoments(60_000, () => drawNormal(random), 0, 1, 0);
  const quartile = 0.6744897501960817;
  const counts = new Float64Array(4);
  for (let i = 0; i < 40_000; i++) {
    const x = drawNormal(random);
    counts[x < -quartile ? 0 : x < 0 ? 1 : x < quartile ? 2 : 3]++;
  }
  expect(chiSquareScore(counts, [0.25, 0.25, 0.25, 0.25])).toBeLessThan(LIMIT);
  expectMoments(
    40_000,
    () => drawNormal(random) ** 4,
    3,
    96,
    (2_027_025 - 4 * 3 * 10_395 + 6 * 9 * 105 - 3 * 81) / 96 ** 2 - 3,
  );
});

test.each([0.01, 0.7, 3, 9.99, 10, 12.5, 60, 1000])("Poisson(%d) has the Poisson law", (mean) => {
  // Catches a transformed rejection without its last test (the law becomes the hat's) and a floor of k off by one.
  const random = stream("poisson", Math.round(100 * mean));
  const low = Math.max(0, Math.floor(mean - 8 * Math.sqrt(mean)));
  const counts = new Float64Array(Math.ceil(16 * Math.sqrt(mean) + 12));
  for (let i = 0; i < DRAWS; i++) counts[Math.min(counts.length - 1, drawPoisson(random, mean) - low)]++;
  expect(
    Math.abs(
      chiSquareScore(
        counts,
        counts.map((_, i) => exp(logPoissonMass(low + i, mean))),
      ),
    ),
  ).toBeLessThan(LIMIT);
});

test.each([1e5, 1e9, 1e14])("Poisson(%d) has mean and variance equal", (mean) => {
  // Catches an acceptance test in which k log m − m − log k! has lost its digits.
  const random = stream("large poisson", Math.round(Math.log10(mean)));
  expectMoments(20_000, () => drawPoisson(random, mean) - mean, 0, mean, 1 / mean);
});

test.each([
  [2, 0.5],
  [10, 0.3],
  [40, 0.9],
  [25, 0.5],
  [100, 0.1],
  [1000, 0.4],
  [1000, 0.999],
  [1_000_000, 3e-6],
  [200_000, 0.0001],
])("Binomial(%d, %d) has the binomial law", (n, p) => {
  // Catches a reflection p → 1 − p that forgets n − k, and an inversion that stops one success early.
  const random = stream("binomial", n);
  const mean = n * p;
  const sd = Math.sqrt(mean * (1 - p));
  const low = Math.max(0, Math.floor(mean - 8 * sd));
  const counts = new Float64Array(Math.min(n - low + 1, Math.ceil(16 * sd + 12)));
  for (let i = 0; i < DRAWS; i++) counts[Math.min(counts.length - 1, drawBinomial(random, n, p) - low)]++;
  const mass = counts.map((_, i) => exp(logBinomialMass(low + i, n, p)));
  expect(Math.abs(chiSquareScore(counts, mass))).toBeLessThan(LIMIT);
});

test.each([
  [1e6, 0.5],
  [1e9, 0.03],
  [1e14, 0.7],
])("Binomial(%d, %d) has mean np and variance np(1 − p)", (n, p) => {
  const random = stream("large binomial", n);
  expectMoments(20_000, () => drawBinomial(random, n, p) - n * p, 0, n * p * (1 - p), 0);
});

test("a seedrandom generator is a source of random numbers as it is", () => {
  expect(drawExponential(seedrandom("human seed"))).toBe(-log(1 - seedrandom("human seed")()));
});

test("laws without chance draw their one value", () => {
  const random = stream("certain", 0);
  expect(drawPoisson(random, 0)).toBe(0);
  expect([drawBinomial(random, 0, 0.5), drawBinomial(random, 9, 0), drawBinomial(random, 9, 1)]).toEqual([0, 0, 9]);
});

test("bad parameters are refused", () => {
  const random = stream("bad", 0);
  expect(() => drawPoisson(random, -1)).toThrow("drawPoisson: mean must lie in [0, 1e15], got -1.");
  expect(() => drawPoisson(random, Number.NaN)).toThrow("got NaN");
  expect(() => drawBinomial(random, 2.5, 0.5)).toThrow("drawBinomial: n must be an integer in [0, 1e15], got 2.5.");
  expect(() => drawBinomial(random, 2, 1.1)).toThrow("drawBinomial: p must lie in [0, 1], got 1.1.");
});
