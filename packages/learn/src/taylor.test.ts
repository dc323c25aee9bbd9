import { expect, test } from "vitest";
import { taylorTest } from "./taylor.ts";

const u = Float64Array.of(0.3, -0.7);
const direction = Float64Array.of(1, 0.5);
const steps = [1e-1, 1e-2, 1e-3];
const f = (v: Float64Array): number => Math.exp(v[0]) * Math.sin(v[1]);
const right = Float64Array.of(Math.exp(0.3) * Math.sin(-0.7), Math.exp(0.3) * Math.cos(-0.7));

test("the remainder of a right gradient falls with slope 2 and the plain difference with slope 1", () => {
  const rows = taylorTest(f, right, { u, direction, steps });
  expect(rows).toHaveLength(3);
  expect(rows[0].slope).toBeNaN();
  expect(rows[2].slope).toBeCloseTo(2, 1);
  expect(Math.log10(rows[1].remainder0 / rows[2].remainder0)).toBeCloseTo(1, 1);
});

test("a gradient that is wrong by one per cent shows slope 1", () => {
  const rows = taylorTest(
    f,
    right.map((g) => 1.01 * g),
    { u, direction, steps: [1e-4, 1e-5, 1e-6] },
  );
  expect(rows[2].slope).toBeCloseTo(1, 1);
});
