import { asinhChart, logMomentsChart, orthonormalChart } from "@dbd/boltzmann";
import { stream } from "@dbd/numerics/random/stream";
import { rk4, solve } from "@dbd/ode";
import { dynamicsConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { annihilation, family } from "../../reference/annihilation.ts";
import { jumpDrift, projected } from "../projected/index.ts";
import { inChart } from "./index.ts";

const known = projected(
  family,
  annihilation.map(({ jump, propensity }) => jumpDrift(family, jump, propensity)),
);
const nu0 = Float64Array.of(-1.2, 0.4);
const rate = Float64Array.of(1);

test("a field in orthonormal coordinates runs the same trajectory", () => {
  const chart = orthonormalChart(family, family.distribution(nu0));
  const field = inChart(known, chart);
  const y0 = new Float64Array(2);
  chart.fromNu(nu0, y0);
  const options = { times: [0, 0.1, 0.3], integrator: rk4, substeps: 20 };
  const there = solve(field, rate, { ...options, y0 }).values;
  const here = solve(known, rate, { ...options, y0: nu0 }).values;
  const back = new Float64Array(2);
  for (let i = 0; i < here.length; i += 2) {
    chart.toNu(there.subarray(i, i + 2), back);
    for (let k = 0; k < 2; k++) expect(Math.abs(back[k] - here[i + k])).toBeLessThan(1e-9);
  }
  expect(dynamicsConformance(field, { u: rate, states: [y0], random: stream("inChart", 0) })).toEqual([]);
});

test("charts that are not linear are refused", () => {
  expect(() => inChart(known, asinhChart(Float64Array.of(1, 1)))).toThrow("a chart that is not linear");
  expect(() => inChart(known, logMomentsChart(family))).toThrow("a chart that is not linear");
});
