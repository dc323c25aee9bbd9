import { hat } from "@dbd/numerics/functions/hat";
import { expect, test } from "vitest";
import { roughnessPenalty } from "./penalty.ts";

const f = hat([{ start: 0, end: 2, nodes: 5 }]); // spacing 0.5
const g = hat([
  { start: 0, end: 1, nodes: 3 },
  { start: 0, end: 4, nodes: 3 },
]);
const u = Float64Array.from({ length: 14 }, (_, i) => Math.sin(3 * i) + i);

test("a single bump of one function costs strength · ½Σ(second differences)²/h³", () => {
  const bump = new Float64Array(5);
  bump[2] = 1;
  expect(roughnessPenalty([f], 0.1).evaluate(bump)).toBeCloseTo((0.1 * (1 + 4 + 1)) / 2 / 0.5 ** 3, 12);
});

test("straight lines are free", () => {
  const line = Float64Array.from(f.nodes, (x) => 3 - 2 * x);
  expect(roughnessPenalty([f], 1).evaluate(line)).toBeCloseTo(0, 20);
});

test("the penalty is the sum of the functions' own, and Hessian times u is its gradient", () => {
  const penalty = roughnessPenalty([f, g], [0.5, 2]);
  expect(penalty.size).toBe(14);
  const gradient = new Float64Array(14);
  const value = penalty.evaluate(u, gradient);
  expect(value).toBeCloseTo(0.5 * f.roughness(u, 0) + 2 * g.roughness(u, 5), 10);
  const H = new Float64Array(14 * 14);
  penalty.addHessian(H);
  for (let q = 0; q < 14; q++) expect(u.reduce((sum, v, r) => sum + H[q * 14 + r] * v, 0)).toBeCloseTo(gradient[q], 9);
  expect(u.reduce((sum, v, q) => sum + (v * gradient[q]) / 2, 0)).toBeCloseTo(value, 9);
});

test("a negative strength or a wrong number of strengths is refused", () => {
  expect(() => roughnessPenalty([f], -1)).toThrow("non-negative");
  expect(() => roughnessPenalty([f], [1, 2])).toThrow("must be 1 non-negative");
});
