import { NumericalError, UnsupportedError } from "@dbd/numerics/errors";
import { stream } from "@dbd/numerics/random/stream";
import { describe, expect, test } from "vitest";
import { compile } from "../compile.ts";
import { parseNetwork } from "../parse.ts";
import { direct } from "./direct/index.ts";
import type { Simulator } from "./method.ts";
import { nextReaction } from "./nextReaction/index.ts";

interface Options {
  readonly maxEvents?: number;
  readonly run?: number;
  readonly doubles?: boolean;
}

function prepared(text: string, method = direct) {
  const net = compile(parseNetwork(text), { dynamics: true });
  const simulate: Simulator = method.prepare(net);
  return (times: readonly number[], { maxEvents = Infinity, run = 0, doubles = false }: Options = {}) => {
    const size = net.network.species.length * times.length;
    const out = doubles ? new Float64Array(size) : new Int32Array(size);
    const x = Float64Array.of(...net.network.initial, 1);
    const random = stream("eventful", run);
    const outcome = simulate({ x, start: 0, times: Float64Array.from(times), random, out, maxEvents });
    return { ...outcome, rows: [...out], written: outcome.rows, x: [...x] };
  };
}

const rowsOf = (text: string, times: readonly number[], options?: Options): number[] =>
  prepared(text)(times, options).rows;

describe("events without reactions show the rules of SBML", () => {
  test.each<[what: string, text: string, times: number[], rows: number[]]>([
    ["at its exact time, the row there is the state after it", "event: when time >= 2; set A = 7", [1.999, 2], [0, 7]],
    [
      "after a strict comparison the row at the time is the one before",
      "event: when time > 2; set A = 7",
      [2, 2.001],
      [0, 7],
    ],
    ["an equality of time is met", "event: when time == 2; set A = A + 1", [1, 2, 3], [0, 1, 1]],
    ["a wave turns again and again", "event: when sin(time) > 0.5; set A = A + 1", [1, 3, 7, 20], [1, 1, 2, 4]],
    ["a trigger true at the start fires there only when told", "event: when A < 1; set A = 5", [0], [0]],
    ["initially false: it does", "event: when A < 1; set A = 5; initially false", [0], [5]],
    ["a delay", "event: when time >= 1; set A = 1; delay 0.5", [1.4, 1.5], [0, 1]],
    [
      "values are those of the trigger's time",
      "event: when time >= 1; set A = B; delay 1\nevent: when time >= 1.5; set B = 9\nspecies B = 3",
      [3],
      [3, 9],
    ],
    [
      "or of the time after the delay",
      "event: when time >= 1; set A = B; delay 1; values after delay\nevent: when time >= 1.5; set B = 9\nspecies B = 3",
      [3],
      [9, 9],
    ],
    [
      "a persistent event happens although its trigger turned false",
      "event: when time >= 1 and time < 1.5; set A = 1; delay 1",
      [3],
      [1],
    ],
    [
      "one that is not is cancelled",
      "event: when time >= 1 and time < 1.5; set A = 1; delay 1; cancelled when false",
      [3],
      [0],
    ],
    [
      "the higher priority comes first, and is found anew after each",
      "event: when time >= 1; set A = 10*A + 1; priority 1; values after delay\nevent: when time >= 1; set A = 10*A + 2; priority 2 - A; values after delay\nevent: when time >= 1; set A = 10*A + 3; values after delay",
      [1],
      [213],
    ],
    [
      "all values are found before the first is set",
      "event: when time >= 1; set A = B, B = A\nspecies B = 4",
      [1],
      [4, 0],
    ],
    [
      "one event may trigger another at once",
      "event: when time >= 1; set A = 2\nevent: when A > 1; set A = A + 5",
      [1],
      [7],
    ],
    [
      "assignment rules are seen through, and reported",
      "species y = 0\ny := 2*z\nz := A + k\nk = 1\nevent: when y >= 10; set k = 0\nevent: when time >= 1; set A = 4",
      [0.5, 1],
      [0, 2, 4, 8],
    ],
  ])("%s", (_, text, times, rows) => {
    expect(rowsOf(`species A = 0\n${text}`, times)).toEqual(rows);
  });

  test("equal priorities fall either way", () => {
    const run = prepared(
      "species A = 0\nevent: when time >= 1; set A = 1; priority 1\nevent: when time >= 1; set A = 2; priority 1",
    );
    const first = Array.from({ length: 200 }, (_, k) => run([1], { run: k }).rows[0]);
    const ones = first.filter((value) => value === 1).length;
    expect(Math.abs(ones - 100) / Math.sqrt(50)).toBeLessThan(4);
  });
});

describe("bad input is named", () => {
  test.each<[what: string, text: string, error: string]>([
    [
      "events that trigger each other",
      "event a: when A < 1; set A = 1; initially false\nevent b: when A > 0; set A = 0",
      'event "a" and event "b" trigger each other without end at t = 0',
    ],
    [
      "half a copy",
      "event half: when time >= 1; set A = 2.5",
      'event "half" sets A to 2.5 where a number of copies must be whole',
    ],
    ["a count below 0", "event: when time >= 1; set A = -1", "event 1 sets A to -1"],
    ["a parameter without a value", "k = 1\nevent: when time >= 1; set k = 1/0*0", "event 1 sets k to NaN"],
    ["a negative delay", "event: when time >= 1; set A = 1; delay -2", "event 1 has the delay -2"],
    ["a trigger that is no number", "event: when ln(-1 - A); set A = 1", "event 1 has a trigger that is no number"],
    ["a law of time that turns negative", "down: 0 -> A @ = 1 - time", 'the propensity of reaction "down" is -'],
    [
      "a law of time without a bound",
      "0 -> A @ = factorial(floor(time))",
      "no bound is found for the law of reaction 1",
    ],
    [
      "a trigger whose turns cannot be found",
      "event: when factorial(time) == 3; set A = 1",
      'cannot find when "factorial(time) == 3" turns',
    ],
  ])("%s", (_, text, error) => {
    const run = () => rowsOf(`species A = 0\n${text}`, [3], { maxEvents: 1e5 });
    expect(run).toThrow(NumericalError);
    expect(run).toThrow(error);
  });

  test("a rate rule is refused by the method's name", () => {
    const prepare = () => prepared("v' = -v\nv = 1\nspecies A = 0", nextReaction);
    expect(prepare).toThrow(UnsupportedError);
    expect(prepare).toThrow('the rate rule of "v" in the method nextReaction is not supported');
  });
});

describe("trajectories", () => {
  const text = [
    "0 -> A @ = 20*(1 + sin(3*time))",
    "A -> 0 @ k",
    "k = 1",
    "species B = 0",
    "event: when A > 25; set k = 2, B = B + 1",
    "event: when A < 15; set k = 1",
  ].join("\n");
  const times = [0, 1, 2, 5];

  test.each([direct, nextReaction])("$name: no run depends on those before it", (method) => {
    const run = prepared(text, method);
    const alone = prepared(text, method)(times, { run: 3 });
    run(times, { run: 1 });
    run(times, { run: 2, maxEvents: 20 });
    expect(run(times, { run: 3 })).toEqual(alone);
  });

  test("a budget ends a run with what was done, reactions, thinned ones and events alike", () => {
    const full = prepared(text)(times);
    const part = prepared(text)(times, { maxEvents: full.events - 5 });
    expect(part.events).toBe(full.events - 5);
    expect(part.written).toBeLessThan(times.length);
    expect(part.rows.slice(0, 2 * part.written)).toEqual(full.rows.slice(0, 2 * part.written));
    expect(part.time).toBeLessThanOrEqual(full.time);
    const ticks = prepared("species A = 0\nevent: when sin(time) > 0; set A = A + 1")([100], { maxEvents: 3 });
    expect(ticks).toMatchObject({ events: 3, written: 0 });
    expect(ticks.x[0]).toBe(3);
  });

  test("2X → 3X ends by its budget, the state kept", () => {
    const { events, written, x } = prepared("2 X -> 3 X @ 1\nX = 2\nspecies y = 0\ny := 2*X")([0, 10], {
      maxEvents: 5000,
    });
    expect({ events, written, X: x[0] }).toEqual({ events: 5000, written: 1, X: 5002 });
  });

  test("counts beyond 2³¹ are exact in doubles, and named where they are recorded as integers", () => {
    const big = "A -> A + 1000 B @ 1e-9\nA = 9007199254000000\nspecies t = 0\nevent: when B > 3000; set t = 1";
    expect(() => rowsOf(big, [1e-3])).toThrow("Counts must stay below 2^31");
    const { rows, x } = prepared(big)([1e-6], { doubles: true });
    expect(rows[0]).toBe(9007199254000000);
    expect(x[1]).toBeGreaterThan(3000);
    expect(x[1] % 1000).toBe(0);
    expect(() => rowsOf("A -> 1000 A @ 1\nA = 9007199254740000", [1], { doubles: true })).toThrow("below 2^53");
  });
});
