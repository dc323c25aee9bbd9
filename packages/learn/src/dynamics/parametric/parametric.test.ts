import { network } from "@dbd/numerics/functions/network";
import { hat } from "@dbd/numerics/functions/hat";
import { hermite } from "@dbd/numerics/functions/hermite";
import { stream } from "@dbd/numerics/random/stream";
import { dynamicsConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { parametric } from "./index.ts";

const axes = [
  { start: -1, end: 1, nodes: 4 },
  { start: 0, end: 6, nodes: 3 }, // spacing 3: a derivative per cell instead of per unit would show
];
const randomU = (Q: number): Float64Array => {
  const random = stream("parametric", 0);
  return Float64Array.from({ length: Q }, () => random() - 0.5);
};
const states = [Float64Array.of(0.13, 2.2), Float64Array.of(-0.9, 4.4), Float64Array.of(1.7, -0.6)];

test.each([hat, hermite])("a field on a two-dimensional grid has right derivatives, inside and outside", (basis) => {
  const dynamics = parametric([basis(axes), basis(axes)]);
  const sample = { u: randomU(dynamics.shape[1]), states, random: stream("parametric", 1) };
  expect(dynamicsConformance(dynamics, sample)).toEqual([]);
});

test("outputs may read different components", () => {
  const line = hat([{ start: 0, end: 1, nodes: 2 }]); // value u0 + (u1 − u0) x
  const dynamics = parametric([line, line], { inputs: [[1], [0]] });
  expect(dynamics.offsets).toEqual([0, 2]);
  const out = new Float64Array(2);
  dynamics.evaluate(Float64Array.of(0.25, 0.5), Float64Array.of(0, 1, 10, 20), out);
  expect([...out]).toEqual([0.5, 12.5]);
  const sample = { u: randomU(4), states: [Float64Array.of(0.3, 0.6)], random: stream("parametric", 2) };
  expect(dynamicsConformance(dynamics, sample)).toEqual([]);
});

test("one list of inputs serves all outputs, and a wrong one is refused", () => {
  const line = hat([{ start: 0, end: 1, nodes: 2 }]);
  expect(parametric([line, line], { inputs: [0] }).inputs).toEqual([[0], [0]]);
  expect(() => parametric([line, line])).toThrow("functions[0] has 1 inputs and cannot read the components [0, 1]");
  expect(() => parametric([line], { inputs: [3] })).toThrow("components [3]");
});

test("known inputs follow the components: one set of coefficients, one field per set of rates", () => {
  const f = network(3, [4]);
  const u = randomU(2 * f.coefficients);
  const [slow, fast] = [-1, 2].map((logRate) => parametric([f, f], { known: Float64Array.of(logRate) }));
  expect(slow.shape).toEqual(fast.shape);
  const y = Float64Array.of(0.3, 0.6);
  const [a, b] = [new Float64Array(2), new Float64Array(2)];
  slow.evaluate(y, u, a);
  fast.evaluate(y, u, b);
  expect(a[0]).toBe(f.value(Float64Array.of(0.3, 0.6, -1), u, 0));
  expect(b[1]).toBe(f.value(Float64Array.of(0.3, 0.6, 2), u, f.coefficients));
  expect(dynamicsConformance(fast, { u, states: [y], random: stream("parametric", 3) })).toEqual([]);
});
