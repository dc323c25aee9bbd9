import { asinhChart, binomial, counting, counts, logMomentsChart, orthonormalChart, poisson } from "@dbd/boltzmann";
import { stream } from "@dbd/numerics/random/stream";
import { rk4, solve } from "@dbd/ode";
import { dynamicsConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { annihilation } from "../../reference/annihilation.ts";
import { jumpDrift, projected } from "../projected/index.ts";
import { inAsinh, inChart, inLogMoments } from "./index.ts";

const [{ jump, propensity }] = annihilation;
const u = Float64Array.of(0.7);
const pairs = counts({ order: 2, base: counting });
const field = projected(pairs, [jumpDrift(pairs, jump, propensity)]);
const nu0 = Float64Array.of(-1.5, 0.4);
const times = [0, 0.3];

/** The end of the flow from ν₀ in a chart, in ν. */
function end(dynamics: typeof field, chart: ReturnType<typeof asinhChart>): Float64Array {
  const y0 = new Float64Array(2);
  chart.fromNu(nu0, y0);
  const { values } = solve(dynamics, u, { y0, times, integrator: rk4, substeps: 200 });
  const nu = new Float64Array(2);
  chart.toNu(values.slice(2), nu);
  return nu;
}

test("the flow is the same in ν, in asinh of orthonormal coordinates and in log moments", () => {
  const direct = solve(field, u, { y0: nu0, times, integrator: rk4, substeps: 200 }).values.slice(2);
  const linear = orthonormalChart(pairs, pairs.distribution(nu0));
  const scale = Float64Array.of(0.8, 0.3);
  const asinh = end(inAsinh(inChart(field, linear), scale), asinhChart(scale, linear));
  const moments = end(inLogMoments(field, pairs), logMomentsChart(pairs));
  for (let k = 0; k < 2; k++) {
    expect(Math.abs(asinh[k] - direct[k])).toBeLessThan(1e-8);
    expect(Math.abs(moments[k] - direct[k])).toBeLessThan(1e-8);
  }
});

test("derivatives agree with finite differences and with each other, one interaction and two", () => {
  const states = [Float64Array.of(-1.1, 1.2), Float64Array.of(0.4, 0.3)];
  const asinh = inAsinh(field, Float64Array.of(0.8, 0.3));
  expect(dynamicsConformance(asinh, { u, states, random: stream("charts", 0) })).toEqual([]);
  const sites = counts({ order: 2, base: binomial(20) });
  const two = inLogMoments(projected(sites, [jumpDrift(sites, jump, propensity)]), sites);
  const moments = [Float64Array.of(1.5, -0.3), Float64Array.of(2, -0.6)];
  expect(dynamicsConformance(two, { u, states: moments, random: stream("charts", 1) })).toEqual([]);
  const single = counts({ order: 1, base: poisson });
  const one = inLogMoments(projected(single, [jumpDrift(single, jump, propensity)]), single);
  expect(dynamicsConformance(one, { u, states: [Float64Array.of(1.2)], random: stream("charts", 2) })).toEqual([]);
});

test("scales that do not fit are refused, and so are log moments of three interactions", () => {
  expect(() => inAsinh(field, Float64Array.of(1))).toThrow("scale must be 2 positive numbers, got [1]");
  const three = counts({ order: 3, base: poisson });
  expect(() => inLogMoments(projected(three, []), three)).toThrow("is for one or two interactions");
});
