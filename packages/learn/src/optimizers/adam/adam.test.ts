import { expect, test } from "vitest";
import { optimizerConformance } from "../../testing.ts";
import { adam } from "./index.ts";

test("adam passes the kit", () => {
  expect(optimizerConformance(adam({ rate: 0.01 }))).toEqual([]);
});

test("the first step has the length of the rate in every coefficient, whatever the gradient's scale", () => {
  const optimizer = adam({ rate: 0.1 });
  const u = new Float64Array(2);
  optimizer.step(u, Float64Array.of(1e-3, -500), optimizer.state(2), 0);
  expect(u[0]).toBeCloseTo(-0.1, 5);
  expect(u[1]).toBeCloseTo(0.1, 9);
});

test("two steps by hand (Kingma & Ba, algorithm 1)", () => {
  const optimizer = adam({ rate: (i) => (i === 0 ? 0.1 : 0.2), beta1: 0.5, beta2: 0.75, epsilon: 0 });
  const state = optimizer.state(1);
  const u = new Float64Array(1);
  optimizer.step(u, Float64Array.of(2), state, 0);
  optimizer.step(u, Float64Array.of(1), state, 1);
  // m = 1, 1 → 1/0.75; v = 1, 1 → 1/0.4375
  expect(u[0]).toBeCloseTo(-0.1 - (0.2 * (1 / 0.75)) / Math.sqrt(1 / 0.4375), 14);
});

test("rates and decays out of range are refused", () => {
  expect(() => adam({ rate: -1 })).toThrow("rate must be positive");
  expect(() => adam({ beta2: 1 })).toThrow("beta2 must lie in [0, 1)");
});
