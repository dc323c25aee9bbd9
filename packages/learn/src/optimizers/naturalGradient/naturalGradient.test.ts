import { expect, test } from "vitest";
import { learn } from "../../learn.ts";
import { gridProblem } from "../../reference/galtonWatson.ts";
import { nodeError } from "../../reference/nodeError.ts";
import { optimizerConformance } from "../../testing.ts";
import { decay } from "../optimizer.ts";
import { naturalGradient } from "./index.ts";

test("naturalGradient passes the kit", () => {
  expect(optimizerConformance(naturalGradient())).toEqual([]);
});

test("a step does not depend on the units of the coefficients, and is no longer than the trust radius", () => {
  const optimizer = naturalGradient({ damping: 1e-12, trust: 0.5 });
  const step = (units: readonly number[], size: number): number[] => {
    const u = new Float64Array(2);
    const gradient = Float64Array.of(size * units[0], -size * units[1]);
    const metric = Float64Array.of(4 * units[0] ** 2, units[0] * units[1], units[0] * units[1], 2 * units[1] ** 2);
    optimizer.step(u, gradient, optimizer.state(2), 0, metric);
    return [...u].map((v, q) => v * units[q]);
  };
  const [a, b] = [step([1, 1], 0.01), step([30, 0.5], 0.01)];
  for (const q of [0, 1]) expect(b[q]).toBeCloseTo(a[q], 7);
  const [x, y] = step([1, 1], 100);
  expect(Math.sqrt(4 * x * x + 2 * x * y + 2 * y * y)).toBeCloseTo(0.5, 9);
});

test("with sampled moments it learns the slides' example in few steps, from stratified draws", async () => {
  const problem = gridProblem();
  const { u } = await learn(problem, {
    optimizer: naturalGradient({ rate: decay(1, 0.2, 30), trust: 1 }),
    iterations: 30,
    asleep: { draws: 200, seed: "natural" },
  });
  expect(nodeError(problem, u)[0]).toBeLessThan(0.02);
});

test("what is no metric moves nothing, and settings out of range are refused", () => {
  const optimizer = naturalGradient();
  const u = Float64Array.of(1, 2);
  optimizer.step(u, Float64Array.of(1, 1), optimizer.state(2), 0, Float64Array.of(1, 2, 2, 1));
  expect([...u]).toEqual([1, 2]);
  expect(() => optimizer.step(u, u, optimizer.state(2), 0)).toThrow("needs the metric");
  expect(() => naturalGradient({ trust: 0 })).toThrow("trust must be positive, got 0");
});
