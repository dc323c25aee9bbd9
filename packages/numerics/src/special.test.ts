import * as fc from "fast-check";
import { expect, test } from "vitest";
import { exp, log, log1p, logBinomial, logBinomialMass, logFactorial, logPoissonMass, logSumExp } from "./special.ts";

/** The distance of two doubles counted in doubles. */
function ulps(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  const bits = new BigInt64Array(Float64Array.of(a, b).buffer);
  const [i, j] = Array.from(bits, (v) => (v < 0n ? -(v & 0x7fffffffffffffffn) : v));
  return Number(i > j ? i - j : j - i);
}

// Every exponent of a double, with mantissas that crowd around 1 and √2, where the reduction switches.
const wide: number[] = [];
for (let e = -1074; e <= 1023; e++) {
  for (const m of [1, 1.0000000000000002, 1.1, Math.SQRT2, Math.SQRT2 - 1e-14, 1.7, 1.9999999999999998]) {
    wide.push(m * 2 ** e);
  }
}

test("log is within one ulp of Math.log over the whole range", () => {
  for (const x of wide) expect(ulps(log(x), Math.log(x))).toBeLessThanOrEqual(1);
});

test("log near 1 keeps its relative accuracy", () => {
  for (let k = 1; k <= 53; k++) {
    for (const x of [1 + 2 ** -k, 1 - 2 ** -k]) expect(ulps(log(x), Math.log(x))).toBeLessThanOrEqual(1);
  }
});

test("log at the edges", () => {
  expect([log(1), log(0), log(-0), log(Infinity)]).toEqual([0, -Infinity, -Infinity, Infinity]);
  expect([log(-1), log(Number.NaN), log(-Infinity)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  expect(log(Number.MIN_VALUE)).toBe(Math.log(Number.MIN_VALUE));
  expect(log(Number.MAX_VALUE)).toBe(Math.log(Number.MAX_VALUE));
});

test("exp is within one ulp of Math.exp from underflow to overflow", () => {
  for (let x = -745.1; x < 709.78; x += 0.0137) {
    const expected = Math.exp(x);
    // A subnormal result is rounded twice.
    expect(ulps(exp(x), expected)).toBeLessThanOrEqual(1);
  }
  for (let k = 1; k <= 60; k++) {
    for (const x of [2 ** -k, -(2 ** -k)]) expect(ulps(exp(x), Math.exp(x))).toBeLessThanOrEqual(1);
  }
});

test("exp at the edges", () => {
  expect([exp(0), exp(-0), exp(Infinity), exp(-Infinity)]).toEqual([1, 1, Infinity, 0]);
  expect(exp(Number.NaN)).toBeNaN();
  expect([exp(709.782712893384), exp(709.7827128933841)]).toEqual([Math.exp(709.782712893384), Infinity]);
  expect([exp(-745.1332191019411), exp(-745.1332191019412)]).toEqual([Number.MIN_VALUE, 0]);
});

test("log and exp undo one another", () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
      expect(Math.abs(log(exp(x)) - x)).toBeLessThanOrEqual(3e-16 * (1 + Math.abs(x)));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test("log1p agrees with Math.log1p to a few ulp, tiny arguments and −1 included", () => {
  for (const x of [1e-300, 1e-17, -1e-17, 1e-9, -1e-9, 1e-3, -0.3, -0.999999, 0.7, 5, 1e10, 1e300]) {
    expect(ulps(log1p(x), Math.log1p(x))).toBeLessThanOrEqual(3);
  }
  expect([log1p(0), log1p(-1), log1p(Infinity)]).toEqual([0, -Infinity, Infinity]);
});

test("log n! is right on both sides of the switch at 22", () => {
  let product = 1n;
  for (let n = 1; n <= 170; n++) {
    product *= BigInt(n);
    expect(Math.abs(logFactorial(n) / Math.log(Number(product)) - 1) || 0).toBeLessThan(4e-16);
  }
  expect(logFactorial(0)).toBe(0);
  expect(logFactorial(-1)).toBe(Infinity);
  expect(logFactorial(1000)).toBeCloseTo(5912.128178488163, 11); // lgamma(1001)
});

test("log C(n, k) equals the exact integer's logarithm", () => {
  let row = [1n];
  for (let n = 1; n <= 120; n++) {
    row = [1n, ...row.slice(1).map((c, i) => c + row[i]), 1n];
    for (const k of [0, 1, n >> 2, n >> 1, n - 1, n]) {
      expect(Math.abs(logBinomial(n, k) - Math.log(Number(row[k])))).toBeLessThanOrEqual(3e-14);
    }
  }
  expect([logBinomial(5, 6), logBinomial(5, -1)]).toEqual([-Infinity, -Infinity]);
});

test("log C(n, k) of a billion keeps its digits, where a difference of log n! keeps six", () => {
  for (const k of [2, 22, 23, 40]) {
    let exact = 0;
    for (let i = 0; i < k; i++) exact += Math.log((1e9 - i) / (i + 1));
    expect(Math.abs(logBinomial(1e9, k) / exact - 1)).toBeLessThan(1e-13);
    expect(logBinomial(1e9, 1e9 - k)).toBe(logBinomial(1e9, k));
  }
  expect(logBinomial(1e15, 22)).toBeCloseTo(22 * Math.log(1e15) - logFactorial(22), 8);
});

test("a Poisson law sums to 1 and has its closed form", () => {
  for (const m of [0.1, 3, 40, 1000]) {
    let sum = 0;
    for (let k = 0; k <= m + 40 * Math.sqrt(m) + 40; k++) {
      const logMass = logPoissonMass(k, m);
      sum += exp(logMass);
      if (k < 100) expect(logMass).toBeCloseTo(k * Math.log(m) - m - logFactorial(k), 10);
    }
    expect(sum).toBeCloseTo(1, 12);
  }
  // At k = m the mass is 1/√(2πm) to first order.
  expect(logPoissonMass(1e12, 1e12)).toBeCloseTo(-0.5 * Math.log(2 * Math.PI * 1e12), 11);
});

test("a binomial law sums to 1 and has its closed form", () => {
  for (const [n, p] of [
    [1, 0.3],
    [20, 0.5],
    [300, 0.01],
    [500, 0.93],
  ]) {
    let sum = 0;
    for (let k = 0; k <= n; k++) {
      const logMass = logBinomialMass(k, n, p);
      sum += exp(logMass);
      expect(logMass).toBeCloseTo(logBinomial(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p), 9);
    }
    expect(sum).toBeCloseTo(1, 12);
  }
});

test("logSumExp neither overflows nor underflows", () => {
  expect(logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.LN2, 12);
  expect(logSumExp([-2000, -2000, -2000])).toBeCloseTo(-2000 + Math.log(3), 12);
  expect(logSumExp([-Infinity, 0])).toBe(0);
  expect([logSumExp([]), logSumExp([-Infinity]), logSumExp([1, Infinity])]).toEqual([-Infinity, -Infinity, Infinity]);
  expect(logSumExp([0, Number.NaN])).toBeNaN();
});
