import * as fc from "fast-check";
import { expect, test } from "vitest";
import { add, multiply, ratio, ratioOf, toNumber } from "./ratio.ts";

const double = fc.double({ noNaN: true, noDefaultInfinity: true });

test("a double becomes a fraction and comes back as it was", () => {
  fc.assert(
    fc.property(double, (x) => {
      expect(toNumber(ratioOf(x))).toBe(x + 0); // −0 is 0
    }),
    { seed: 1, numRuns: 500, examples: [[Number.MAX_VALUE], [Number.MIN_VALUE], [-0.1], [5e-324], [2 ** 60 + 4096]] },
  );
});

test("sums and products are exact where doubles round", () => {
  expect(add(ratioOf(1), ratioOf(2 ** -60))).toEqual(ratio(2n ** 60n + 1n, 2n ** 60n));
  expect(multiply(ratio(1n, 3n), ratio(-6n, 4n))).toEqual(ratio(-1n, 2n));
  expect(ratio(3n, -6n)).toEqual({ top: -1n, bottom: 2n });
  expect(toNumber(ratio(1n, 3n))).toBe(1 / 3);
  expect(toNumber(ratio(10n ** 400n, 3n * 10n ** 400n))).toBe(1 / 3);
  expect(toNumber(ratio(-(10n ** 40n), 1n))).toBe(-1e40);
});
