import { expect, test } from "vitest";
import { optimizerConformance } from "../../testing.ts";
import { momentum } from "../momentum/index.ts";
import { nesterov } from "./index.ts";

test("nesterov passes the kit", () => {
  expect(optimizerConformance(nesterov({ rate: 0.02 }))).toEqual([]);
});

test("the points looked at are Nesterov's: a step by the momentum, then the gradient there", () => {
  const rate = 0.1;
  const mu = 0.8;
  const slope = (x: number): number => 3 * x + 1;
  const optimizer = nesterov({ rate, momentum: mu });
  const state = optimizer.state(1);
  const u = Float64Array.of(2);
  let x = 2; // Nesterov's own iterates
  let v = 0;
  for (let i = 0; i < 6; i++) {
    expect(u[0]).toBeCloseTo(x + mu * v, 12);
    optimizer.step(u, Float64Array.of(slope(u[0])), state, i);
    v = mu * v - rate * slope(x + mu * v);
    x += v;
  }
});

test("it swings less than momentum on a stiff quadratic", () => {
  const swing = (optimizer: ReturnType<typeof nesterov>): number => {
    const u = Float64Array.of(1);
    const state = optimizer.state(1);
    let lowest = 0;
    for (let i = 0; i < 50; i++) {
      optimizer.step(
        u,
        u.map((v) => 10 * v),
        state,
        i,
      );
      lowest = Math.min(lowest, u[0]);
    }
    return -lowest;
  };
  const settings = { rate: 0.02, momentum: 0.9 };
  expect(swing(nesterov(settings))).toBeLessThan(0.8 * swing(momentum(settings)));
  expect(() => nesterov({ rate: 1, momentum: -0.1 })).toThrow("nesterov: momentum must lie in [0, 1)");
});
