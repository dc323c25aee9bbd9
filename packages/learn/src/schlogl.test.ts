import { expect, test } from "vitest";
import { follow, learnSchlogl, schloglData } from "./reference/schlogl.ts";

test("a fit of Schlögl's model from x₀ = 250 (one trajectory, no prediction) reaches the floor of K = 4", async () => {
  const data = schloglData(4, [250]);
  const { problem, u } = await learnSchlogl(data, { hidden: 12, seed: 1, iterations: 10 });
  const { kl, floor, mean, variance } = follow(problem, u, data.starts[0]);
  expect(floor).toBeCloseTo(0.239, 3); // the reference table
  expect(kl).toBeLessThan(0.241);
  expect(mean).toBeLessThan(0.005);
  expect(variance).toBeLessThan(0.01);
});
