import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { counting, poisson } from "./base.ts";
import { counts } from "./families/counts.ts";
import { fit, fitHistogram } from "./fit.ts";

test("a Poisson fit is the log of the sample mean, with standard error 1/√(N m)", () => {
  const family = counts({ order: 1, base: poisson });
  const { nu, standardErrors, samples, logLikelihood } = fit(family, [3, 5, 4, 4]);
  expect(nu[0]).toBeCloseTo(-Math.log(4), 12);
  expect(standardErrors[0]).toBeCloseTo(1 / 4, 10);
  expect(samples).toBe(4);
  const logs = [3, 5, 4, 4].map((n) => n * Math.log(4) - 4 + family.logBase(n));
  expect(logLikelihood).toBeCloseTo(logs.reduce((a, b) => a + b) / 4, 12);
});

// A fit that matched plain powers instead of C(n, k), or the wrong sign, would be off by more than 100 standard errors.
test("static Boltzmann learning recovers a planted ν within 4.5 standard errors", () => {
  const family = counts({ order: 2, base: counting });
  const planted = Float64Array.of(-0.6, 0.12);
  const sample = new Int32Array(20_000);
  family.draw(planted, sample.length, stream("planted", 0), sample);
  const { nu, standardErrors } = fit(family, sample);
  for (let k = 0; k < 2; k++) expect(Math.abs(nu[k] - planted[k]) / standardErrors[k]).toBeLessThan(4.5);
});

test("a histogram may hold weights and gives the same fit as its samples", () => {
  const family = counts({ order: 2, base: poisson });
  const samples = [1, 2, 2, 3, 3, 3, 3, 4, 4, 5];
  const byWeight = fitHistogram(family, [0, 0.1, 0.2, 0.4, 0.2, 0.1]);
  const bySample = fit(family, samples);
  for (let k = 0; k < 2; k++) expect(byWeight.nu[k]).toBeCloseTo(bySample.nu[k], 9);
});

test("data are checked", () => {
  const family = counts({ order: 1, base: poisson });
  expect(() => fit(family, [1, 2.5])).toThrow("samples[1] = 2.5 is not a copy number");
  expect(() => fit(family, [])).toThrow("fit: there are no observations");
  expect(() => fitHistogram(family, [1, -2])).toThrow("histogram[1] = -2 is not a number of observations");
  expect(() => fit(counts({ order: 2, base: poisson }), [7, 7, 7])).toThrow("all mass is at one count (n = 7)");
});
