import { expect, test } from "vitest";
import { closureConformance } from "../conformance.ts";
import { derivativeMatchingClosure } from "./index.ts";

const location = [0.3, -0.2, 1];
/** Log-normal moments, correlated when the order allows: mean field knows only points. */
const moments = (order: number) => (a: readonly number[]) => {
  const linear = a.reduce((sum, m, s) => sum + m * location[s], 0);
  const common = a.reduce((sum, m, s) => sum + (m * (s + 1)) / 4, 0);
  return Math.exp(linear + (order === 1 ? 0 : common ** 2 / 2) + (order < 3 ? 0 : common ** 3 / 20));
};

test("derivative matching conforms: it is exact when log-moments are polynomials of the order's degree", () => {
  expect(closureConformance(derivativeMatchingClosure, moments)).toEqual([]);
});

const factors = (order: number, m: number): unknown => derivativeMatchingClosure.express([m], order)[0].factors;

test("Singh & Hespanha's exponents: m₃ = (m₂/m₁)³, and at order 3 m₄ = m₁⁴ m₃⁴/m₂⁶", () => {
  expect(factors(2, 3)).toEqual([
    { moment: [1], power: -3 },
    { moment: [2], power: 3 },
  ]);
  expect(factors(3, 4)).toEqual([
    { moment: [1], power: 4 },
    { moment: [2], power: -6 },
    { moment: [3], power: 4 },
  ]);
});
