import { NumericalError } from "@dbd/numerics/errors";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { compile } from "../../compile.ts";
import { parseNetwork } from "../../parse.ts";
import { methodConformance } from "../../testing.ts";
import { createGroups } from "./groups.ts";
import { compositionRejection, sumsExactly } from "./index.ts";

test("the method conforms", () => {
  expect(methodConformance(compositionRejection, { runs: 2000 })).toEqual([]);
});

test("a failure names reaction, state and time", () => {
  const net = compile(parseNetwork("fall: 0 -> A @ = 2.5 - A"));
  const trajectory = {
    x: Float64Array.of(0, 1),
    start: 0,
    times: Float64Array.of(1000),
    random: stream("compositionRejection", 0),
    out: new Int32Array(1),
    maxEvents: Infinity,
  };
  expect(() => compositionRejection.prepare(net)(trajectory)).toThrow(NumericalError);
  trajectory.x[0] = 0;
  expect(() => compositionRejection.prepare(net)(trajectory)).toThrow(
    /the propensity of reaction "fall" is -0.5 at A = 3, t = /,
  );
});

test("entries are chosen in proportion to values that span many powers of two, whatever came before", () => {
  // A group that keeps a member that has left, or a sum that is not followed, leaves 4.5 standard errors.
  const values = [0, 1e-9, 0.3, 0.75, 1, 1.5, 2, 7, 1000, 0.3];
  const groups = createGroups(values.length);
  const random = stream("groups", 0);
  for (let k = 0; k < 3000; k++) groups.set(k % values.length, random() < 0.2 ? 0 : 2 ** (40 * random() - 20));
  values.forEach((value, entry) => groups.set(entry, value));
  groups.refresh();
  const total = values.reduce((a, b) => a + b, 0);
  expect(groups.total()).toBeCloseTo(total, 9);
  const draws = 200_000;
  const counts = values.map(() => 0);
  for (let k = 0; k < draws; k++) counts[groups.choose(random, total)]++;
  expect(counts[0]).toBe(0);
  for (const [i, value] of values.entries()) {
    const p = value / total;
    if (p < 1e-6) continue;
    expect(Math.abs(counts[i] - draws * p) / Math.sqrt(draws * p * (1 - p)), `entry ${i}`).toBeLessThan(4.5);
  }
});

test("sums that drifted upward lead to a fresh choice, not to a wrong entry or another time", () => {
  const groups = createGroups(2);
  groups.set(0, 1);
  groups.set(1, 1);
  expect(groups.choose(() => 1 - 2 ** -53, 2 + 2 ** -40)).toBe(-1);
});

test("sums are exact where all rates are multiples of one power of two", () => {
  expect(sumsExactly(compile(parseNetwork("A -> 0 @ 0.75\n2 A -> 0 @ 3")))).toBe(true);
  expect(sumsExactly(compile(parseNetwork("A -> 0 @ 0.1")))).toBe(false);
  expect(sumsExactly(compile(parseNetwork("A -> 0 @ = A")))).toBe(false);
});

test("the zeroth value and subnormal ones have their group", () => {
  const groups = createGroups(3);
  groups.set(0, 5e-324);
  groups.set(1, 1e-305);
  groups.set(2, 1.7e308);
  expect(groups.choose(() => 0, groups.total())).toBe(2);
  groups.set(2, 0);
  expect(groups.choose(() => 0.5, groups.total())).toBe(1);
});
