import { expect, test } from "vitest";
import { functionConformance } from "./conformance.ts";
import type { ParametricFunction } from "./function.ts";

/** u₀ exp(u₁ x) + x y: not linear in its coefficients. */
const right: ParametricFunction = {
  inputs: 2,
  coefficients: 2,
  value: ([x, y], u, o) => u[o] * Math.exp(u[o + 1] * x) + x * y,
  gradient([x, y], u, o, out) {
    out[0] = u[o] * u[o + 1] * Math.exp(u[o + 1] * x) + y;
    out[1] = x;
  },
  addWeights([x], u, o, scale, out) {
    out[o] += scale * Math.exp(u[o + 1] * x);
    out[o + 1] += scale * u[o] * x * Math.exp(u[o + 1] * x);
  },
};
const box = [
  [0, 2],
  [-3, 5],
] as const;
let calls = 0;

test("a right function, linear in its coefficients or not, has no problems", () => {
  expect(functionConformance(right, { box, seed: 1 })).toEqual([]);
});

const faults: [string, Partial<ParametricFunction>, string][] = [
  ["the wrong number of inputs", { inputs: 3 }, "inputs is 3 but the box has 2 sides"],
  ["NaN", { value: () => Number.NaN }, "value is not finite"],
  ["memory", { value: (x) => x[0] + ++calls * 0.1 }, "value changes between two equal calls"],
  ["a forgotten offset", { value: ([x, y], u) => u[0] * x + y }, "value depends on where the coefficients lie"],
  ["one coefficient too many", { value: ([x], u, o) => u[o + 2] * x }, "value reads outside its coefficients"],
  [
    "a forgotten spacing",
    {
      gradient(x, u, o, out) {
        right.gradient(x, u, o, out);
        out[1] *= 2;
      },
    },
    "gradient of input 1 differs from finite differences",
  ],
  [
    "an ignored scale",
    { addWeights: (x, u, o, _scale, out) => right.addWeights(x, u, o, 1, out) },
    "addWeights differs from finite differences in u",
  ],
  [
    "overwriting",
    {
      addWeights(x, u, o, scale, out) {
        out.fill(0, o, o + 2);
        right.addWeights(x, u, o, scale, out);
      },
    },
    "addWeights overwrites instead of adding",
  ],
  [
    "writing past the end",
    {
      addWeights(x, u, o, scale, out) {
        right.addWeights(x, u, o, scale, out);
        out[o + 2] += 1;
      },
    },
    "addWeights writes outside its coefficients",
  ],
  [
    "scribbling on x",
    {
      gradient(x, u, o, out) {
        right.gradient(x, u, o, out);
        x[0] += 1;
      },
    },
    "a kernel writes into its inputs",
  ],
];

test.each(faults)("a function with %s is found out", (_, fault, problem) => {
  expect(functionConformance({ ...right, ...fault }, { box, seed: 2, points: 4 })).toContain(problem);
});
