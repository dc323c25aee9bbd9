import { streamState } from "@dbd/numerics/random/stream";
import { xoshiro } from "@dbd/numerics/random/xoshiro";
import { expect, test, vi } from "vitest";
import { compile, type CompiledNetwork } from "../../compile.ts";
import { parseNetwork } from "../../parse.ts";
import { direct } from "../../ssa/direct/index.ts";
import type { Method } from "../../ssa/method.ts";
import { methodConformance } from "../../testing.ts";
import { createWasmSimulator, type WasmBatch, wasmSupports } from "./simulator.ts";

const vilar = [
  "Da + A -> Dpa @ 1",
  "Dr + A -> Dpr @ 1",
  "Dpa -> Da + A @ 50",
  "Dpr -> Dr + A @ 100",
  "Da -> Da + Ma @ 50",
  "Dr -> Dr + Mr @ 0.01",
  "Dpa -> Dpa + Ma @ 500",
  "Dpr -> Dpr + Mr @ 50",
  "Ma -> Ma + A @ 50",
  "Mr -> Mr + R @ 5",
  "A + R -> C @ 2",
  "C -> R @ 1",
  "Ma -> 0 @ 10",
  "Mr -> 0 @ 0.5",
  "A -> 0 @ 1",
  "R -> 0 @ 0.2",
  "Da = 1",
  "Dr = 1",
].join("\n");
const models: readonly (readonly [name: string, text: string, horizon: number, runs: number])[] = [
  ["immigration and death", "0 -> X @ 100\nX -> 0 @ 1\nX = 100", 3, 60],
  ["dimerisation", "2 A -> B @ 0.001\nB -> 2 A @ 0.5\nA = 1000", 2, 60],
  ["Schlögl", "2 X -> 3 X @ 0.03\n3 X -> 2 X @ 1e-4\n0 -> X @ 200\nX -> 0 @ 3.5\nX = 250", 0.5, 60],
  ["Lotka–Volterra", "P -> 2 P @ 1\nP + H -> 2 H @ 0.0016\nH -> 0 @ 0.2\nP = 241\nH = 602", 3, 60],
  ["Vilar", vilar, 0.5, 20],
];
const network = (text: string): CompiledNetwork => compile(parseNetwork(text));
const grid = (horizon: number): Float64Array => Float64Array.from({ length: 11 }, (_, i) => (i * horizon) / 10);

function batchOf(net: CompiledNetwork, times: Float64Array, runs: number, maxEvents = Infinity, first = 0): WasmBatch {
  const species = net.network.species.length;
  return {
    runs,
    x: Float64Array.from({ length: runs * species }, (_, i) => net.network.initial[i % species]),
    random: Int32Array.from({ length: 4 * runs }, (_, i) => streamState("wasm", first + (i >> 2))[i & 3]),
    maxEvents,
    out: new Int32Array(runs * times.length * species),
    events: new Float64Array(runs),
  };
}

function byWasm(net: CompiledNetwork, times: Float64Array, lanes: number, batch: WasmBatch): WasmBatch {
  createWasmSimulator(net, { start: 0, times, lanes })!.simulate(batch);
  return batch;
}

function byGeneric(net: CompiledNetwork, times: Float64Array, runs: number): Pick<WasmBatch, "out" | "events"> {
  const simulate = direct.prepare(net);
  const { out, events } = batchOf(net, times, runs);
  const size = out.length / runs;
  for (let k = 0; k < runs; k++) {
    const random = xoshiro(streamState("wasm", k));
    const x = Float64Array.of(...net.network.initial, 1);
    const rows = out.subarray(k * size, (k + 1) * size);
    events[k] = simulate({ x, start: 0, times, random, out: rows, maxEvents: Infinity }).events;
  }
  return { out, events };
}

// One wrong bit in a logarithm, a uniform number or the order of a sum soon gives other events.
test.each(models)("%s: the bits are those of the generic direct method for every number of lanes", (...model) => {
  const [, text, horizon, runs] = model;
  const net = network(text);
  const times = grid(horizon);
  const { out, events } = byGeneric(net, times, runs);
  expect(Math.min(...events)).toBeGreaterThan(100);
  for (const lanes of [1, 2, 4, 6, 8]) {
    const batch = byWasm(net, times, lanes, batchOf(net, times, runs));
    expect(batch.events).toEqual(events);
    expect(batch.out).toEqual(out);
  }
});

test("a run has the same bits in any batch and any lane", () => {
  const [, text, horizon] = models[3];
  const net = network(text);
  const times = grid(horizon);
  const simulator = createWasmSimulator(net, { start: 0, times, lanes: 4 })!;
  const all = batchOf(net, times, 23);
  simulator.simulate(all);
  const size = all.out.length / 23;
  for (const [first, runs] of [
    [0, 1],
    [1, 5],
    [6, 17],
  ] as const) {
    const part = batchOf(net, times, runs, Infinity, first);
    simulator.simulate(part);
    expect(part.out).toEqual(all.out.subarray(first * size, (first + runs) * size));
    expect(part.events).toEqual(all.events.subarray(first, first + runs));
  }
});

// Sums of the second block of 16 propensities start afresh, as in the generic method; extinction gives t = ∞ in a lane.
test("chains over two blocks of reactions, extinct states and propensities of −0 keep the bits", () => {
  const steps = Array.from({ length: 20 }, (_, i) => `S${i} -> S${i + 1} @ ${1 + 0.3 * i}`);
  const chain = network(["S0 = 40", ...steps].join("\n"));
  const pairs = network("2 A -> 0 @ 0.3\n3 A -> A @ 0.01\nA = 31");
  const one = network("A -> 0 @ 2\nA = 5");
  const nothing = network("A -> 0 @ 0\nA = 5");
  for (const net of [chain, pairs, one, nothing]) {
    const times = grid(50);
    const { out, events } = byGeneric(net, times, 30);
    for (const lanes of [1, 4, 8]) {
      const batch = byWasm(net, times, lanes, batchOf(net, times, 30));
      expect(batch.out).toEqual(out);
      expect(batch.events).toEqual(events);
    }
  }
});

// The kit compares means, variances and whole distributions with the exact solution: it catches lost events, rows
// recorded after the event, a biased choice of the reaction and a wrong waiting time.
test("the kernel passes the conformance kit of simulation methods", () => {
  const wasm: Method = {
    name: "wasm",
    prepare(net) {
      let simulator: ReturnType<typeof createWasmSimulator>;
      const generic = direct.prepare(net);
      if (!wasmSupports(net)) return generic;
      return ({ x, times, random, out, maxEvents }) => {
        simulator ??= createWasmSimulator(net, { start: 0, times, lanes: 2 })!;
        const state = Int32Array.from({ length: 4 }, () => random() * 2 ** 32);
        const batch = {
          runs: 1,
          x: x.slice(0, -1),
          random: state,
          maxEvents,
          out: out as Int32Array,
          events: new Float64Array(1),
        };
        simulator.simulate(batch);
        if (batch.events[0] >= 0) return { events: batch.events[0], rows: times.length, time: 0 };
        return generic({ x, start: 0, times, random: xoshiro(state), out, maxEvents });
      };
    },
  };
  expect(methodConformance(wasm)).toEqual([]);
});

test("runs that meet their budget or leave the range of counts are handed back", () => {
  const net = network(models[0][1]);
  const times = grid(3);
  const { events } = byGeneric(net, times, 12);
  const budget = [...events].sort((a, b) => a - b)[6];
  const batch = byWasm(net, times, 4, batchOf(net, times, 12, budget));
  // At the budget itself the generic method decides.
  expect([...batch.events]).toEqual([...events].map((n) => (n < budget ? n : -1)));
  expect([...byWasm(net, times, 4, batchOf(net, times, 3, 0)).events]).toEqual([-1, -1, -1]);

  const explosion = network("2 X -> 3 X @ 1\nX = 5");
  expect([...byWasm(explosion, grid(10), 4, batchOf(explosion, grid(10), 3, 1e6)).events]).toEqual([-1, -1, -1]);
  const full = network("X -> 2 X @ 1\nX = 2147480000");
  expect([...byWasm(full, grid(1), 4, batchOf(full, grid(1), 3)).events]).toEqual([-1, -1, -1]);
});

test("networks with laws, large rates or too many reactions are left to the generic method", () => {
  const many = Array.from({ length: 33 }, (_, i) => `A -> B${i % 3} @ 1`).join("\n");
  for (const text of [
    "A -> 0 @ = 2*A",
    "A -> 0 @ 1e250",
    "A -> 0 @ 1e-250",
    "4 A -> 0 @ 1",
    "0 -> 1000 A + 1000 A @ 1",
    "species A = 3",
    many,
  ]) {
    expect(wasmSupports(network(text))).toBe(false);
  }
  expect(wasmSupports(network("2 A + B -> 3 C @ 1"))).toBe(true);
  expect(createWasmSimulator(network("A -> 0 @ = 2*A"), { start: 0, times: grid(1), lanes: 1 })).toBeUndefined();
});

test("where there is no WebAssembly there is no simulator", () => {
  vi.stubGlobal("WebAssembly", undefined);
  expect(createWasmSimulator(network("A -> 0 @ 1"), { start: 0, times: grid(1), lanes: 4 })).toBeUndefined();
  vi.unstubAllGlobals();
});
