import { expect, test } from "vitest";
import { optimizerConformance } from "../../testing.ts";
import { momentum } from "./index.ts";

test("momentum passes the kit", () => {
  expect(optimizerConformance(momentum({ rate: 0.02 }))).toEqual([]);
});

test("two steps by hand", () => {
  const optimizer = momentum({ rate: 0.1, momentum: 0.5 });
  const state = optimizer.state(1);
  const u = new Float64Array(1);
  optimizer.step(u, Float64Array.of(2), state, 0);
  expect(u[0]).toBeCloseTo(-0.2, 15);
  optimizer.step(u, Float64Array.of(1), state, 1);
  expect(u[0]).toBeCloseTo(-0.2 - 0.1 - 0.1, 15); // half of the last step is kept
});

test("settings out of range are refused", () => {
  expect(() => momentum({ rate: 0 })).toThrow("rate must be positive, got 0");
  expect(() => momentum({ rate: 1, momentum: 1 })).toThrow("momentum must lie in [0, 1), got 1");
});
