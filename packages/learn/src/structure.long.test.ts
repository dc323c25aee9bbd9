import { expect, test } from "vitest";
import { rankOnRing } from "./reference/ringStructure.ts";

const seeds = Array.from({ length: 20 }, (_, seed) => seed);

test("11 → 00 with diffusion: the generator's own pair leads 8 candidates in 20 of 20 seeds", () => {
  const first = seeds.map((seed) => rankOnRing({ before: [1, 1], after: [0, 0] }, seed, 10_000)[0].label);
  expect(first.filter((label) => label === "01")).toHaveLength(20);
});

test("111 → 101 with diffusion: the triplet and the pair that it implies lead in 20 of 20 seeds", () => {
  const leading = seeds.map((seed) =>
    rankOnRing({ before: [1, 1, 1], after: [1, 0, 1] }, seed, 10_000)
      .slice(0, 2)
      .map(({ label }) => label)
      .toSorted()
      .join(),
  );
  expect(leading.filter((labels) => labels === "01,012")).toHaveLength(20);
});
