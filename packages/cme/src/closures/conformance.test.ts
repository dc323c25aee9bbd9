import { expect, test } from "vitest";
import type { Closure } from "./closure.ts";
import { closureConformance } from "./conformance.ts";
import { normalClosure } from "./normal/index.ts";

const point = () => (a: readonly number[]) => a.reduce((p, m, s) => p * (s + 2) ** m, 1);

const closure = (changes: Partial<Closure>): Closure => ({ ...normalClosure, ...changes });
/** Mean field, times a factor. */
const product = (a: readonly number[], coefficient: number): ReturnType<Closure["express"]> => [
  { coefficient, factors: a.map((power, s) => ({ moment: a.map((_, t) => (s === t ? 1 : 0)), power })) },
];

const meanField: Closure["express"] = (a) => product(a, 1);

test("a closure that is wrong in one respect is found out", () => {
  expect(closureConformance(closure({ express: meanField }), point)).toEqual([]);
  expect(closureConformance(closure({ name: "Mean field" }), point)).toEqual([
    'the name "Mean field" is not camelCase',
  ]);
  const itself = closureConformance(
    closure({ express: (a) => [{ coefficient: 1, factors: [{ moment: a, power: 1 }] }] }),
    point,
  );
  expect(itself[0]).toContain("is expressed by ⟨n^(2)⟩, which is not lower");
  const odd = closure({
    express: () => [{ coefficient: Number.NaN, factors: [{ moment: [1], power: 0.5 }] }],
    orders: [1, 1],
  });
  expect(closureConformance(odd, point).slice(0, 2)).toEqual([
    "order 1: a coefficient of ⟨n^(2)⟩ is NaN",
    "order 1: ⟨n^(2)⟩ has the power 0.5, which is not whole",
  ]);
  const doubled = closure({ express: (a) => product(a, 2) });
  expect(closureConformance(doubled, point)[0]).toBe("order 1: ⟨n^(2)⟩ should be 4, got 8");
  const lopsided = closure({
    express: (a) => product(a, a[0] > (a.at(-1) ?? 0) ? 1 + 1e-8 : 1),
  });
  expect(closureConformance(lopsided, point)).toContain("order 1: ⟨n^(2,0)⟩ depends on the order of the species");
});
