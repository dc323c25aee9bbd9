import * as fc from "fast-check";
import { expect, test } from "vitest";
import { binomial, counting, poisson } from "./base.ts";
import { asinhChart, type Chart, identityChart, logMomentsChart, orthonormalChart, whitenedChart } from "./chart.ts";
import { chain } from "./families/chain.ts";
import { counts } from "./families/counts.ts";
import { spin } from "./layers/spin.ts";

const vector = (...values: number[]): Float64Array => Float64Array.from(values);

function nuOf(chart: Chart, y: Float64Array): Float64Array {
  const out = new Float64Array(y.length);
  chart.toNu(y, out);
  return out;
}

const bump = Float64Array.from({ length: 60 }, (_, n) => Math.exp(-((n - 20) ** 2) / 40));
const three = counts({ order: 3, base: poisson });
const geometric = counts({ order: 1, base: counting });
const two = counts({ order: 2, base: counting });

const charts: [name: string, chart: Chart, points: Float64Array[]][] = [
  ["identity", identityChart(2), [vector(0.3, -2)]],
  ["orthonormal", orthonormalChart(three, bump), [vector(1, -0.5, 0.2)]],
  ["asinh", asinhChart(vector(1, 0.1, 0.01)), [vector(0.5, -2, 3)]],
  ["asinh of orthonormal", asinhChart(vector(2, 1, 0.5), orthonormalChart(three, bump)), [vector(0.5, -2, 1)]],
  ["whitened", whitenedChart(three, vector(-2, 0.1, 0.01)), [vector(1, -0.5, 0.2)]],
  ["log moments, geometric", logMomentsChart(geometric), [vector(-1), vector(3)]],
  ["log moments, counting K = 2", logMomentsChart(two), [vector(2.3, -0.2), vector(0, -0.4), vector(4, 0.5)]],
  ["log moments, 1/n! K = 2", logMomentsChart(counts({ order: 2, base: poisson })), [vector(2.3, -0.3)]],
  ["log moments, binomial K = 2", logMomentsChart(counts({ order: 2, base: binomial(30) })), [vector(2, 0.4)]],
];

for (const [name, chart, points] of charts) {
  test(`${name}: fromNu undoes toNu; jvp and vjp are the derivative and its transpose`, () => {
    for (const y of points) {
      const P = y.length;
      const back = new Float64Array(P);
      chart.fromNu(nuOf(chart, y), back);
      for (let k = 0; k < P; k++) expect(Math.abs(back[k] - y[k])).toBeLessThan(1e-9);
      const [dy, nuBar] = [vector(0.7, -0.4, 1.1).slice(0, P), vector(-0.3, 0.8, 0.5).slice(0, P)];
      const [dNu, yBar] = [new Float64Array(P), new Float64Array(P)];
      chart.jvp(y, dy, dNu);
      chart.vjp(y, nuBar, yBar);
      const h = 1e-5;
      const up = nuOf(
        chart,
        y.map((value, k) => value + h * dy[k]),
      );
      const down = nuOf(
        chart,
        y.map((value, k) => value - h * dy[k]),
      );
      let [left, right] = [0, 0];
      for (let k = 0; k < P; k++) {
        const difference = (up[k] - down[k]) / (2 * h);
        expect(Math.abs(dNu[k] - difference)).toBeLessThan(1e-7 * (1 + Math.abs(difference)));
        left += nuBar[k] * dNu[k];
        right += yBar[k] * dy[k];
      }
      expect(Math.abs(left - right)).toBeLessThan(1e-10 * (1 + Math.abs(left)));
    }
  });
}

test("log moments of one interaction have closed forms: ν = log(1 + e^−y) geometric, −y Poisson", () => {
  expect(nuOf(logMomentsChart(geometric), vector(1.2))[0]).toBeCloseTo(Math.log1p(Math.exp(-1.2)), 12);
  expect(nuOf(logMomentsChart(counts({ order: 1, base: poisson })), vector(1.2))[0]).toBeCloseTo(-1.2, 12);
});

test("the orthonormal chart writes the energy in polynomials of the weights: its unit vector j has variance 1", () => {
  const chart = orthonormalChart(three, bump);
  const total = bump.reduce((a, b) => a + b);
  const phi = new Float64Array(3);
  for (let j = 0; j < 3; j++) {
    const nu = nuOf(
      chart,
      Float64Array.from([0, 1, 2], (i) => (i === j ? 1 : 0)),
    );
    let [mean, square] = [0, 0];
    bump.forEach((w, n) => {
      three.statistics(n, phi);
      const energy = nu[0] * phi[0] + nu[1] * phi[1] + nu[2] * phi[2];
      mean += (w / total) * energy;
      square += (w / total) * energy * energy;
    });
    expect(square - mean * mean).toBeCloseTo(1, 9);
  }
});

test("in the whitened chart the Fisher matrix at the reference is the unit matrix, and a singular one is refused", () => {
  const family = chain({ sites: 6, ring: true, site: spin(1), products: [[0], [0, 1], [0, 2]] });
  const nu = vector(0.3, -0.4, 0.2);
  const chart = whitenedChart(family, nu);
  const C = new Float64Array(9);
  family.covariance(nu, C);
  const y = new Float64Array(3);
  const columns = [0, 1, 2].map((j) => {
    const column = new Float64Array(3);
    chart.jvp(y, vector(...[0, 1, 2].map((i) => (i === j ? 1 : 0))), column);
    return column;
  });
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) for (let l = 0; l < 3; l++) sum += columns[i][k] * C[3 * k + l] * columns[j][l];
      expect(Math.abs(sum - (i === j ? 1 : 0))).toBeLessThan(1e-12);
    }
  const flat = chain({
    sites: 2,
    ring: true,
    site: spin(1),
    products: [
      [0, 1],
      [0, 3],
    ],
  }); // the same bond twice
  expect(() => whitenedChart(flat, vector(0.1, 0.2))).toThrow("whitenedChart: the covariance of the statistics");
});

test("moments that no member has are a NumericalError that says what to try, and the chart still works afterwards", () => {
  const chart = logMomentsChart(counts({ order: 2, base: poisson }));
  const before = nuOf(chart, vector(2, -0.5));
  expect(() => nuOf(chart, vector(2, 0.5))).toThrow(
    /logMomentsChart: no distribution of the family has m = 7\.38906 and v = 12\.1825 .* or a chart in which every point/,
  );
  expect(() => nuOf(logMomentsChart(counts({ order: 1, base: binomial(5) })), vector(2))).toThrow("has m = 7.38906 (");
  const after = nuOf(chart, vector(2, -0.5));
  expect(after[1]).toBeCloseTo(before[1], 10);
});

test("property: the log-moment chart lands on the asked mean and variance, from any last point", () => {
  const chart = logMomentsChart(two);
  const family = counts({ order: 2, base: counting });
  fc.assert(
    fc.property(fc.double({ min: -1, max: 4, noNaN: true }), fc.double({ min: 0.1, max: 0.9, noNaN: true }), (a, s) => {
      const m = Math.exp(a);
      const fraction = m - Math.floor(m);
      const least = Math.max(fraction * (1 - fraction), m / 20);
      const variance = least + s * (m * (m + 1) - least);
      const nu = nuOf(chart, vector(a, Math.log(variance / m)));
      const [moments, covariance] = [new Float64Array(2), new Float64Array(4)];
      family.asleepMoments(nu, null, moments);
      family.covariance(nu, covariance);
      expect(Math.abs(moments[0] / m - 1)).toBeLessThan(1e-9);
      expect(Math.abs(covariance[0] / variance - 1)).toBeLessThan(1e-8);
    }),
    { seed: 4, numRuns: 100 },
  );
});

test("charts check their arguments", () => {
  expect(() => identityChart(0)).toThrow("must be a positive integer, got 0");
  expect(() => asinhChart(vector(1, 0))).toThrow("scale[1] must be positive and finite, got 0");
  expect(() => asinhChart(vector())).toThrow("must be a positive integer");
  expect(() => logMomentsChart(three)).toThrow(
    "is for one or two interactions, the family has 3. Use orthonormalChart",
  );
  expect(() => orthonormalChart(three, vector(1, 1, 1))).toThrow("fewer than 4 counts carry weight");
});
