import { ArgumentError, UnsupportedError } from "@dbd/numerics/errors";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { compile } from "../../compile.ts";
import { simulateEnsemble } from "../../ensemble.ts";
import { parseNetwork } from "../../parse.ts";
import { methodConformance } from "../../testing.ts";
import { tauLeaping, tauLeapingWith } from "./index.ts";

test("where copies are few the method takes exact steps and conforms; what leaps cannot do is refused by name", () => {
  expect(methodConformance(tauLeaping, { runs: 2000 })).toEqual([]);
  const prepare = (text: string) => () => tauLeaping.prepare(compile(parseNetwork(text), { dynamics: true }));
  for (const text of ["A -> 0 @ 1\nA = 9\nevent low: when A < 3; set A = 9", "0 -> A @ 1\nA -> 0 @ = A*time"]) {
    expect(prepare(text)).toThrow(UnsupportedError);
    expect(prepare(text)).toThrow("in the method tauLeaping is not supported");
  }
  expect(() => tauLeapingWith({ epsilon: 0 })).toThrow(ArgumentError);
  expect(() => tauLeapingWith({ critical: 0.5 })).toThrow(ArgumentError);
});

test("the bias on a decaying transient falls with ε", async () => {
  // Decay of 10⁵ copies to t = 1, the exact mean 10⁵/e. Every leap holds propensities that fall meanwhile, so too much
  // decays: a relative bias of about ε/2. A leap that ignores ε, or takes the midpoint, breaks one of the lines.
  const network = parseNetwork("A -> 0 @ 1\nA = 100000");
  const biases: number[] = [];
  for (const epsilon of [0.12, 0.06, 0.03]) {
    const method = tauLeapingWith({ epsilon });
    const { mean, standardError } = await simulateEnsemble(network, { times: [1], runs: 200, seed: "bias", method });
    biases.push((1e5 * Math.exp(-1) - mean[0]) / standardError[0]);
  }
  expect(biases[0]).toBeGreaterThan(4);
  expect(biases[1]).toBeLessThan(0.7 * biases[0]);
  expect(biases[2]).toBeLessThan(0.7 * biases[1]);
});

test("no count falls below 0 and none is lost", () => {
  // Both reactions compete for the last copies of A; without criticality and the redrawn leap some run goes below.
  const net = compile(parseNetwork("A -> B @ 1\n2 A -> 2 C @ 1e-3\nB + C -> 2 A @ 1e-4\nA = 3000"));
  const simulate = tauLeapingWith({ epsilon: 0.5, critical: 1 }).prepare(net);
  const times = Float64Array.from({ length: 20 }, (_, i) => i / 2);
  const out = new Int32Array(60);
  for (let run = 0; run < 50; run++) {
    simulate({ x: Float64Array.of(3000, 0, 0, 1), start: 0, times, random: stream("few", run), out, maxEvents: 1e9 });
    expect(Math.min(...out)).toBeGreaterThanOrEqual(0);
    for (let row = 0; row < 60; row += 3) expect(out[row] + out[row + 1] + out[row + 2]).toBe(3000);
  }
});

test("a budget ends a run within it, and counts stop where the record does", () => {
  const net = compile(parseNetwork("0 -> A @ 1000"));
  const run = (maxEvents: number, out: Int32Array | Float64Array, rate = 1) => {
    const x = Float64Array.of(0, 1);
    const times = Float64Array.of(1, 1e7 * rate);
    return tauLeaping.prepare(net)({ x, start: 0, times, random: stream("budget", 0), out, maxEvents });
  };
  const { events, rows } = run(5e6, new Int32Array(2));
  expect(rows).toBe(1);
  expect(events).toBeLessThanOrEqual(5e6);
  expect(events).toBeGreaterThan(4e6);
  expect(() => run(Infinity, new Int32Array(2))).toThrow("more than 2147483647");
  expect(run(Infinity, new Float64Array(2)).rows).toBe(2);
});
