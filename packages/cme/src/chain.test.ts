import { expect, test } from "vitest";
import { chainOf, flush, step } from "./chain.ts";
import { compile } from "./compile.ts";
import { parseNetwork } from "./parse.ts";
import { reachable, type StateSpace } from "./stateSpace.ts";
import { poissonWeights } from "./uniformisation.ts";

function spaceOf(text: string, box: readonly number[]): StateSpace {
  const network = parseNetwork(text);
  return reachable(compile(network), network.initial, Int32Array.from(box), 10_000)!;
}

test.each<[what: string, text: string, box: readonly number[]]>([
  ["two diagonals", "0 -> A @ 3\nA -> 0 @ 1", [30]],
  ["two diagonals of unequal length", "0 -> A @ 3\n3 A -> 0 @ 1\nA = 2", [30]],
  ["one diagonal", "A -> 0 @ 1\nA = 9", [9]],
  ["two species", "0 -> A @ 3\nA <-> B @ 1, 2\nB -> 0 @ 1", [9, 11]],
  ["a box narrower than a jump", "0 -> 5 A @ 1\n0 -> A @ 1\n7 A -> 0 @ 1", [3]],
])("diagonals and rows agree: %s", (_, text, box) => {
  const space = spaceOf(text, box);
  const chain = chainOf(space);
  expect(chain.diagonals).toBeDefined();
  const p = Float64Array.from({ length: space.size }, (_, i) => 1 / (i + 2));
  const [one, two] = [new Float64Array(space.size), new Float64Array(space.size)];
  const leaked = step(space, chain, p, one);
  expect(step(space, { ...chain, diagonals: undefined }, p, two)).toBe(leaked);
  one.forEach((value, i) => expect(Math.abs(value - two[i])).toBeLessThan(1e-15));
  const before = p.reduce((sum, value) => sum + value, 0);
  const after = one.reduce((sum, value) => sum + value, leaked);
  expect(Math.abs(after - before)).toBeLessThan(1e-14); // what moves is neither made nor lost
});

test("states with many distances use rows", () => {
  const jumps = Array.from({ length: 30 }, (_, i) => `0 -> ${i + 1} A @ 1`).join("\n");
  expect(chainOf(spaceOf(jumps, [60])).diagonals).toBeUndefined();
  const sparse = spaceOf("A -> B @ 1\nB -> C @ 1\nC -> A @ 1\n2 A -> D @ 1\nA = 9", [9, 9, 9, 9]);
  expect(chainOf(sparse).diagonals).toBeUndefined();
});

test("probabilities too small to matter are set to 0 before they become subnormal", () => {
  const p = Float64Array.of(1, 1e-149, 1e-151);
  flush(p);
  expect([...p]).toEqual([1, 1e-149, 0]);
});

test.each([0, 1e-9, 0.5, 7, 300, 1e5])("Poisson weights of mean %d", (mean) => {
  const { left, weights } = poissonWeights(mean, 1e-14);
  const moment = (f: (k: number) => number): number => weights.reduce((sum, w, i) => sum + w * f(left + i), 0);
  expect(moment(() => 1)).toBeCloseTo(1, 13);
  expect(Math.abs(moment((k) => k) - mean)).toBeLessThan(1e-11 * Math.max(1, mean));
  expect(Math.abs(moment((k) => (k - mean) ** 2) - mean)).toBeLessThan(1e-8 * Math.max(1, mean));
});
