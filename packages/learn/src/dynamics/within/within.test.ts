import { NumericalError } from "@dbd/numerics/errors";
import { polynomial } from "@dbd/numerics/functions/polynomial";
import { stream } from "@dbd/numerics/random/stream";
import { rk4, solve } from "@dbd/ode";
import { dynamicsConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { parametric } from "../parametric/index.ts";
import { firstExit, within } from "./index.ts";

const f = polynomial(2, 2);
const field = parametric([f, f]);
const u = Float64Array.from({ length: field.shape[1] }, (_, q) => Math.sin(q + 1));
const box = [
  { start: -1, end: 1 },
  { start: 0, end: 2 },
];
const at = (dynamics: typeof field, y: readonly number[]): Float64Array => {
  const out = new Float64Array(2);
  dynamics.evaluate(Float64Array.from(y), u, out);
  return out;
};

test("inside it is the field itself; outside the held field is that of the nearest point, with its derivatives", () => {
  const held = { ...field, ...within(field, box, { outside: "hold" }) };
  expect(at(held, [0.3, 1.5])).toEqual(at(field, [0.3, 1.5]));
  expect(at(held, [3, -4])).toEqual(at(field, [1, 0]));
  const states = [Float64Array.of(0.3, 1.5), Float64Array.of(3, 1), Float64Array.of(-2, 5)];
  expect(dynamicsConformance(held, { u, states, random: stream("within", 0) })).toEqual([]);
});

test("asked to stop, it says where the trajectory left, by name", () => {
  const line = parametric([polynomial(1, 0)]); // dy/dt = u₀
  const fenced = within(line, [{ start: 0, end: 1 }], { outside: "stop", labels: ["log m"] });
  const problem = { y0: [0.5], times: [0, 0.25, 1], integrator: rk4 };
  expect(() => solve(fenced, Float64Array.of(1), problem)).toThrow(NumericalError);
  expect(() => solve(fenced, Float64Array.of(1), problem)).toThrow(
    "left the domain of F: log m = 1.12500 is above 1. Learn from starts that reach there",
  );
  expect(solve(fenced, Float64Array.of(0.5), problem).values[2]).toBe(1);
  const free = solve(line, Float64Array.of(1), problem);
  expect(firstExit(free.values, [{ start: 0, end: 1 }])).toEqual({ time: 2, coordinate: 0, value: 1.5 });
  expect(firstExit(free.values, [{ start: 0, end: 2 }])).toBeUndefined();
});

test("a box that does not fit is refused", () => {
  expect(() => within(field, box.slice(1), { outside: "hold" })).toThrow("the box must have 2 sides, got 1");
  const flat = [box[0], { start: 1, end: 1 }];
  expect(() => within(field, flat, { outside: "hold" })).toThrow("the side of y[1] runs from 1 to 1");
});
