import { expect, test } from "vitest";
import { annihilation, distributionsFrom } from "./annihilation.ts";
import { masterEquation, meanAndVariance, poissonTable } from "./oneSpecies.ts";

test("immigration and death keep a Poisson distribution with the known mean", () => {
  const jumps = [
    { jump: 1, propensity: () => 4 },
    { jump: -1, propensity: (n: number) => 2 * n },
  ];
  const p = masterEquation(jumps, poissonTable(7, 80), [0, 0.3, 1]);
  for (const [i, t] of [0, 0.3, 1].entries()) {
    const expected = poissonTable(2 + 5 * Math.exp(-2 * t), 80);
    expect(Math.max(...p[i].map((v, n) => Math.abs(v - expected[n])))).toBeLessThan(1e-13);
  }
});

test("pair annihilation from Poisson(10) has the reference mean and variance", () => {
  // An independent matrix-exponential solution on 0…60.
  const reference = [
    [0.02, 8.34564, 7.17884],
    [0.1, 5.08395, 3.59345],
    [1, 1.09221, 0.697086],
    [5, 0.509097, 0.259015],
  ];
  const p = distributionsFrom(
    10,
    Float64Array.from(reference, ([t]) => t),
  );
  for (const [i, [, mean, variance]] of reference.entries()) {
    const [m, v] = meanAndVariance(p[i]);
    expect(Math.abs(m / mean - 1)).toBeLessThan(1e-5);
    expect(Math.abs(v / variance - 1)).toBeLessThan(1e-5);
  }
});

test("parity and probability are conserved by pair annihilation", () => {
  const p0 = new Float64Array(8);
  p0[7] = 1;
  const [, p] = masterEquation(annihilation, p0, [0, 2]);
  expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 13);
  expect(p[0] + p[2] + p[4] + p[6]).toBe(0);
});

test("nothing happens without reactions", () => {
  expect([...masterEquation([], Float64Array.of(0.25, 0.75), [0, 3])[1]]).toEqual([0.25, 0.75]);
});
