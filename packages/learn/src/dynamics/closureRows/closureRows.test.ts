import { binomial, counting, counts, poisson } from "@dbd/boltzmann";
import { network } from "@dbd/numerics/functions/network";
import { stream } from "@dbd/numerics/random/stream";
import { dynamicsConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { annihilation } from "../../reference/annihilation.ts";
import { learnClosureRow } from "../../reference/closureRow.ts";
import { jumpDrift } from "../projected/index.ts";
import { closureRows, rowDegrees } from "./index.ts";

const [{ jump, propensity }] = annihilation;

test("derivatives agree with finite differences and with each other, K = 2 and K = 3, one input and two", () => {
  const pair = counts({ order: 2, base: counting });
  const [one, two] = [network(1, [3]), network(2, [4])];
  const rows = [{ statistic: 1, degree: 3, leading: -0.7, f: two }];
  const states = [Float64Array.of(-1.5, 0.3), Float64Array.of(0.2, 0.5)];
  const sample = { states, u: two.initial(stream("rows", 1)), random: stream("rows", 2) };
  expect(dynamicsConformance(closureRows(pair, rows), sample)).toEqual([]);

  const triple = counts({ order: 3, base: binomial(12) });
  const more = [
    { statistic: 2, degree: 4, leading: 0.5, f: one },
    { statistic: 1, degree: 5, leading: 0.2, f: two },
  ];
  const u = Float64Array.of(...one.initial(stream("rows", 3)), ...two.initial(stream("rows", 4)));
  const point = { states: [Float64Array.of(-0.5, 0.1, 0.02)], u, random: stream("rows", 5) };
  expect(dynamicsConformance(closureRows(triple, more), point)).toEqual([]);
});

test("degrees and leading coefficients of the moment equations", () => {
  const family = counts({ order: 3, base: poisson });
  const drift = jumpDrift(family, jump, (n) => 0.5 * propensity(n));
  // 2 A → 0 at k/2: L C(n,1) = −k n(n−1)/2, L C(n,2) = −k n(n−1)(2n−3)/4, L C(n,3) = −k n(n−1)(n−2)²/4
  expect(rowDegrees([drift])).toEqual([
    { statistic: 0, degree: 2, leading: -0.5 },
    { statistic: 1, degree: 3, leading: -0.5 },
    { statistic: 2, degree: 4, leading: -0.25 },
  ]);
  const hill = jumpDrift(family, 1, (n) => 1 / (1 + n));
  expect(() => rowDegrees([hill])).toThrow("no polynomial");
});

test("impossible rows are refused", () => {
  const f = network(2, [2]);
  const row = { statistic: 1, degree: 3, leading: 1, f };
  const family = counts({ order: 2, base: poisson });
  expect(() => closureRows(counts({ order: 1, base: poisson }), [row])).toThrow("two interactions");
  expect(() => closureRows(family, [{ ...row, statistic: 2 }])).toThrow("index from 0 to 1, got 2");
  expect(() => closureRows(family, [row, row])).toThrow("named twice");
  expect(() => closureRows(family, [{ ...row, f: network(3, [2]) }])).toThrow("one or two inputs, got 3");
  expect(() => closureRows(family, [{ ...row, degree: 0 }])).toThrow("positive degree");
});

/** The targets: mean 0.1 %, variance 0.3 %, KL ≤ 1.1 floor + 1e-6 at every time, at most 25 coefficients. */
test("annihilation over the counting measure: one learned row predicts starts never seen", async () => {
  const { coefficients, heldOut } = await learnClosureRow(counting, 1, { T: 61 });
  expect(coefficients).toBeLessThanOrEqual(25);
  for (const { mean, variance, excess } of heldOut) {
    expect(mean).toBeLessThan(1e-3);
    expect(variance).toBeLessThan(3e-3);
    expect(excess).toBeLessThan(1e-6);
  }
});
