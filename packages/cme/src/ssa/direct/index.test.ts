import { NumericalError } from "@dbd/numerics/errors";
import { stream } from "@dbd/numerics/random/stream";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../../compile.ts";
import { parseNetwork } from "../../parse.ts";
import { methodConformance } from "../../testing.ts";
import type { Outcome } from "../method.ts";
import { direct } from "./index.ts";

interface Run extends Outcome {
  readonly out: number[];
}

function runOf(text: string, times: readonly number[], maxEvents = Infinity, seed = "direct"): Run {
  const net = compile(parseNetwork(text));
  const size = net.network.species.length;
  const out = new Int32Array(times.length * size);
  const x = Float64Array.of(...net.network.initial, 1);
  const grid = Float64Array.from(times);
  const outcome = direct.prepare(net)({ x, start: 0, times: grid, random: stream(seed, 0), out, maxEvents });
  return { ...outcome, out: [...out] };
}

test("the direct method conforms", () => {
  expect(methodConformance(direct)).toEqual([]);
});

test("a rate of 0 and a state without copies are absorbing", () => {
  expect(runOf("A -> 0 @ 0\nA = 5", [0, 100])).toMatchObject({ events: 0, rows: 2, out: [5, 5] });
  expect(runOf("2 A -> 0 @ 9\nA + B -> B @ 9\nA = 1", [0, 100])).toMatchObject({ events: 0, out: [1, 0, 1, 0] });
});

test("a network without species and reactions records empty rows", () => {
  expect(runOf("", [0, 1])).toMatchObject({ events: 0, rows: 2, out: [] });
});

test("an event that changes nothing is an event", () => {
  expect(runOf("A -> A @ 10\nA = 1", [0, 1e9], 50)).toMatchObject({ events: 50, rows: 1 });
});

test("more than one block of reactions selects them in proportion to their propensities", () => {
  // 40 reactions, three blocks; species i must come out Poisson with mean i. A block that is skipped, or summed without
  // the event's own change, leaves the limit of 4.5 standard errors at once.
  const text = Array.from({ length: 40 }, (_, i) => `0 -> S${i} @ ${i}`).join("\n");
  const runs = 400;
  const totals = new Float64Array(40);
  for (let k = 0; k < runs; k++) runOf(text, [1], Infinity, `block ${k}`).out.forEach((n, i) => (totals[i] += n));
  expect(totals[0]).toBe(0);
  for (let i = 1; i < 40; i++) {
    expect(Math.abs(totals[i] / runs - i) / Math.sqrt(i / runs), `species ${i}`).toBeLessThan(4.5);
  }
});

test("a ring of 100 reactions keeps its copies", () => {
  const text = Array.from({ length: 100 }, (_, i) => `S${i} -> S${(i + 1) % 100} @ ${1 + (i % 7)}`).join("\n");
  const { out, events } = runOf(`${text}\nS0 = 500`, [3]);
  expect(out.reduce((sum, n) => sum + n, 0)).toBe(500);
  expect(events).toBeGreaterThan(1000);
});

const conserving = fc
  .record({ from: fc.nat(3), to: fc.nat(3), order: fc.integer({ min: 1, max: 4 }), k: fc.integer({ min: 0, max: 3 }) })
  .map(({ from, to, order, k }) => `${order} S${from} -> ${order} S${to} @ ${k}`);

test("conversions of any order conserve the number of copies and never go below 0", () => {
  fc.assert(
    fc.property(fc.array(conserving, { minLength: 1, maxLength: 20 }), fc.string(), (reactions, seed) => {
      const head = [0, 1, 2, 3].map((s) => `species S${s} = ${5 * s}`);
      const { out } = runOf([...head, ...reactions].join("\n"), [0, 0.01, 0.1], 2000, seed);
      for (let row = 0; row < 12; row += 4) {
        const counts = out.slice(row, row + 4);
        if (row > 0 && counts.every((n) => n === 0)) continue; // the budget ended the run before this row
        expect(counts.reduce((sum, n) => sum + n, 0)).toBe(30);
        expect(Math.min(...counts)).toBeGreaterThanOrEqual(0);
      }
    }),
    { seed: 5, numRuns: 200 },
  );
});

test.each<[what: string, text: string, message: string]>([
  ["a law that turns negative", "0 -> A @ = 2.5 - A", "simulate: the propensity of reaction 1 is -0.5 at A = 3, t = "],
  ["a law that is not a number", "0 -> A @ 1\nnan: A -> 0 @ = ln(0)*0*A", 'the propensity of reaction "nan" is NaN'],
  ["a law that removes more than there is", "A -> 0 @ = 1\nA = 2", "reaction 1 takes A to -1 at t = "],
  ["a count that does not fit", "A -> 1000 A @ 1e-3\nA = 2147483000", "Counts must stay below 2^31"],
  ["propensities without bound", "9 A -> 0 @ 1e300\nA = 2000000000", "the propensity of reaction 1 is Infinity"],
])("%s ends the run by name, state and time", (_, text, message) => {
  const run = (): unknown => runOf(text, [1000]);
  expect(run).toThrow(NumericalError);
  expect(run).toThrow(message);
});

test("propensities may be finite and sum to infinity", () => {
  expect(() => runOf("A -> 0 @ 1e308\nA -> B @ 1e308\nA = 1", [1])).toThrow("the propensities sum to infinity");
});

test("rounding past the last reaction that can fire picks the last one that can", () => {
  // Five times 1 + ¾ ulp rounds up, so the sum is more than its parts, and the largest u points past them all.
  const tiny = Array.from({ length: 5 }, (_, i) => `0 -> T${i} @ ${0.75 * 2 ** -52}`);
  const net = compile(parseNetwork(["0 -> A @ 1", ...tiny, "C -> 0 @ 1"].join("\n")));
  const draws = [0.5, 1 - 2 ** -53, 1 - 2 ** -53];
  const out = new Int32Array(7);
  const x = new Float64Array(8);
  x[7] = 1;
  const random = (): number => draws.shift() ?? 0;
  const outcome = direct.prepare(net)({ x, start: 0, times: Float64Array.of(9), random, out, maxEvents: 1 });
  expect(outcome.events).toBe(1);
  expect([...x]).toEqual([0, 0, 0, 0, 0, 1, 0, 1]);
});
