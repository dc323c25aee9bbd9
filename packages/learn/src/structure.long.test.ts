import { expect, test } from "vitest";
import { rankOnRing } from "./reference/ringStructure.ts";

const rules = [
  { name: "11 → 00", own: "01", rule: { before: [1, 1], after: [0, 0] } },
  { name: "111 → 101", own: "012", rule: { before: [1, 1, 1], after: [1, 0, 1] } },
];

test.each(rules)(
  "$name with diffusion: the generator's own cluster leads 8 candidates in 20 of 20 seeds",
  ({ own, rule }) => {
    const first = Array.from({ length: 20 }, (_, seed) => rankOnRing(rule, seed, 10_000)[0].label);
    expect(first.filter((label) => label === own)).toHaveLength(20);
  },
);
