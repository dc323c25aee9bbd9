import { expect, test } from "vitest";
import { optimizerConformance } from "../../testing.ts";
import { decay, rateAt } from "../optimizer.ts";
import { sgd } from "./index.ts";

test("sgd passes the kit, plain and normalised with a decaying rate", () => {
  expect(optimizerConformance(sgd({ rate: 0.1 }))).toEqual([]);
  expect(optimizerConformance(sgd({ rate: decay(0.1, 1e-4, 2000), normalised: true }))).toEqual([]);
});

test("the normalised update changes no coefficient by more than the rate, and the steepest by exactly it", () => {
  const u = new Float64Array(3);
  sgd({ rate: 0.05, normalised: true }).step(u, Float64Array.of(1, -4, 2), new Float64Array(0), 0);
  expect([...u]).toEqual([-0.0125, 0.05, -0.025]);
});

test("the kit finds an optimiser that climbs, one that forgets, and one with a bad name", () => {
  const climbing = {
    ...sgd({ rate: 0.01 }),
    step: (u: Float64Array, g: Float64Array) => u.forEach((v, q) => (u[q] = v + 0.01 * g[q])),
  };
  expect(optimizerConformance(climbing).join()).toContain("not downhill");
  let calls = 0;
  const drifting = {
    name: "Bad name",
    state: () => new Float64Array(0),
    step: (u: Float64Array, g: Float64Array) =>
      u.forEach((v, q) => {
        u[q] = v - 1e-9 * ++calls - 0.01 * g[q];
        g[q] = 0;
      }),
  };
  const found = optimizerConformance(drifting).join();
  for (const problem of ["camelCase", "zero gradient moved", "was overwritten", "two equal runs differ"])
    expect(found).toContain(problem);
});

test("a schedule runs from first to last in equal ratios and then stays", () => {
  const rate = decay(0.1, 0.001, 3);
  expect([0, 1, 2, 9].map((i) => Number(rateAt(rate, i).toPrecision(12)))).toEqual([0.1, 0.01, 0.001, 0.001]);
  expect(rateAt(0.5, 7)).toBe(0.5);
  expect(() => sgd({ rate: 0 })).toThrow("rate must be positive");
});
