import { expect, test } from "vitest";
import { chiSquareScore } from "./chiSquare.ts";

test("the score of a hand-made table is that of its chi-square", () => {
  // χ² = 25/50 + 25/50 = 1 at one degree of freedom; (1 − 7/9)/√(2/9).
  expect(chiSquareScore([45, 55], [0.5, 0.5])).toBeCloseTo(2 / 9 / Math.sqrt(2 / 9), 12);
});

test("cells that expect little are joined with their neighbours, the last ones backwards", () => {
  const joined = chiSquareScore([45, 3, 52], [0.5, 0.02, 0.48]);
  expect(joined).toBeCloseTo(chiSquareScore([45, 55], [0.5, 0.5]), 12);
  expect(chiSquareScore([45, 52, 3], [0.5, 0.48, 0.02])).toBeCloseTo(joined, 12);
});

test("one cell is no test", () => {
  expect(() => chiSquareScore([5], [1])).toThrow("chiSquareScore: needs two cells");
});
