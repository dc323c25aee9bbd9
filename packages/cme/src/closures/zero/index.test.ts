import { expect, test } from "vitest";
import { closureConformance } from "../conformance.ts";
import { zeroClosure } from "./index.ts";

// Independent two-point laws n = μ ± √v have the central moments 0, v, 0, v²; only orders at which those above vanish count,
// so the law depends on the order: spread over order 1 only by 0 (a point), else by √v in signed weights.
test("zero conforms: it is exact for the formal moments whose central moments above the order vanish", () => {
  const problems = closureConformance(zeroClosure, (order) => (a) => {
    // ∏ over species would multiply central moments to higher orders; take one common fluctuation x for all species
    const central = [1, 0, 1.5, -0.75, 3].map((m, k) => (k > order ? 0 : m));
    let polynomial = [1];
    for (const [s, power] of a.entries()) {
      for (let i = 0; i < power; i++) {
        polynomial = Array.from(
          { length: polynomial.length + 1 },
          (_, k) => (s + 4) * (polynomial[k] ?? 0) + (s + 1) * (polynomial[k - 1] ?? 0),
        );
      }
    }
    return polynomial.reduce((sum, c, k) => sum + c * (central[k] ?? 0), 0);
  });
  expect(problems).toEqual([]);
});

test("⟨A³⟩ = 3 ⟨A⟩⟨A²⟩ − 2 ⟨A⟩³ at order 2", () => {
  expect(zeroClosure.express([3], 2)).toEqual([
    { coefficient: 1, factors: [{ moment: [1], power: 3 }] },
    {
      coefficient: -3,
      factors: [
        { moment: [1], power: 2 },
        { moment: [1], power: 1 },
      ],
    },
    {
      coefficient: 3,
      factors: [
        { moment: [1], power: 1 },
        { moment: [2], power: 1 },
      ],
    },
  ]);
});
