import { expect, test } from "vitest";
import { stream } from "../random/stream.ts";
import { functionConformance } from "./conformance.ts";
import { network } from "./network.ts";

const box = [
  [-1, 2],
  [10, 30],
] as const;

test("conforms, with one and with two hidden layers, standardised or not", () => {
  const standardise = { mean: [0.5, 20], spread: [1.5, 10] };
  expect(functionConformance(network(2, [5], { standardise }), { box, seed: "network" })).toEqual([]);
  expect(functionConformance(network(1, [4, 3]), { box: [[-2, 2]], seed: "deep" })).toEqual([]);
});

test("is the formula of a 1-2-1 perceptron", () => {
  const f = network(1, [2]);
  expect(f.coefficients).toBe(7);
  const u = Float64Array.of(0.1, 2, -0.3, 0.7, 0.5, 1.5, -4); // two units: bias, weight; the output: bias, weights
  const x = 0.9;
  const expected = 0.5 + 1.5 * Math.tanh(0.1 + 2 * x) - 4 * Math.tanh(-0.3 + 0.7 * x);
  expect(f.value(Float64Array.of(x), u, 0)).toBeCloseTo(expected, 14);
  expect(f.value(Float64Array.of(1e6), u, 0)).toBeCloseTo(0.5 + 1.5 - 4, 12); // saturates, does not overflow
  expect(f.value(Float64Array.of(-1e6), u, 0)).toBeCloseTo(0.5 - 1.5 + 4, 12);
});

test("a start depends on its stream alone, and outputScale makes it small", () => {
  const f = network(2, [40]);
  expect(f.initial(stream("a", 0))).toEqual(f.initial(stream("a", 0)));
  expect(f.initial(stream("a", 0))).not.toEqual(f.initial(stream("a", 1)));
  const small = f.initial(stream("a", 0), 0.01);
  const variance = small.slice(0, 120).reduce((sum, v, i) => sum + v * v * (i % 3 === 0 ? 1 : 2), 0) / 120;
  expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / 120)); // biases of variance 1, weights of 1/2
  expect(Math.max(...small.slice(120).map(Math.abs))).toBeLessThan(0.05);
});

test("impossible shapes are refused", () => {
  expect(() => network(0, [3])).toThrow("got 0");
  expect(() => network(1, [])).toThrow("at least one hidden layer");
  expect(() => network(1, [2.5])).toThrow("got 2.5");
  expect(() => network(1, [2], { standardise: { mean: [0, 1], spread: [1] } })).toThrow("1 means and 1 spreads");
  expect(() => network(1, [2], { standardise: { mean: [0], spread: [0] } })).toThrow("positive spreads");
});
