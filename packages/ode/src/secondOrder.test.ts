import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { hessianVector, rk4, rodas4, secondByDifferences, solve, tsit54, type Dynamics } from "./index.ts";
import { logistic, quadraticField, tanhField } from "./sampleFields.ts";

const dot = (v: Float64Array, w: Float64Array): number => v.reduce((total, x, i) => total + x * w[i], 0);
const moved = (v: Float64Array, e: number, dv: Float64Array): Float64Array => v.map((x, i) => x + e * dv[i]);

/** S = Σ w y + y³/3 along a path, with a random direction of (u, y0). */
function setUp(dynamics: Dynamics, seed: number) {
  const random = stream("hessian", seed);
  const vector = (length: number, scale = 1) => Float64Array.from({ length }, () => scale * (2 * random() - 1));
  const [P, Q] = dynamics.shape;
  const times = Float64Array.of(0, 0.3, 0.5, 1);
  const u = vector(Q, 0.6);
  const y0 = vector(P, 0.8);
  const weights = vector(times.length * P);
  const [du, dy0] = [vector(Q), vector(P)];
  const length = Math.sqrt(dot(du, du) + dot(dy0, dy0));
  const direction = { du: du.map((v) => v / length), dy0: dy0.map((v) => v / length) };
  const objective = (values: Float64Array): number =>
    values.reduce((sum, y, i) => sum + weights[i] * y + y ** 3 / 3, 0);
  const seedsOf = (values: Float64Array, changes: Float64Array) => ({
    seeds: values.map((y, i) => weights[i] + y * y),
    changes: values.map((y, i) => 2 * y * changes[i]),
  });
  return { u, y0, times, direction, objective, seedsOf, vector };
}

const cases = [
  { name: "quadratics", dynamics: quadraticField(3) },
  { name: "tanh", dynamics: tanhField(2, 5) },
  { name: "tanh, second by differences", dynamics: secondByDifferences(tanhField(2, 5)) },
].flatMap((one) => [rk4, tsit54].map((integrator) => ({ ...one, integrator, method: integrator.name })));

test.each(cases)("$name, $method: the Taylor remainder of second order falls with slope 3.0 ± 0.1", (c) => {
  for (let seed = 0; seed < 3; seed++) {
    const { u, y0, times, direction, objective, seedsOf } = setUp(c.dynamics, seed);
    const { du, dy0 } = direction;
    const problem = { y0, times, integrator: c.integrator, substeps: 3 };
    const at = (e: number): number =>
      objective(solve(c.dynamics, moved(u, e, du), { ...problem, y0: moved(y0, e, dy0) }).values);
    const { uBar, y0Bar, uBarChange, y0BarChange } = hessianVector(
      c.dynamics,
      u,
      { ...problem, ...direction },
      seedsOf,
    );
    const first = dot(uBar, du) + dot(y0Bar, dy0);
    const second = dot(uBarChange, du) + dot(y0BarChange, dy0);
    const remainder = (e: number): number => Math.abs(at(e) - at(0) - e * first - 0.5 * e * e * second);
    const slope = Math.log2(remainder(2e-3) / remainder(1e-3));
    expect(Math.abs(slope - 3)).toBeLessThan(0.1);
  }
});

test("the Hessian is symmetric to 1e-12 and no direction gives no change", () => {
  const dynamics = tanhField(3, 4);
  const { u, y0, times, direction, seedsOf, vector } = setUp(dynamics, 7);
  const other = { du: vector(u.length), dy0: vector(3) };
  const problem = { y0, times, integrator: rk4, substeps: 2 };
  const along = (d: typeof other) => hessianVector(dynamics, u, { ...problem, ...d }, seedsOf);
  const product = (one: typeof other, two: typeof other): number => {
    const { uBarChange, y0BarChange } = along(one);
    return dot(uBarChange, two.du) + dot(y0BarChange, two.dy0);
  };
  const left = product(direction, other);
  expect(Math.abs(left - product(other, direction))).toBeLessThan(1e-12 * (1 + Math.abs(left)));
  const still = hessianVector(
    secondByDifferences(dynamics),
    u,
    { ...problem, du: new Float64Array(u.length) },
    seedsOf,
  );
  expect(still.uBarChange.every((v) => v === 0)).toBe(true);
});

test("what is missing or wrong is named", () => {
  const u = Float64Array.of(1);
  const problem = { y0: [0.2], times: [0, 1], integrator: rk4, du: u };
  const none = () => ({ seeds: new Float64Array(2), changes: new Float64Array(2) });
  const { second: _, ...first } = logistic;
  expect(() => hessianVector(first, u, problem, none)).toThrow(/a Hessian needs the second derivatives/);
  expect(() => hessianVector(logistic, u, { ...problem, integrator: rodas4 }, none)).toThrow(/rodas4 would need third/);
  expect(() => hessianVector(logistic, u, { ...problem, du: new Float64Array(2) }, none)).toThrow(
    /du must have length 1/,
  );
  const short = () => ({ seeds: new Float64Array(1), changes: new Float64Array(2) });
  expect(() => hessianVector(logistic, u, problem, short)).toThrow(/\[T, P\]\), got 1 and 2/);
  const huge = { ...problem, y0: [-1e200] };
  expect(() => hessianVector(logistic, u, huge, none)).toThrow(/not finite at t = 1/);
});
