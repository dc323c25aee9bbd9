import { expect, test } from "vitest";
import { closureConformance } from "../conformance.ts";
import { derivativeMatchingClosure } from "../derivativeMatching/index.ts";
import { graded } from "../exponents.ts";
import { logNormalClosure } from "./index.ts";

const location = [0.3, -0.2, 1];
const root = [
  [0.5, 0, 0],
  [0.2, 0.4, 0],
  [-0.1, 0.3, 0.6],
];
/** exp(a·μ + ½ |Rᵀa|²). */
const moments = (a: readonly number[]): number =>
  Math.exp(
    a.reduce((sum, m, s) => sum + m * location[s], 0) +
      [0, 1, 2].reduce((sum, c) => sum + a.reduce((dot, m, s) => dot + m * root[s][c], 0) ** 2 / 2, 0),
  );

test("logNormal conforms: it is exact for correlated log-normal distributions", () => {
  expect(closureConformance(logNormalClosure, () => moments)).toEqual([]);
});

test("at order 2 it is derivative matching", () => {
  for (const a of graded(3, 3, 4)) {
    const values = [logNormalClosure, derivativeMatchingClosure].map((closure) =>
      closure.express(a, 2)[0].factors.reduce((p, { moment, power }) => p * moments(moment) ** power, 1),
    );
    expect(values[1]).toBeCloseTo(values[0], 9 - Math.log10(values[0]));
  }
});
