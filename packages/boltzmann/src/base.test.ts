import { expect, test } from "vitest";
import { binomial, counting, poisson } from "./base.ts";

test("the three bases are 1, 1/n! and C(N, n)", () => {
  expect(counting.logWeight(17)).toBe(0);
  expect(Math.exp(-poisson.logWeight(6))).toBeCloseTo(720, 9);
  expect(Math.exp(binomial(7).logWeight(3))).toBeCloseTo(35, 11);
  expect(binomial(7).max).toBe(7);
});

test("binomial refuses a number of places that is no positive integer", () => {
  expect(() => binomial(0)).toThrow("positive integer, got 0");
  expect(() => binomial(2.5)).toThrow("positive integer, got 2.5");
});
