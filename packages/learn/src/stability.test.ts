import { polynomial } from "@dbd/numerics/functions/polynomial";
import { rk4, solve } from "@dbd/ode";
import { expect, test } from "vitest";
import { parametric } from "./dynamics/parametric/index.ts";
import { linearStability, stableSubsteps } from "./stability.ts";

const line = polynomial(2, 1); // u₀ + u₁ x + u₂ y
const linear = parametric([line, line]);

test.each([
  { name: "a saddle", u: [0, 1, 0, 0, 0, -3], growth: 1, radius: 3 },
  { name: "a spiral", u: [0, -0.5, 4, 0, -4, -0.5], growth: -0.5, radius: Math.hypot(0.5, 4) },
  { name: "a shear, not diagonalisable", u: [0, -2, 100, 0, 0, -2], growth: -2, radius: 2 },
  { name: "nothing", u: [1, 0, 0, 1, 0, 0], growth: 0, radius: 0 },
])("growth and radius of $name", ({ u, growth, radius }) => {
  const [got] = linearStability(linear, Float64Array.from(u), Float64Array.of(0.3, -1));
  expect(got.growth).toBeCloseTo(growth, 3);
  expect(got.radius).toBeCloseTo(radius, 3);
});

test("the substeps that it asks for keep rk4 stable, and half of them do not", () => {
  const u = Float64Array.of(0, -40, 0, 0, 0, -1);
  const times = [0, 1, 2, 3, 4];
  const rows = linearStability(linear, u, new Float64Array(10));
  const substeps = stableSubsteps(times, rows);
  const end = (steps: number): number =>
    Math.abs(solve(linear, u, { y0: [1, 1], times, integrator: rk4, substeps: steps }).values[8]);
  expect(substeps).toBe(16);
  expect(end(substeps)).toBeLessThan(1e-6);
  expect(end(substeps / 2)).toBeGreaterThan(1);
  expect(() => linearStability(linear, u, new Float64Array(3))).toThrow("length T·2");
});
