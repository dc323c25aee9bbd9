import { expect, test } from "vitest";
import { stream } from "../random/stream.ts";
import { functionConformance } from "./conformance.ts";
import { type LocalFeatures, symmetricFunction } from "./localFeatures.ts";
import { network } from "./network.ts";

const features: LocalFeatures = { particles: 5, dimension: 2, cutoff: 2, centres: [0.4, 0.9, 1.5], sharpness: 4 };
const net = network(3, [4]);
const f = symmetricFunction(features, net);
const random = stream("features", 0);
const u = net.initial(random);
const x = Float64Array.from({ length: 10 }, () => 3 * random());
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-12 * (1 + Math.abs(b));

test("it passes the kit of functions, in one dimension and in two", () => {
  const box = Array.from({ length: 10 }, () => [0, 3] as const);
  expect(functionConformance(f, { box, seed: "features" })).toEqual([]);
  const line = symmetricFunction({ ...features, dimension: 1, particles: 4 }, net);
  expect(functionConformance(line, { box: box.slice(0, 4), seed: "line" })).toEqual([]);
});

test("exchanging, moving and turning the particles changes nothing, to 1e-12", () => {
  const value = f.value(x, u, 0);
  const order = [3, 0, 4, 2, 1];
  expect(near(f.value(Float64Array.from(order.flatMap((i) => [x[2 * i], x[2 * i + 1]])), u, 0), value)).toBe(true);
  expect(
    near(
      f.value(
        x.map((v, i) => v + (i % 2 === 0 ? 7.3 : -2.1)),
        u,
        0,
      ),
      value,
    ),
  ).toBe(true);
  const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
  const turned = x.map((v, i) => (i % 2 === 0 ? c * v - s * x[i + 1] : s * x[i - 1] + c * v));
  expect(near(f.value(turned, u, 0), value)).toBe(true);
  const slope = new Float64Array(10);
  f.gradient(x, u, 0, slope);
  for (const d of [0, 1])
    expect(Math.abs(slope.reduce((sum, v, i) => sum + (i % 2 === d ? v : 0), 0))).toBeLessThan(1e-12);
});

test("two particles by hand, and none beyond the cutoff", () => {
  const pair = symmetricFunction({ ...features, particles: 2, dimension: 1, centres: [0.5] }, network(1, [1]));
  const w = Float64Array.of(0.1, 2, -0.3, 1.5); // hidden bias and weight, output bias and weight
  const G = Math.exp(-4 * 0.3 ** 2) * 0.5 * (1 + Math.cos((Math.PI * 0.8) / 2));
  expect(pair.value(Float64Array.of(1, 1.8), w, 0)).toBeCloseTo(2 * (-0.3 + 1.5 * Math.tanh(0.1 + 2 * G)), 12);
  const alone = 2 * (-0.3 + 1.5 * Math.tanh(0.1));
  expect(pair.value(Float64Array.of(0, 2.5), w, 0)).toBeCloseTo(alone, 12);
  expect(pair.value(Float64Array.of(0, 2 - 1e-5), w, 0)).toBeCloseTo(alone, 8); // no jump at the cutoff
});

test("impossible features are refused", () => {
  const make = (change: Partial<LocalFeatures>): unknown => symmetricFunction({ ...features, ...change }, net);
  expect(() => make({ particles: 1 })).toThrow("at least two particles, got 1");
  expect(() => make({ dimension: 0 })).toThrow("dimension must be a positive integer");
  expect(() => make({ cutoff: 0 })).toThrow("cutoff must be positive");
  expect(() => make({ sharpness: -1 })).toThrow("sharpness must be positive");
  expect(() => make({ centres: [1, Number.NaN, 2] })).toThrow("centres must be finite");
  expect(() => make({ centres: [1] })).toThrow("the net has 3 inputs for 1 centres");
});
