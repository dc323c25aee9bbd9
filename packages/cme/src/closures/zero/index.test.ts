import { expect, test } from "vitest";
import { closureConformance } from "../conformance.ts";
import { zeroClosure } from "./index.ts";

test("zero conforms: it is exact for the formal moments whose central moments above the order vanish", () => {
  const problems = closureConformance(zeroClosure, (order) => (a) => {
    // n_s = (s + 4) + (s + 1) x with one x for all species: independent ones would multiply to central moments above the order
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
