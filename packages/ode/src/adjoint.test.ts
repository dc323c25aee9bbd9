import { ArgumentError } from "@dbd/numerics/errors";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import {
  adjoint,
  bogackiShampine32,
  dormandPrince853,
  euler,
  explicitRungeKutta,
  heun,
  ndf,
  rk4,
  rodas4,
  solve,
  tsit54,
  variational,
  type Dynamics,
  type InitialValueProblem,
} from "./index.ts";
import { logistic, logisticAt, quadraticField, tanhField } from "./sampleFields.ts";

const ralston3 = explicitRungeKutta("ralston3", 3, [[], [1 / 2], [0, 3 / 4]], [2 / 9, 1 / 3, 4 / 9]);
const dot = (v: Float64Array, w: Float64Array): number => v.reduce((total, x, i) => total + x * w[i], 0);
const norm = (v: Float64Array): number => Math.sqrt(dot(v, v));

/** A random problem with uneven, optionally decreasing times. */
function setUp(dynamics: Dynamics, seed: number, integrator: InitialValueProblem["integrator"]) {
  const random = stream("gradient", seed);
  const vector = (length: number, scale = 1) => Float64Array.from({ length }, () => scale * (2 * random() - 1));
  const [P, Q] = dynamics.shape;
  const sign = seed % 3 === 2 ? -1 : 1;
  const times = Float64Array.of(0.2, 0.45, 0.5, 0.9, 1.1).map((t) => sign * t);
  const problem = { y0: vector(P, 0.8), times, integrator, substeps: 1 + (seed % 4) };
  const u = vector(Q, 0.6);
  return { u, problem, vector, P, Q, T: times.length };
}

const fields: [string, Dynamics][] = [
  ["quadratics, P = 1", quadraticField(1)],
  ["quadratics, P = 3", quadraticField(3)],
  ["tanh, P = 2", tanhField(2, 6)],
  ["tanh, P = 4", tanhField(4, 9)],
];
const others = [euler, bogackiShampine32, tsit54, dormandPrince853].map((integrator) => ({
  name: fields[1][0],
  dynamics: fields[1][1],
  integrator,
  method: integrator.name,
}));
const cases = fields.flatMap(([name, dynamics]) =>
  [heun, ralston3, rk4, rodas4].map((integrator) => ({ name, dynamics, integrator, method: integrator.name })),
);
const all = [...cases, ...others];

test.each(all)("$name, $method: adjoint = variational to 1e-12", ({ dynamics, integrator }) => {
  for (let seed = 0; seed < 6; seed++) {
    const { u, problem, vector, P, Q, T } = setUp(dynamics, seed, integrator);
    const seeds = vector(T * P);
    const { uBar } = adjoint(dynamics, u, problem, solve(dynamics, u, problem), seeds);
    const { sensitivity, values } = variational(dynamics, u, problem);
    expect(values).toEqual(solve(dynamics, u, problem).values);
    const forward = new Float64Array(Q);
    for (let row = 0; row < T * P; row++)
      for (let q = 0; q < Q; q++) forward[q] += seeds[row] * sensitivity[row * Q + q];
    expect(norm(uBar.map((v, q) => v - forward[q])) / norm(forward)).toBeLessThan(1e-12);
  }
});

test.each(all)("$name, $method: ⟨seeds, S du⟩ = ⟨Sᵀ seeds, du⟩ to 1e-13, initial state included", (c) => {
  for (let seed = 0; seed < 6; seed++) {
    const { u, problem, vector, P, Q, T } = setUp(c.dynamics, seed, c.integrator);
    const seeds = vector(T * P);
    const initial = vector(P * Q);
    const du = vector(Q);
    const { sensitivity } = variational(c.dynamics, u, { ...problem, initial });
    const rows = (table: Float64Array, length: number) =>
      Float64Array.from({ length }, (_, row) => dot(table.subarray(row * Q, (row + 1) * Q), du));
    const left = dot(seeds, rows(sensitivity, T * P));
    const { uBar, y0Bar } = adjoint(c.dynamics, u, problem, solve(c.dynamics, u, problem), seeds);
    const right = dot(uBar, du) + dot(y0Bar, rows(initial, P));
    expect(Math.abs(left - right) / (norm(seeds) * norm(sensitivity) * norm(du))).toBeLessThan(1e-13);
  }
});

test.each(all)("$name, $method: the Taylor remainder falls with slope 2.00 ± 0.05", ({ dynamics, integrator }) => {
  for (let seed = 0; seed < 3; seed++) {
    const { u, problem, vector, P, T } = setUp(dynamics, seed, integrator);
    const weights = vector(T * P);
    const du = vector(u.length);
    const dy = vector(P);
    const objective = (e: number): number => {
      const moved = { ...problem, y0: problem.y0.map((v, p) => v + e * dy[p]) };
      const { values } = solve(
        dynamics,
        u.map((v, q) => v + e * du[q]),
        moved,
      );
      return values.reduce((total, y, i) => total + weights[i] * y + 0.5 * y * y, 0);
    };
    const trajectory = solve(dynamics, u, problem);
    const seeds = trajectory.values.map((y, i) => weights[i] + y);
    const { uBar, y0Bar } = adjoint(dynamics, u, problem, trajectory, seeds);
    const slope0 = dot(uBar, du) + dot(y0Bar, dy);
    const remainder = (e: number): number => Math.abs(objective(e) - objective(0) - e * slope0);
    const h = 1e-3;
    expect(Math.log2(remainder(h) / remainder(h / 2))).toBeGreaterThan(1.95);
    expect(Math.log2(remainder(h) / remainder(h / 2))).toBeLessThan(2.05);
  }
});

test("logistic growth: ∂y/∂u and ∂y/∂y0 follow their closed forms", () => {
  const u = Float64Array.of(1.3);
  const problem = { y0: [0.2], times: [0, 1.5], integrator: rk4, substeps: 300 };
  const { uBar, y0Bar } = adjoint(logistic, u, problem, solve(logistic, u, problem), Float64Array.of(0, 1));
  const y = logisticAt(1.5, 0.2, 1.3);
  expect(uBar[0]).toBeCloseTo(1.5 * y * (1 - y), 10);
  expect(y0Bar[0]).toBeCloseTo((y * (1 - y)) / (0.2 * 0.8), 10);
});

test("a single time passes its seed through", () => {
  const problem = { y0: [0.2], times: [3], integrator: rk4 };
  const u = Float64Array.of(1);
  const { uBar, y0Bar } = adjoint(logistic, u, problem, solve(logistic, u, problem), Float64Array.of(5));
  expect([...uBar, ...y0Bar]).toEqual([0, 5]);
});

test("seeds or a trajectory of another problem are refused", () => {
  const u = Float64Array.of(1);
  const problem = { y0: [0.2], times: [0, 1], integrator: rk4 };
  const trajectory = solve(logistic, u, problem);
  const seeds = new Float64Array(2);
  expect(() => adjoint(logistic, u, problem, trajectory, new Float64Array(3))).toThrow(/length 2 \(\[T, P\]\), got 3/);
  expect(() => adjoint(logistic, u, { ...problem, times: [0, 2] }, trajectory, seeds)).toThrow(ArgumentError);
  expect(() => adjoint(logistic, u, { ...problem, y0: [0.3] }, trajectory, seeds)).toThrow(/start at the problem's y0/);
});

test("rodas4 without second derivatives solves, but its derivatives say what is missing", () => {
  const { second: _, ...first } = logistic;
  const u = Float64Array.of(1);
  const problem = { y0: [0.2], times: [0, 1], integrator: rodas4, substeps: 50 };
  const trajectory = solve(first, u, problem);
  expect(trajectory.values[1]).toBeCloseTo(logisticAt(1, 0.2, 1), 9);
  expect(() => adjoint(first, u, problem, trajectory, new Float64Array(2))).toThrow(
    /adjoint of rodas4 needs the second/,
  );
  expect(() => variational(first, u, problem)).toThrow(/no `second`.*secondByDifferences/);
});

test("a singular iteration matrix of a fixed step is named with the state", () => {
  const growth = { ...logistic, jvp: (...[, , [dy], , out]: Parameters<Dynamics["jvp"]>) => void (out[0] = 4 * dy) };
  const problem = { y0: [0.2], times: [0, 1], integrator: rodas4 };
  expect(() => solve(growth, Float64Array.of(1), problem)).toThrow(
    /rodas4: the iteration matrix.*singular.*y = \[0\.2\]/,
  );
});

test("a method of variable order is refused by name where steps are fixed", () => {
  const problem = { y0: [0.2], times: [0, 1], integrator: ndf as unknown as typeof rk4 };
  expect(() => solve(logistic, Float64Array.of(1), problem)).toThrow(/solve: ndf does not take fixed steps/);
});
