import { expect, test } from "vitest";
import { multiply } from "../sparse.ts";
import type { Axis } from "./function.ts";
import { hat } from "./hat.ts";
import { hermite } from "./hermite.ts";
import type { GridFunction } from "./tensor.ts";

const line: Axis = { start: 1, end: 7, nodes: 7 };
const coarse: Axis = { start: 1, end: 7, nodes: 4 };
const across: Axis = { start: -1, end: 2, nodes: 7 };

const nodal = (f: GridFunction, g: (...x: number[]) => number): Float64Array =>
  Float64Array.from({ length: f.coefficients }, (_, i) => g(...f.nodes.slice(i * f.inputs, (i + 1) * f.inputs)));

/** Hermite coefficients of g in one dimension. */
const splined = (f: GridFunction, g: (x: number) => number, slope: (x: number) => number): Float64Array => {
  const [{ start, end, nodes }] = f.axes;
  const h = (end - start) / (nodes - 1);
  return Float64Array.from(f.nodes).reduce(
    (u, x, i) => {
      u[2 * i] = g(x);
      u[2 * i + 1] = h * slope(x);
      return u;
    },
    new Float64Array(2 * nodes),
  );
};

test("hat, x² on five inner nodes: ½ Σ (2h²)²/h³ = 2·h·5", () => {
  const f = hat([{ start: 0, end: 3, nodes: 7 }]);
  expect(
    f.roughness(
      nodal(f, (x) => x * x),
      0,
    ),
  ).toBeCloseTo(2 * 0.5 * 5, 12);
});

test("Hermite: ½∫f″² of x³ on [1, 7] is 6(7³ − 1), at any spacing", () => {
  for (const axis of [line, coarse]) {
    const f = hermite([axis]);
    const u = splined(
      f,
      (x) => x ** 3,
      (x) => 3 * x * x,
    );
    expect(f.roughness(u, 0)).toBeCloseTo(6 * (343 - 1), 9);
  }
});

test("on a fine grid both penalties are the same integral", () => {
  const axis = { start: 0, end: 2 * Math.PI, nodes: 201 };
  const [h, c] = [hat([axis]), hermite([axis])];
  const exact = Math.PI / 2; // ½∫sin² over a period
  expect(h.roughness(nodal(h, Math.sin), 0)).toBeCloseTo(exact, 3);
  expect(c.roughness(splined(c, Math.sin, Math.cos), 0)).toBeCloseTo(exact, 6);
});

test("on two axes every grid line of a hat counts, and a Hermite grid weighs alike", () => {
  const f = hat([coarse, across]);
  // x²: 7 lines along the first axis (h = 2), 2 inner nodes each, (2h²)²/h³ = 4h; the second axis sees constants.
  expect(
    f.roughness(
      nodal(f, (x) => x * x),
      0,
    ),
  ).toBeCloseTo((7 * 2 * 4 * 2) / 2, 10);
  const g = hermite([coarse, across]);
  const u = new Float64Array(g.coefficients);
  for (let i = 0; i < u.length; i += 4) {
    const x = g.nodes[i / 2];
    u[i] = x * x;
    u[i + 2] = 2 * 2 * x; // the first axis is the higher bit
  }
  // ½∫∫ 2² dx dy / h₂ = ½ · 4 · 6 · 3 / 0.5
  expect(g.roughness(u, 0)).toBeCloseTo(72, 9);
});

test("functions without curvature cost nothing", () => {
  const f = hat([coarse, across]);
  expect(
    f.roughness(
      nodal(f, (x, y) => 1 + x - 2 * y + x * y),
      0,
    ),
  ).toBeLessThan(1e-24);
  const g = hermite([line]);
  const u = splined(
    g,
    (x) => 3 - x,
    () => -1,
  );
  expect(g.roughness(u, 0)).toBeLessThan(1e-24);
  expect(hat([{ start: 0, end: 1, nodes: 2 }]).penalty().rows).toBe(0);
});

test.each([
  { name: "hat", f: hat([coarse, across]) },
  { name: "Hermite", f: hermite([coarse, across]) },
])("$name: roughness is ½‖Du‖², and its gradient DᵀDu is added at the offset", ({ f }) => {
  const offset = 3;
  const u = Float64Array.from({ length: f.coefficients + offset }, (_, i) => Math.sin(1 + i));
  const d = f.penalty();
  const product = new Float64Array(d.rows);
  multiply(d, u, offset, product);
  const value = f.roughness(u, offset);
  expect(value).toBeCloseTo(product.reduce((sum, r) => sum + r * r, 0) / 2, 10);
  const gradient = new Float64Array(u.length).fill(0.5);
  expect(f.roughness(u, offset, gradient)).toBe(value);
  expect(gradient.slice(0, offset)).toEqual(Float64Array.of(0.5, 0.5, 0.5));
  // Quadratic, so that the central difference has no truncation error.
  for (let i = offset; i < u.length; i += 7) {
    const [above, below] = [u.slice(), u.slice()];
    above[i] += 0.5;
    below[i] -= 0.5;
    expect(gradient[i] - 0.5).toBeCloseTo(f.roughness(above, offset) - f.roughness(below, offset), 8);
  }
});
