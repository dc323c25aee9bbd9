import { NumericalError } from "@dbd/numerics/errors";
import { streamState } from "@dbd/numerics/random/stream";
import { xoshiro } from "@dbd/numerics/random/xoshiro";
import { describe, expect, test, vi } from "vitest";
import { compile } from "../../compile.ts";
import { parseNetwork } from "../../parse.ts";
import { compositionRejection } from "../../ssa/compositionRejection/index.ts";
import { direct } from "../../ssa/direct/index.ts";
import type { Method, Simulator } from "../../ssa/method.ts";
import { nextReaction } from "../../ssa/nextReaction/index.ts";
import { methodConformance } from "../../testing.ts";
import { createWasmEngine, inWasm } from "./engine.ts";

const methods = [direct, nextReaction];

/** Runs of a method by a simulator; what they record, how many events, and where the generator stands. */
function runsOf(text: string, times: readonly number[], runs: number, method: Method, maxEvents = Infinity): unknown {
  const net = compile(parseNetwork(text), { dynamics: true });
  const simulate: Simulator = method.prepare(net);
  const size = net.network.species.length;
  return Array.from({ length: runs }, (_, k) => {
    const state = streamState("engine", k);
    const out = new Int32Array(times.length * size);
    const x = Float64Array.of(...net.network.initial, 1);
    const random = xoshiro(state);
    const outcome = simulate({ x, start: 0, times: Float64Array.from(times), random, state, out, maxEvents });
    return { ...outcome, out: [...out], state: [...state], x: [...x] };
  });
}

const chain = Array.from({ length: 60 }, (_, i) => `S${i} -> S${(i + 1) % 60} @ ${1 + 0.5 * Math.sin(i)}\nS${i} = 3`);
const operators = [
  "0 -> A @ = 3 + piecewise(2, A > 4 and B < 3, 1, not(A == 2) or B >= 1, 0.5) + min(A, B, 2) + max(A, 1)/(1 + A)",
  "A -> B @ = A*(0.2 + sqrt(B) + floor(A/2)*0.1 + ceil(B/3)*0.1 + abs(B - A)*0.01 + xor(A > 1, B > 1))",
  "B -> 0 @ = B*(1 + (B/3)^2)^-1 + 0*(A <= 1) + 0*(A != B)*tanh(A) + B*exp(-A/10)*0.1 + B*A^0.5*0.01",
  "A -> 0 @ = A*0.1*log10(1 + A) + 0*(-A)^3 + 0*A^0",
].join("\n");
const events = [
  "A -> 0 @ k*A^0",
  "0 -> A @ = 20*c",
  "c := 1 + 0.1*B",
  "k = 2",
  "A = 5",
  "species B = 1",
  "species y = 0",
  "y := 2*A",
  "event: when A > 12; set A = floor(A/2), B = B + 1; delay 0.02",
  "event: when time >= 0.5; set k = 4",
].join("\n");

describe.each(methods)("$name", (method) => {
  test.each<[name: string, text: string, horizon: number, runs: number]>([
    ["a chain over several blocks", chain.join("\n"), 2, 8],
    [
      "orders up to five",
      "5 A -> 2 A @ 1e-3\n3 A -> A @ 0.002\n2 A + B -> C @ 0.01\n0 -> A @ 30\nC -> B @ 1\nB = 4",
      4,
      20,
    ],
    ["laws of every operation", operators, 5, 30],
    ["events, rules and variables", events.replace("k*A^0", "k"), 2, 30],
    ["a law of time", "0 -> A @ = 10*(1 + sin(4*time))\nA -> B @ 1", 2, 20],
    ["extinction and rates of 0", "A -> 2 A @ 0.5\nA -> 0 @ 1.5\nB -> 0 @ 0\nA = 5", 20, 30],
  ])("has the bits of the engine in this language: %s", (_, text, horizon, runs) => {
    const times = [0, 0.3 * horizon, 0.31 * horizon, horizon];
    expect(createWasmEngine(compile(parseNetwork(text), { dynamics: true }), method.name)).toBeDefined();
    const plain = runsOf(text, times, runs, method);
    expect(runsOf(text, times, runs, inWasm(method))).toEqual(plain);
    expect(runsOf(text, times, runs, inWasm(method), 25)).toEqual(runsOf(text, times, runs, method, 25));
  });

  test("names the propensity or the count that cannot be, with state and time", () => {
    for (const text of [
      "0 -> A @ = 2.5 - A",
      "0 -> A @ = 3/(2 - A) + 1/(A < 2)",
      "A -> 0 @ = 1",
      "A -> 2 A @ 1\nA = 2147483600",
      "0 -> A @ = 1e308*(1 + A)*10",
    ]) {
      const messages = [method, inWasm(method)].map((way) => {
        try {
          runsOf(text, [100], 1, way);
        } catch (error) {
          expect(error).toBeInstanceOf(NumericalError);
          return (error as Error).message;
        }
        return "none";
      });
      expect(messages[0]).toContain("at ");
      expect(messages[1]).toBe(messages[0]);
    }
  });
});

test.each([nextReaction, compositionRejection])(
  "$name passes the conformance kit, events and laws of time included",
  (method) => {
    expect(methodConformance(inWasm(method), { runs: 1500 })).toEqual([]);
  },
);

test("other methods, empty networks, too many laws and places without WebAssembly have no engine", () => {
  const net = compile(parseNetwork("A -> 0 @ 1"));
  expect(createWasmEngine(net, "sortingDirect")).toBeUndefined();
  expect(createWasmEngine(compile(parseNetwork("species A = 3")), "direct")).toBeUndefined();
  const laws = Array.from({ length: 257 }, (_, i) => `A -> 0 @ = A*${i}`).join("\n");
  expect(createWasmEngine(compile(parseNetwork(laws)), "direct")).toBeUndefined();
  vi.stubGlobal("WebAssembly", undefined);
  expect(createWasmEngine(net, "direct")).toBeUndefined();
  vi.unstubAllGlobals();
});
