import { stream } from "@dbd/numerics/random/stream";
import { dynamicsConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { networkDynamics } from "./index.ts";

const states = [Float64Array.of(0.3, -1.2, 2), Float64Array.of(0.1, 0.2, -0.4)];

test("derivatives agree with finite differences and with each other, one and two layers, with known inputs", () => {
  const standardise = { mean: [0.1, 0, 0.5], spread: [2, 0.5, 3] };
  for (const net of [
    networkDynamics(3, { hidden: [4], standardise, outputs: [2, 0.1, 5] }),
    networkDynamics(3, { hidden: [5, 4], known: Float64Array.of(0.7, -0.2) }),
  ]) {
    const sample = { states, u: net.initial(stream("network", 0)), random: stream("network", 1) };
    expect(dynamicsConformance(net, sample)).toEqual([]);
  }
});

test("one hidden unit by hand, and what the known inputs change", () => {
  const at = (known: number): Float64Array => {
    const net = networkDynamics(1, { hidden: [1], outputs: [3], known: Float64Array.of(known) });
    const out = new Float64Array(1);
    net.evaluate(Float64Array.of(2), Float64Array.of(0.1, 0.5, -1, 0.2, 4), out);
    return out;
  };
  expect(at(0.3)[0]).toBeCloseTo(3 * (0.2 + 4 * Math.tanh(0.1 + 1 - 0.3)), 12);
  expect(at(0.4)[0]).not.toBe(at(0.3)[0]);
  expect(networkDynamics(4, { hidden: [20] }).shape).toEqual([4, 184]);
});

test("sizes and scales that do not fit are refused", () => {
  expect(() => networkDynamics(2, { hidden: [] })).toThrow("hidden layers of positive size");
  expect(() => networkDynamics(2, { hidden: [0] })).toThrow("got [2, 0, 2]");
  expect(() => networkDynamics(2, { hidden: [3], outputs: [1] })).toThrow("outputs 2 scales");
  expect(() => networkDynamics(2, { hidden: [3], outputs: [1, 0] })).toThrow("positive scales");
});
