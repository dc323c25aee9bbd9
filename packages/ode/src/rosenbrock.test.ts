import { ArgumentError } from "@dbd/numerics/errors";
import { expect, test } from "vitest";
import { integrate, rodas4, rosenbrock, type Field, type RosenbrockTableau } from "./index.ts";
import { rosenbrockProblems } from "./rosenbrock.ts";

// ROS2, order 2(1), γ = 1 + 1/√2: Verwer et al. (1999), SIAM J. Sci. Comput. 20, 1456.
const gamma = 1 + Math.SQRT1_2;
const ros2: RosenbrockTableau = {
  name: "ros2",
  order: 2,
  gamma,
  a: [[], [1 / gamma]],
  c: [[], [-2 / gamma]],
  m: [3 / (2 * gamma), 1 / (2 * gamma)],
  error: { order: 1, weights: [1 / (2 * gamma), 1 / (2 * gamma)] },
  interpolant: { order: 1, p: [0, 0], q: [0, 0] },
};

const decay: Field["evaluate"] = (_t, [a, b], out) => out.set([-1e3 * a + b, a - b]);

test("another tableau from the literature is accepted and integrates", () => {
  const path = integrate(decay, { y0: [1, 1], times: [0, 1], integrator: rosenbrock(ros2), rtol: 1e-6 });
  const exact = integrate(decay, { y0: [1, 1], times: [0, 1], integrator: rodas4, rtol: 1e-11 });
  path.end.y.forEach((v, p) => expect(v).toBeCloseTo(exact.end.y[p], 5));
});

test.each([
  ["m", { m: [1, 1] }, /the condition Σ b = 1\/1 of order 1 is not met/],
  ["a", { a: [[], [0.5]] }, /Σ b c|Σ b = /],
  ["c", { c: [[], [1]] }, /the condition/],
  ["embedded", { error: { order: 2, weights: ros2.error.weights } }, /order 2 \(embedded\) is not met/],
  ["interpolant", { interpolant: { order: 2, p: [0, 0], q: [0, 0] } }, /of the interpolant is not met/],
  ["a short list", { m: [1] }, /must have 1 entries, as m has/],
  ["a full row", { a: [[1], [1]] }, /strictly lower triangles/],
] as const)("a wrong %s is refused", (_, change, message) => {
  const wrong = { ...ros2, ...change } as RosenbrockTableau;
  expect(rosenbrockProblems({ ...ros2, order: 3 })).not.toEqual([]);
  expect(() => rosenbrock(wrong)).toThrow(ArgumentError);
  expect(() => rosenbrock(wrong)).toThrow(message);
});

const jacobian: Field["jacobian"] = (_t, _y, out) => out.set([-1e3, 1, 1, -1]);
const problem = { y0: [1, 1], times: [0, 1], integrator: rodas4, rtol: 1e-8 };

test("a Jacobian of one's own saves evaluations and gives the same", () => {
  const differences = integrate(decay, problem);
  const own = integrate({ evaluate: decay, jacobian, timeDerivative: (_t, _y, out) => void out.fill(0) }, problem);
  expect(own.counts.jacobians).toBe(own.counts.accepted);
  expect(own.counts.evaluations).toBeLessThan(0.75 * differences.counts.evaluations);
  own.end.y.forEach((v, p) => expect(Math.abs(v / differences.end.y[p] - 1)).toBeLessThan(1e-7));
});

test("a banded Jacobian takes few evaluations whatever P is: the heat equation on 60 cells", () => {
  const P = 60;
  let calls = 0;
  const heat: Field["evaluate"] = (_t, y, out) => {
    calls++;
    for (let p = 0; p < P; p++) out[p] = P * P * ((y[p - 1] ?? 0) - 2 * y[p] + (y[p + 1] ?? 0));
  };
  const y0 = Float64Array.from({ length: P }, (_, p) => Math.sin((Math.PI * (p + 1)) / (P + 1)));
  const rate = P * P * (2 - 2 * Math.cos(Math.PI / (P + 1))); // the lowest mode of the discrete Laplacian
  const path = integrate(heat, { ...problem, y0, times: [0, 0.1], bandwidth: { lower: 1, upper: 1 } });
  path.end.y.forEach((v, p) => expect(v).toBeCloseTo(y0[p] * Math.exp(-0.1 * rate), 8));
  expect(calls).toBe(path.counts.evaluations);
  const { accepted, rejected, jacobians } = path.counts;
  expect(jacobians).toBeLessThanOrEqual(accepted + 1);
  expect(calls).toBeLessThanOrEqual(2 + 5 * (accepted + rejected) + 5 * jacobians); // 3 columns, ∂/∂t, the start of a step
});

test.each([
  { lower: -1, upper: 0 },
  { lower: 0, upper: 0.5 },
])("the bandwidth %o is refused", (bandwidth) => {
  expect(() => integrate(decay, { ...problem, bandwidth })).toThrow(/bandwidth needs two numbers of diagonals/);
});

test("a Jacobian that is not finite, a field that is not finite, and a singular solution are named", () => {
  expect(() => integrate({ evaluate: decay, jacobian: (_t, _y, out) => void out.fill(Number.NaN) }, problem)).toThrow(
    /integrate\(rodas4\): the iteration matrix stayed singular or not finite \(look at the Jacobian\)/,
  );
  expect(() => integrate({ evaluate: (t, y, out) => out.set([0, t > 0.5 ? Number.NaN : y[1]]) }, problem)).toThrow(
    /component 1 is NaN at t = 0\.[45]/,
  );
  expect(() => integrate({ evaluate: () => undefined }, problem)).toThrow(/component 0 is NaN at t = 0.*never written/);
  expect(() => integrate((_t, [y], out) => void (out[0] = y * y), { ...problem, y0: [1], times: [0, 2] })).toThrow(
    /step size fell to .* at t = (1\.00|0\.999).*The solution may be singular there/,
  );
});

test("the budget of a stiff method asks for looser tolerances", () => {
  const path = integrate(decay, { ...problem, maxSteps: 3 });
  expect(path.stopped).toBe("budget");
  expect(path.advice).toBe("Raise maxSteps, or loosen rtol and atol");
});
