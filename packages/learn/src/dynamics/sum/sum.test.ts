import { hermite } from "@dbd/numerics/functions/hermite";
import { stream } from "@dbd/numerics/random/stream";
import { dynamicsConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { annihilation, family } from "../../reference/annihilation.ts";
import { parametric } from "../parametric/index.ts";
import { jumpDrift, projected } from "../projected/index.ts";
import { sum } from "./index.ts";

const known = projected(
  family,
  annihilation.map(({ jump, propensity }) => jumpDrift(family, jump, propensity)),
);
const axes = [
  { start: -3, end: 1, nodes: 3 },
  { start: 0, end: 1, nodes: 3 },
];
const rest = parametric([hermite(axes), hermite(axes)]);
const nu = Float64Array.of(-1.2, 0.4);

test("a fixed term adds its field and no coefficients", () => {
  const total = sum([{ dynamics: known, u: Float64Array.of(0.7) }, { dynamics: rest }]);
  expect(total.shape).toEqual([2, rest.shape[1]]);
  const random = stream("sum", 0);
  const u = Float64Array.from({ length: rest.shape[1] }, () => random() - 0.5);
  const [all, a, b] = [0, 0, 0].map(() => new Float64Array(2));
  total.evaluate(nu, u, all);
  known.evaluate(nu, Float64Array.of(0.7), a);
  rest.evaluate(nu, u, b);
  expect([...all]).toEqual([a[0] + b[0], a[1] + b[1]]);
  expect(dynamicsConformance(total, { u, states: [nu], random })).toEqual([]);
});

test("free terms bring their coefficients one after the other", () => {
  const total = sum([{ dynamics: known }, { dynamics: known }]);
  const [once, twice] = [0, 0].map(() => new Float64Array(2));
  known.evaluate(nu, Float64Array.of(1), once);
  total.evaluate(nu, Float64Array.of(0.25, 0.75), twice);
  for (let k = 0; k < 2; k++) expect(twice[k]).toBeCloseTo(once[k], 12);
  const sample = { u: Float64Array.of(0.25, 0.75), states: [nu], random: stream("sum", 1) };
  expect(dynamicsConformance(total, sample)).toEqual([]);
});

test("terms that do not fit are refused", () => {
  expect(() => sum([])).toThrow("at least one term");
  const line = parametric([hermite([axes[0]])]);
  expect(() => sum([{ dynamics: known }, { dynamics: line }])).toThrow("term 1 has 1 states, the first has 2");
  expect(() => sum([{ dynamics: known, u: new Float64Array(2) }])).toThrow("must have length 1, got 2");
});
