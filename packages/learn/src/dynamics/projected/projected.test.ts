import { binomial, counting, counts, poisson, type BaseMeasure } from "@dbd/boltzmann";
import { stream } from "@dbd/numerics/random/stream";
import { rk4, solve } from "@dbd/ode";
import { dynamicsConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { annihilation, family as pairs } from "../../reference/annihilation.ts";
import { branching, exactField, geometric } from "../../reference/galtonWatson.ts";
import { masterEquation, type Jump } from "../../reference/oneSpecies.ts";
import { jumpDrift, projected } from "./index.ts";

const fieldOf = (family: typeof pairs, jumps: readonly Jump[]): ReturnType<typeof projected> =>
  projected(
    family,
    jumps.map(({ jump, propensity }) => jumpDrift(family, jump, propensity)),
  );
const death = [{ jump: -1, propensity: (n: number) => n }];

const closedForms: readonly [BaseMeasure, number, (nu0: number, kt: number) => number][] = [
  [counting, 0.4, (nu0, kt) => Math.log1p(Math.exp(kt) * Math.expm1(nu0))],
  [poisson, -1.2, (nu0, kt) => nu0 + kt],
  [binomial(30), -0.5, (nu0, kt) => Math.log((1 + Math.exp(nu0)) * Math.exp(kt) - 1)],
];
test.each(closedForms)("pure death over the base $name follows its closed form, and is exact", (base, nu0, closed) => {
  const family = counts({ order: 1, base });
  const times = Float64Array.of(0, 0.5, 1);
  const k = 0.8;
  const problem = { y0: [nu0], times, integrator: rk4, substeps: 200 };
  const { values } = solve(fieldOf(family, death), Float64Array.of(k), problem);
  const start = new Float64Array(400);
  start.set(family.distribution(Float64Array.of(nu0)));
  const size = Math.min(start.length, family.support.max + 1);
  const scaled = death.map(({ jump, propensity }) => ({ jump, propensity: (n: number) => k * propensity(n) }));
  const exact = masterEquation(scaled, start.slice(0, size), times);
  for (let t = 1; t < 3; t++) {
    expect(Math.abs(values[t] - closed(nu0, k * times[t]))).toBeLessThan(1e-8);
    expect(Math.abs(family.divergence(exact[t], values.slice(t, t + 1)))).toBeLessThan(1e-12);
  }
});

test("branching with death over the counting measure has F = (k_D − k_B)(1 − e^−ν)", () => {
  const dynamics = fieldOf(geometric, branching);
  const out = new Float64Array(1);
  for (const nu of [0.1, 0.7, 2, 3]) {
    dynamics.evaluate(Float64Array.of(nu), Float64Array.of(1, 1), out);
    expect(out[0]).toBeCloseTo(exactField(nu), 11);
  }
});

test("the field is additive in the rates to 1e-12 (the linearity proposition)", () => {
  const dynamics = fieldOf(pairs, [...annihilation, ...death, { jump: 1, propensity: () => 1 }]);
  const nu = Float64Array.of(-1.5, 0.3);
  const at = (...rates: number[]): Float64Array => {
    const out = new Float64Array(2);
    dynamics.evaluate(nu, Float64Array.from(rates), out);
    return out;
  };
  const [a, b, both] = [at(0.7, 0, 0.2), at(0.5, 1.3, 4), at(1.2, 1.3, 4.2)];
  for (let k = 0; k < 2; k++) expect(Math.abs(both[k] - a[k] - b[k])).toBeLessThan(1e-12 * (1 + Math.abs(both[k])));
});

test("derivatives agree with finite differences and with each other, K = 1 and K = 2", () => {
  const two = fieldOf(pairs, [...annihilation, { jump: 1, propensity: () => 3 }]);
  const states = [Float64Array.of(-1.5, 0.3), Float64Array.of(0.2, 0.5)];
  expect(dynamicsConformance(two, { u: Float64Array.of(0.8, 0.4), states, random: stream("projected", 0) })).toEqual(
    [],
  );
  const one = fieldOf(geometric, branching);
  const sample = { u: Float64Array.of(0.5, 1.5), states: [Float64Array.of(0.8)], random: stream("projected", 1) };
  expect(dynamicsConformance(one, sample)).toEqual([]);
});

test("a drift with the wrong number of statistics is refused", () => {
  expect(() => projected(pairs, [[() => 0]])).toThrow("drifts[0] must have 2 functions");
});
