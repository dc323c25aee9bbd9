import { compileExpression, parseExpression, printExpression } from "@dbd/cme/expression";
import { logBinomial } from "@dbd/numerics/special";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { massActionParts } from "./massAction.ts";

const species = ["A", "B", "C"];
const isSpecies = (name: string): boolean => species.includes(name);
const parse = (text: string): ReturnType<typeof parseExpression> => parseExpression(text, { line: 1, column: 1 });

const show = ([name, order]: readonly [string, number]): string => `${name}${order}`;

/** "rate | A2 | B1 ; …" for rate·C(A, 2)·C(B, 1) + …, or "none" for a law that is no polynomial. */
function partsOf(text: string): string {
  const parts = massActionParts(parse(text), isSpecies);
  if (parts === undefined) return "none";
  return parts.map(({ rate, orders }) => [printExpression(rate), ...[...orders].map(show)].join(" | ")).join(" ; ");
}

describe("a law that is the same polynomial as k·∏ C(n, m) is recognised", () => {
  test.each<[law: string, parts: string]>([
    ["k", "k"],
    ["k * A", "k | A1"],
    ["A * k * 0.5", "0.5 * k | A1"],
    ["k * A * (A - 1) / 2", "k | A2"],
    ["k * A * (A - 1)", "2 * k | A2"],
    ["k / 2 * (A^2 - A)", "k | A2"],
    ["A * (k * A / 2 - k / 2)", "k | A2"],
    ["0.1 * A * (A - 1) * (A - 2) / 6", "0.1 | A3"],
    ["k * B * A * (A - 1) / 2", "k | A2 | B1"],
    ["k * A / V * B", "k / V | A1 | B1"],
    ["V * k * (A / V)", "k | A1"],
    ["(k + l) * A", "k + l | A1"],
    ["exp(-E / T) * A", "exp(-E / T) | A1"],
    ["A / (k + l)", "1 / (k + l) | A1"],
    ["A * k^-2", "1 / k^2 | A1"],
    ["A * (k + l)^-2", "1 / (k + l)^2 | A1"],
    ["A * B - A * B + A", "1 | A1"],
    ["A - A", ""],
    ["A * k^2.5", "k^2.5 | A1"],
  ])("%s", (law, parts) => {
    expect(partsOf(law)).toBe(parts);
  });
});

describe("a law that is another polynomial has several parts, any other law none", () => {
  test.each<[law: string, parts: string]>([
    ["k * A * A", "k | A1 ; 2 * k | A2"],
    ["k * A * (A - 1.0000000000000002)", "-2.220446049250313e-16 * k | A1 ; 2 * k | A2"],
    ["A + B", "1 | A1 ; 1 | B1"],
    ["k * A / (K + A)", "none"],
    ["A^0.5", "none"],
    ["A^B", "none"],
    ["A^40", "none"],
    ["exp(A)", "none"],
    ["max(A, 1)", "none"],
    ["(A + B + C + 1)^12 * (A + B + C + 1)^12", "none"],
    ["1 / A", "none"],
    ["A * A^-1", "none"],
  ])("%s", (law, parts) => {
    expect(partsOf(law)).toBe(parts);
  });
});

// Catches a wrong Stirling number, a lost factorial and any term that is dropped in expansion.
test("the parts add up to the law at random states", () => {
  const factor = fc.constantFrom("A", "B", "(A - 1)", "(B - 2)", "(A - B)", "0.3", "k", "(C + k)^2", "A^3", "-C / 7");
  const law = fc
    .array(fc.array(factor, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })
    .map((terms) => terms.map((factors) => factors.join(" * ")).join(" + "));
  const slots = new Map(species.map((name, i) => [name, i]));
  const constants = new Map([["k", 1.7]]);
  fc.assert(
    fc.property(law, fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 3, maxLength: 3 }), (text, x) => {
      const state = Float64Array.from(x);
      const direct = compileExpression(parse(text), slots, constants)(state);
      let sum = 0;
      let size = 1;
      for (const { rate, orders } of massActionParts(parse(text), isSpecies)!) {
        let term = compileExpression(rate, new Map(), constants)(state);
        for (const [name, order] of orders) term *= choose(state[slots.get(name)!], order);
        sum += term;
        size += Math.abs(term);
      }
      expect(Math.abs(sum - direct) / size).toBeLessThan(1e-12);
    }),
    { seed: 20240517, numRuns: 300 },
  );
});

function choose(n: number, k: number): number {
  return k > n ? 0 : Math.round(Math.exp(logBinomial(n, k)));
}
