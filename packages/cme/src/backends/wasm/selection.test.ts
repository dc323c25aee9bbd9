import { array, assert, constantFrom, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../../compile.ts";
import { parseNetwork } from "../../parse.ts";
import { speciesChanges } from "./selection.ts";

/** What the kernel adds to each species when reaction r is chosen. */
function moved(text: string, r: number): number[] {
  const net = compile(parseNetwork(text));
  const delta = net.network.species.map(() => 0);
  for (const { species, base, steps, hits } of speciesChanges(net)) {
    delta[species] += base;
    for (const [i, weight] of steps) if (r > i) delta[species] += weight;
    for (const [i, weight] of hits) if (r === i) delta[species] += weight;
  }
  return delta;
}

test("species that only one reaction in the middle changes are moved by it alone", () => {
  const text = "A -> B @ 1\nB -> A @ 1\nB -> B + C @ 1\nB -> A @ 1\nA -> B @ 1";
  expect([0, 1, 2, 3, 4].map((r) => moved(text, r))).toEqual([
    [-1, 1, 0],
    [1, -1, 0],
    [0, 0, 1],
    [1, -1, 0],
    [-1, 1, 0],
  ]);
});

test("sums of comparison bits give the stoichiometry of every network", () => {
  const side = array(constantFrom("A", "B", "C", "D"), { maxLength: 3 });
  const reactions = array(tuple(side, side), { minLength: 1, maxLength: 20 });
  const line = ([from, to]: readonly string[][]): string =>
    `${from.join(" + ") || "0"} -> ${to.join(" + ") || "0"} @ 1`;
  assert(
    property(reactions, (list) => {
      const text = ["A", "B", "C", "D"]
        .map((name) => `species ${name} = 0`)
        .concat(list.map(line))
        .join("\n");
      const names = parseNetwork(text).species;
      const count = (part: readonly string[], name: string): number => part.filter((one) => one === name).length;
      for (const [r, [from, to]] of list.entries()) {
        expect(moved(text, r)).toEqual(names.map((name) => count(to, name) - count(from, name)));
      }
    }),
    { numRuns: 40, seed: 1 },
  );
});
