import { expect, test } from "vitest";
import { functionConformance } from "./conformance.ts";
import { hat } from "./hat.ts";

const axes = [
  { start: -1, end: 2, nodes: 7 }, // spacing 1/2
  { start: 10, end: 30, nodes: 5 }, // spacing 5
];
const bilinear = (x: number, y: number): number => 1 + 2 * x - y + 0.5 * x * y;
const linear = (x: number, y: number): number => 3 - x + 0.25 * y;

test("one axis interpolates linearly and goes on along the outermost segments", () => {
  const f = hat([{ start: 0, end: 4, nodes: 3 }]);
  const u = Float64Array.of(9, 1, 5, -3); // nodes 0, 2, 4 hold 1, 5, -3
  const at = (x: number): number => f.value(Float64Array.of(x), u, 1);
  expect([0, 0.5, 2, 3, 4].map(at)).toEqual([1, 2, 5, 1, -3]);
  expect([-1, 6].map(at)).toEqual([-1, -11]);
  const slope = new Float64Array(1);
  for (const [x, expected] of [
    [-5, 2],
    [1, 2],
    [2, -4], // a node belongs to the cell on its right
    [9, -4],
  ]) {
    f.gradient(Float64Array.of(x), u, 1, slope);
    expect(slope[0]).toBe(expected);
  }
});

test("nodes are numbered with the last axis fastest", () => {
  const f = hat(axes);
  expect(f).toMatchObject({ inputs: 2, coefficients: 35, axes });
  expect([...f.nodes.slice(0, 4), ...f.nodes.slice(-2)]).toEqual([-1, 10, -1, 15, 2, 30]);
  const u = Float64Array.from({ length: 35 }, (_, i) => i);
  for (let i = 0; i < 35; i++) expect(f.value(f.nodes.slice(2 * i, 2 * i + 2), u, 0)).toBeCloseTo(i, 12);
});

test("a bilinear function is reproduced inside, a linear one everywhere", () => {
  const f = hat(axes);
  const nodal = (g: (x: number, y: number) => number): Float64Array =>
    Float64Array.from({ length: 35 }, (_, i) => g(f.nodes[2 * i], f.nodes[2 * i + 1]));
  expect(f.value(Float64Array.of(0.3, 17), nodal(bilinear), 0)).toBeCloseTo(bilinear(0.3, 17), 12);
  for (const [x, y] of [
    [0.3, 17],
    [-4, 17],
    [0.3, 80],
    [5, -3],
  ]) {
    expect(f.value(Float64Array.of(x, y), nodal(linear), 0)).toBeCloseTo(linear(x, y), 12);
  }
});

test("beyond a corner the function is the corner's tangent plane", () => {
  // Catches a multilinear continuation, which grows like the product of the two distances.
  const f = hat(axes);
  const u = Float64Array.from({ length: 35 }, (_, i) => Math.sin(3 * i));
  const corner = Float64Array.of(2, 30);
  const slope = new Float64Array(2);
  f.gradient(corner, u, 0, slope);
  const expected = f.value(corner, u, 0) + 3 * slope[0] + 40 * slope[1];
  expect(f.value(Float64Array.of(5, 70), u, 0)).toBeCloseTo(expected, 10);
});

test("a cell's number changes exactly at the nodes' coordinates", () => {
  const f = hat(axes);
  const cell = (x: number, y: number): number => f.cellIndex(Float64Array.of(x, y));
  expect(cell(-0.9, 12)).toBe(cell(-0.51, 14.9));
  const numbers = [-2, -0.9, -0.4, 1.9, 2.1].flatMap((x) => [9, 11, 29, 31].map((y) => cell(x, y)));
  expect(new Set(numbers).size).toBe(20);
  expect([cell(-2, 9), cell(2.1, 31)]).toEqual([0, 8 * 6 - 1]);
});

test("NaN comes out as NaN, not as a value of some cell", () => {
  expect(hat(axes).value(Float64Array.of(Number.NaN, 12), new Float64Array(35).fill(1), 0)).toBeNaN();
});

test.each([
  { name: "one axis, also outside", f: hat([axes[1]]), box: [[0, 40]] },
  {
    name: "two axes, also outside",
    f: hat(axes),
    box: [
      [-2, 3],
      [0, 40],
    ],
  },
  {
    name: "three axes, also outside",
    f: hat([...axes, { start: 0, end: 0.1, nodes: 2 }]),
    box: [
      [-2, 3],
      [0, 40],
      [-0.05, 0.15],
    ],
  },
] as const)("conformance: $name", ({ f, box }) => {
  expect(functionConformance(f, { box, seed: "hat" })).toEqual([]);
});

test("bad axes are refused", () => {
  expect(() => hat([])).toThrow("hat: needs at least one axis.");
  expect(() => hat([{ start: 0, end: 0, nodes: 3 }])).toThrow(
    "hat: axes[0] must run from a finite start to a larger end",
  );
  expect(() => hat([{ start: 0, end: 1, nodes: 1 }])).toThrow(
    "hat: axes[0].nodes must be an integer of at least 2, got 1.",
  );
});
