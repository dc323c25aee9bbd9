import { ArgumentError } from "@dbd/numerics/errors";
import { stream } from "@dbd/numerics/random/stream";
import { adjoint, frozen, solve, tsit54, variational } from "@dbd/ode";
import { dynamicsConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { parseNetwork } from "../parse.ts";
import { rateEquations, type RateEquationsOptions } from "./rateEquations.ts";

function slope(text: string, y: readonly number[], options: RateEquationsOptions = {}): number[] {
  const { dynamics, u, states } = rateEquations(parseNetwork(text), options);
  const out = new Float64Array(states.length);
  dynamics.evaluate(Float64Array.from(y), u, out);
  return [...out];
}

test("two copies of one species: the macroscopic limit is n²/2, the propensity n(n−1)/2", () => {
  const text = "2 A -> B @ 3\n3 B -> 0 @ 1\nA = 10\nB = 5";
  expect(slope(text, [10, 5])).toEqual([-300, expect.closeTo(150 - 3 * (125 / 6), 12)]);
  expect(slope(text, [10, 5], { convention: "falling factorial" })).toEqual([-270, 135 - 3 * 10]);
});

test("laws are taken as they are, boundary species do not move, catalysts cancel", () => {
  const text = "A + E -> B + E @ 2\nB -> 0 @ = v*B/(k + B)\nv = 4\nk = 3\nboundary E = 5\nboundary A = 7";
  const { states } = rateEquations(parseNetwork(text));
  const state = states.map((name) => ({ A: 7, E: 5, B: 1 })[name]!);
  const moved = slope(text, state);
  expect(states.map((name, p) => [name, moved[p]])).toEqual(
    expect.arrayContaining([
      ["A", 0],
      ["E", 0],
      ["B", 70 - 1],
    ]),
  );
});

test("parameters' expressions follow the coefficients; rules and time are states or unfolded", () => {
  const network = parseNetwork(
    "A -> 0 @ k2\nk2 = 2*k\nk = 3\n0 -> A @ = total*exp(-time)\ntotal := 2*A + w\nw' = k - w\nw = 1\nA = 4",
  );
  const { states, coefficients, dynamics, u, y0 } = rateEquations(network);
  expect(states).toEqual(["A", "w", "time"]);
  expect(coefficients).toEqual(["k"]);
  expect([...y0]).toEqual([4, 1, 0]);
  const out = new Float64Array(3);
  dynamics.evaluate(Float64Array.of(4, 1, Math.LN2), u, out);
  expect(out[0]).toBeCloseTo(-24 + 9 / 2, 12);
  expect([...out.subarray(1)]).toEqual([2, 1]);
});

test.each([
  ["polynomial", "2 A + B <-> C @ k1, k2\nC -> A @ k1\nk1 = 0.7\nk2 = 1.3\nA = 1\nB = 2\nC = 5"],
  [
    "Hill and powers",
    "A -> B @ = v*A^n/(K^n + A^n) + sqrt(B) + A^2.5\nB -> 0 @ = B^3*ln(A + 2)\nv = 2\nn = 2.2\nK = 1.1\nA = 1",
  ],
  [
    "functions",
    "A -> B @ = exp(-k*A)*(2 + sin(B)*cos(A)) + atan(A) + tanh(B) + sinh(0.1*A) + cosh(0.1*B)\nB -> 0 @ = tan(0.1*B) + log10(A + 3) + asin(0.1*A) + acos(0.1*B)\nk = 0.3\nA = 1",
  ],
  [
    "pieces",
    "A -> B @ = piecewise(k*A, A < B, k*B^2) + min(A, 3*B) + max(A, 4*B) + abs(A - 7)\nB -> 0 @ = k/(1 + B)\nk = 0.3\nA = 1",
  ],
  ["rules and time", "A -> 0 @ = f*A\nf := g + time\ng := k*A\nw' = -w*k*A\nw = 2\nk = 0.4\nA = 3"],
])("Jacobian and parameter derivatives of %s are those of the field", (_name, text) => {
  const { dynamics, u, states } = rateEquations(parseNetwork(text));
  const random = stream("rate", 1);
  const samples = Array.from({ length: 5 }, () => Float64Array.from(states, () => 0.5 + 2 * random()));
  expect(dynamicsConformance(dynamics, { u, states: samples, random })).toEqual([]);
});

test("0 to a power that is not whole has finite derivatives", () => {
  const { dynamics, u } = rateEquations(parseNetwork("0 -> A @ = A^n/(1 + A^n)\nn = 2.5\nA = 0"));
  const out = new Float64Array(1);
  dynamics.jvp(Float64Array.of(0), u, Float64Array.of(1), Float64Array.of(1), out);
  expect(out[0]).toBe(0);
});

test("adjoint and variational equation agree on a network", () => {
  const { dynamics, u, y0 } = rateEquations(
    parseNetwork("A + B <-> C @ k1, k2\nC -> A @ k3\nk1 = 1\nk2 = 0.5\nk3 = 0.2\nA = 3\nB = 2"),
  );
  const { problem, rows } = frozen(dynamics, u, { y0, times: [0, 1], integrator: tsit54, rtol: 1e-6 });
  const T = problem.times.length;
  const seeds = new Float64Array(T * 3);
  seeds.set([1, -2, 0.5], 3 * rows[1]);
  const { uBar } = adjoint(dynamics, u, problem, solve(dynamics, u, problem), seeds);
  const { sensitivity } = variational(dynamics, u, problem);
  const Q = u.length;
  const expected = Array.from({ length: Q }, (_, q) =>
    [1, -2, 0.5].reduce((sum, s, p) => sum + s * sensitivity[((T - 1) * 3 + p) * Q + q], 0),
  );
  expected.forEach((v, q) => expect(Math.abs(uBar[q] / v - 1)).toBeLessThan(1e-12));
});

test("bad input is named", () => {
  const network = parseNetwork("A -> 0 @ k\nk = 1\nA = 1");
  expect(() => rateEquations(network, { coefficients: ["kk"] })).toThrow(/"kk" is not a parameter.*Did you mean "k"/);
  expect(() => rateEquations({ ...network, initial: [] })).toThrow(ArgumentError);
  expect(() => rateEquations({ ...network, initial: [Number.NaN] })).toThrow("the initial amount of A is NaN");
  expect(() => rateEquations(network).field(new Float64Array(0))).toThrow("u must have length 1");
});
