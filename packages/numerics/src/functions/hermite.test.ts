import * as fc from "fast-check";
import { expect, test } from "vitest";
import { functionConformance } from "./conformance.ts";
import type { Axis } from "./function.ts";
import { hermite } from "./hermite.ts";

const line = { start: 1, end: 7, nodes: 4 }; // spacing 2
const axes = [
  { start: -1, end: 2, nodes: 7 }, // spacing 1/2
  { start: 10, end: 30, nodes: 5 }, // spacing 5
];

/** A cubic and its derivative. */
type Cubic = readonly [value: (x: number) => number, slope: (x: number) => number];
const cubic = (a: number, b: number, c: number, d: number): Cubic => [
  (x) => a + x * (b + x * (c + x * d)),
  (x) => b + x * (2 * c + 3 * x * d),
];

/** Coefficients of a product of one function per axis, straight from the documented layout. */
function coefficients(grid: readonly Axis[], factors: readonly Cubic[]): Float64Array {
  const f = hermite(grid);
  const d = grid.length;
  const u = new Float64Array(f.coefficients);
  for (let i = 0; i < u.length; i++) {
    const node = i >> d;
    let product = 1;
    for (let j = 0; j < d; j++) {
      const x = f.nodes[node * d + j];
      const spacing = (grid[j].end - grid[j].start) / (grid[j].nodes - 1);
      product *= (i >> (d - 1 - j)) & 1 ? factors[j][1](x) * spacing : factors[j][0](x);
    }
    u[i] = product;
  }
  return u;
}

test("a cubic is reproduced to 1e-12 with its derivative, at a spacing of 2", () => {
  const f = hermite([line]);
  const [value, slope] = cubic(1, -2, 0.5, 0.25);
  const u = coefficients([line], [[value, slope]]);
  const out = new Float64Array(1);
  for (let x = 1; x <= 7; x += 0.093) {
    expect(Math.abs(f.value(Float64Array.of(x), u, 0) - value(x))).toBeLessThan(1e-12 * (1 + Math.abs(value(x))));
    f.gradient(Float64Array.of(x), u, 0, out);
    expect(Math.abs(out[0] - slope(x))).toBeLessThan(1e-12 * (1 + Math.abs(slope(x))));
  }
});

test("products of random cubics are reproduced on a grid of unequal spacings", () => {
  const coefficient = fc.double({ min: -1, max: 1, noNaN: true });
  const factor = fc.tuple(coefficient, coefficient, coefficient, coefficient);
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(factor, factor, place, place, (a, b, s, t) => {
      const [p, q] = [cubic(...a), cubic(b[0], b[1] / 10, b[2] / 100, b[3] / 1000)];
      const [x, y] = [-1 + 3 * s, 10 + 20 * t];
      const got = hermite(axes).value(Float64Array.of(x, y), coefficients(axes, [p, q]), 0);
      expect(Math.abs(got - p[0](x) * q[0](y))).toBeLessThan(1e-11);
    }),
    { seed: 4, numRuns: 100 },
  );
});

test("outside one axis the function goes on along its tangent", () => {
  const f = hermite([line]);
  const u = coefficients([line], [cubic(1, -2, 0.5, 0.25)]);
  const [value, slope] = cubic(1, -2, 0.5, 0.25);
  expect(f.value(Float64Array.of(9), u, 0)).toBeCloseTo(value(7) + 2 * slope(7), 11);
  expect(f.value(Float64Array.of(-4), u, 0)).toBeCloseTo(value(1) - 5 * slope(1), 11);
});

test("beyond a corner the function is the corner's tangent plane", () => {
  const f = hermite(axes);
  const u = Float64Array.from({ length: f.coefficients }, (_, i) => Math.sin(3 * i));
  const corner = Float64Array.of(-1, 30);
  const slope = new Float64Array(2);
  f.gradient(corner, u, 0, slope);
  const expected = f.value(corner, u, 0) - 3 * slope[0] + 40 * slope[1];
  expect(f.value(Float64Array.of(-4, 70), u, 0)).toBeCloseTo(expected, 10);
});

test("value and gradient are continuous across nodes and across the border of the grid", () => {
  // Catches slopes kept in x units on a grid whose spacing is not 1.
  const f = hermite(axes);
  const u = Float64Array.from({ length: f.coefficients }, (_, i) => Math.cos(5 * i));
  const [before, after] = [new Float64Array(2), new Float64Array(2)];
  for (const x of [-1, -0.5, 1.5, 2]) {
    const [left, right] = [Float64Array.of(x - 1e-9, 17.3), Float64Array.of(x + 1e-9, 17.3)];
    expect(f.value(left, u, 0)).toBeCloseTo(f.value(right, u, 0), 6);
    f.gradient(left, u, 0, before);
    f.gradient(right, u, 0, after);
    for (let j = 0; j < 2; j++) expect(before[j]).toBeCloseTo(after[j], 5);
  }
});

test.each([
  { name: "one axis, also outside", f: hermite([line]), box: [[-2, 10]] },
  {
    name: "two axes, also outside",
    f: hermite(axes),
    box: [
      [-2, 3],
      [0, 40],
    ],
  },
  {
    name: "three axes, also outside",
    f: hermite([...axes, { start: 0, end: 6, nodes: 2 }]),
    box: [
      [-2, 3],
      [0, 40],
      [-1, 7],
    ],
  },
] as const)("conformance: $name", ({ f, box }) => {
  expect(functionConformance(f, { box, seed: "hermite" })).toEqual([]);
});
