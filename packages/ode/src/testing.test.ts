import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import {
  bogackiShampine32,
  dormandPrince54,
  explicitRungeKutta,
  heun,
  rk4,
  rodas4,
  tsit54,
  type Dynamics,
  type Integrator,
} from "./index.ts";
import { explicitMethod } from "./explicitMethod.ts";
import { clocked, logistic, quadraticField, spiral, tanhField } from "./sampleFields.ts";
import { adaptiveConformance, dynamicsConformance, integratorConformance } from "./testing.ts";

// Methods that the package does not ship, so that the kit is known to accept more than heun and rk4.
const ralston3 = explicitRungeKutta("ralston3", 3, [[], [1 / 2], [0, 3 / 4]], [2 / 9, 1 / 3, 4 / 9]);
const threeEighths = explicitRungeKutta(
  "threeEighths",
  4,
  [[], [1 / 3], [-1 / 3, 1], [1, -1, 1]],
  [1 / 8, 3 / 8, 3 / 8, 1 / 8],
);
// Kutta's fifth-order method as corrected by Nyström (1925).
const nystrom5 = explicitRungeKutta(
  "nystrom5",
  5,
  [
    [],
    [1 / 3],
    [4 / 25, 6 / 25],
    [1 / 4, -3, 15 / 4],
    [2 / 27, 10 / 9, -50 / 81, 8 / 81],
    [2 / 25, 12 / 25, 2 / 15, 8 / 75, 0],
  ],
  [23 / 192, 0, 125 / 192, 0, -27 / 64, 125 / 192],
);

test.each([heun, ralston3, rk4, threeEighths, nystrom5])("$name conforms", (integrator) => {
  expect(integratorConformance(integrator)).toEqual([]);
});

test("the kit reports a name that is not camelCase", () => {
  expect(integratorConformance({ ...rk4, name: "RK 4" })).toEqual(['the name must be camelCase, got "RK 4"']);
});

test("the kit reports a wrong coefficient of a plain object", () => {
  const typo: Integrator = { ...heun, b: [0.5, 0.6] };
  expect(integratorConformance(typo)).toContainEqual(expect.stringContaining("heun: the condition Σ b = 1/1"));
});

test("the kit reports a declared order that is too low", () => {
  expect(integratorConformance({ ...rk4, order: 3 })).toEqual([expect.stringMatching(/declares order 3, but .* 4\.0/)]);
});

test("the kit observes what the algebra does not reach: rk4 with an idle stage is not of order 5", () => {
  const padded: Integrator = { ...rk4, order: 5, a: [...rk4.a, [0, 0, 0, 0]], b: [...rk4.b, 0], c: [...rk4.c, 0] };
  expect(integratorConformance(padded)).toContainEqual(expect.stringMatching(/declares order 5, observed 4\.\d\d on/));
});

const sample = (dynamics: Dynamics, seed: number) => {
  const random = stream("fields", seed);
  const vector = (length: number) => Float64Array.from({ length }, () => 2 * random() - 1);
  const [P, Q] = dynamics.shape;
  return { u: vector(Q), states: Array.from({ length: 5 }, () => vector(P)), random };
};

test.each([
  ["logistic", logistic],
  ["spiral", spiral],
  ["clocked", clocked],
  ["quadratics in 3 variables", quadraticField(3)],
  ["a tanh layer", tanhField(2, 5)],
] as const)("%s conforms as a field", (_, dynamics) => {
  expect(dynamicsConformance(dynamics, sample(dynamics, 0))).toEqual([]);
});

test("a second that forgets the coefficients' change is reported", () => {
  const forgets: Dynamics = {
    ...spiral,
    second: (y, u, seed, dy, _du, yBar, uBar) => spiral.second?.(y, u, seed, dy, new Float64Array(2), yBar, uBar),
  };
  expect(dynamicsConformance(forgets, sample(spiral, 1))[0]).toMatch(/state 0: second is .* away from a difference/);
});

test("a jvp that forgets the coefficients, and a vjp that overwrites, are reported", () => {
  const forgets: Dynamics = {
    ...logistic,
    jvp: (y, u, dy, _du, out) => logistic.jvp(y, u, dy, new Float64Array(1), out),
  };
  const found = dynamicsConformance(forgets, sample(logistic, 1));
  expect(found.filter((problem) => problem.includes("central difference"))).toHaveLength(5);
  const overwrites: Dynamics = {
    ...logistic,
    vjp: (y, u, seed, yBar, uBar) => {
      yBar.fill(0);
      logistic.vjp(y, u, seed, yBar, uBar);
    },
  };
  expect(dynamicsConformance(overwrites, sample(logistic, 1))[0]).toMatch(/state 0: vjp is not the transpose/);
});

test.each([bogackiShampine32, dormandPrince54, tsit54])("$name conforms with step size control", (integrator) => {
  expect(adaptiveConformance(integrator)).toEqual([]);
});

test("the adaptive kit reports a blind or a wasteful error estimate, a false claim, and a bad name", () => {
  const { order, weights } = tsit54.embedded!;
  const nearly = weights.map((w, i) => tsit54.b[i] + 1e-6 * (w - tsit54.b[i]));
  const blind: Integrator = { ...tsit54, embedded: { order, weights: nearly } };
  expect(adaptiveConformance(blind)).toContainEqual(
    expect.stringMatching(/the error is [\d.e-]+ at the tolerance \S+$/),
  );
  const careful: Integrator = { ...tsit54, embedded: { order: 1, weights: [1, 0, 0, 0, 0, 0, 0] } };
  expect(adaptiveConformance(careful)).toContainEqual(expect.stringMatching(/so that work is wasted/));
  expect(adaptiveConformance({ ...explicitMethod(tsit54), stiff: true })).toEqual([
    expect.stringMatching(/tsit54: says it is stiff, but 500 steps were spent/),
  ]);
  expect(adaptiveConformance({ ...rodas4, name: "RODAS" })).toEqual(['the name must be camelCase, got "RODAS"']);
});
