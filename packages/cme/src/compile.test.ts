import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "./compile.ts";
import type { Network, Reaction } from "./network.ts";
import { parseNetwork } from "./parse.ts";
import { propensities } from "./propensity.ts";

const propensitiesOf = (text: string, x: readonly number[]): number[] => {
  const net = compile(parseNetwork(text));
  const out = new Float64Array(net.rate.length);
  propensities(net, Float64Array.from(x), out);
  return [...out];
};

test("propensities are k times the number of ways to choose the reactants", () => {
  const text = "0 -> A @ 7\nA -> 0 @ 2\n2 A -> 0 @ 3\nA + B -> 0 @ 5\n3 A + 2 B -> 0 @ 1";
  expect(propensitiesOf(text, [4, 3])).toEqual([7, 8, 18, 60, 12]);
  expect(propensitiesOf(text, [1, 1]).map((a) => a + 0)).toEqual([7, 2, 0, 5, 0]);
});

test("a species named twice on one side counts as two copies", () => {
  expect(propensitiesOf("A + A -> 0 @ 3", [4])).toEqual([18]);
});

test("a law is the whole propensity", () => {
  expect(propensitiesOf("A -> B @ = k*A/(1 + B)\nk = 6", [2, 3])).toEqual([3]);
});

test("boundary species count but do not move", () => {
  const net = compile(parseNetwork("F + A -> A + B @ 1\nboundary F = 3"));
  expect([...net.changeSpecies].map((s) => net.network.species[s])).toEqual(["B"]);
});

test("dependents are the reactions that read what a firing changes", () => {
  const net = compile(parseNetwork("A -> B @ 1\nB -> C @ 1\nC -> 0 @ 1\n0 -> D @ = B + 1\nA + D -> A + D @ 1"));
  const dependents = (r: number): number[] => [
    ...net.dependent.subarray(net.dependentStart[r], net.dependentStart[r + 1]),
  ];
  expect([0, 1, 2, 3, 4].map(dependents)).toEqual([[0, 1, 3, 4], [1, 2, 3], [2], [4], []]);
});

const one = { kind: "number", value: 1 } as const;
const decay: Reaction = {
  reactants: [{ species: 0, order: 1 }],
  products: [],
  rate: { kind: "massAction", constant: one },
};
const network: Network = { species: ["A"], reactions: [decay], initial: [3], parameters: new Map() };

test.each<[what: string, broken: Partial<Network>, message: string]>([
  ["a missing amount", { initial: [] }, "initial must have one count per species (1)"],
  ["a negative amount", { initial: [-1] }, "the initial amount of A must be an integer in [0, 2^53), got -1"],
  ["two equal names", { species: ["A", "A"], initial: [1, 1] }, "two species have the same name"],
  ["a name used twice", { parameters: new Map([["A", 1]]) }, '"A" is both a species and a parameter'],
  ["an unknown boundary", { boundary: new Set(["B"]) }, 'the boundary species "B" is not a species'],
  [
    "an index out of range",
    { reactions: [{ ...decay, reactants: [{ species: 4, order: 1 }] }] },
    "reaction 1: reactants name species number 4, of 1",
  ],
  [
    "half a copy",
    { reactions: [{ ...decay, products: [{ species: 0, order: 0.5 }] }] },
    "reaction 1: a stoichiometry must be an integer from 1 to 1000, got 0.5",
  ],
  [
    "an unknown name",
    { reactions: [{ ...decay, rate: { kind: "massAction", constant: { kind: "symbol", name: "k" } } }] },
    'network: unknown name "k" in the rate constant of reaction 1. Known names: time',
  ],
  ["a parameter that is no number", { parameters: new Map([["k", Number.NaN]]) }, '"k" must be finite, got NaN'],
])("refuses %s", (_, broken, message) => {
  expect(() => compile({ ...network, ...broken })).toThrow(message);
});

const reactionText = fc
  .record({
    left: fc.array(fc.constantFrom("A", "2 B", "C"), { maxLength: 2 }),
    right: fc.array(fc.constantFrom("B", "2 C", "A"), { maxLength: 2 }),
    k: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ left, right, k }) => `${left.join(" + ") || "0"} -> ${right.join(" + ") || "0"} @ ${k}`);

const head = (...names: string[]): string => names.map((name) => `species ${name} = 0`).join("\n");

test("renaming the order of species permutes nothing but the columns", () => {
  fc.assert(
    fc.property(
      fc.array(reactionText, { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }),
      (reactions, [a, b, c]) => {
        const text = `\n${reactions.join("\n")}`;
        expect(propensitiesOf(head("C", "A", "B") + text, [c, a, b])).toEqual(
          propensitiesOf(head("A", "B", "C") + text, [a, b, c]),
        );
      },
    ),
    { seed: 11, numRuns: 100 },
  );
});
