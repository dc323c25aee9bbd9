import { stream } from "@dbd/numerics/random/stream";
import { rk4, solve } from "@dbd/ode";
import { dynamicsConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { recoverRateLaw } from "../../reference/plantedRates.ts";
import { hill, massAction, michaelisMenten, rateLaw, type Process } from "./index.ts";

const processes: readonly Process[] = [
  { label: "in", law: massAction, reads: [], changes: { A: 1 } },
  { label: "pair", law: massAction, reads: ["A", "A"], changes: { A: -2, B: 1 } },
  { label: "meet", law: massAction, reads: ["A", "B"], changes: { A: -1, B: -1 } },
  { label: "enzyme", law: michaelisMenten, reads: ["B"], changes: { B: -1 } },
  { label: "gene", law: hill, reads: ["A"], changes: { B: 3 } },
];
const u = Float64Array.from([2, 0.3, 0.1, 1.5, 0.8, 2, 1.2, 2.5], Math.log);

test.each(["value", "log", "nu"] as const)("derivatives agree in the coordinates %s", (coordinates) => {
  const dynamics = rateLaw(["A", "B"], processes, { coordinates });
  const states = [Float64Array.of(0.7, 1.4), Float64Array.of(1.9, 0.2)];
  expect(dynamicsConformance(dynamics, { u, states, random: stream("rateLaw", 0) })).toEqual([]);
});

test("the three coordinates are one flow, and the constants have names", () => {
  const end = (coordinates: "value" | "log" | "nu", y0: readonly number[]): Float64Array =>
    solve(rateLaw(["A", "B"], processes, { coordinates }), u, {
      y0,
      times: [0, 1],
      integrator: rk4,
      substeps: 200,
    }).values.slice(2);
  const [A, B] = end("value", [0.5, 2]);
  const log = end("log", [Math.log(0.5), Math.log(2)]);
  const nu = end("nu", [-Math.log(0.5), -Math.log(2)]);
  expect(Math.exp(log[0])).toBeCloseTo(A, 8);
  expect(Math.exp(-nu[1])).toBeCloseTo(B, 8);
  expect(rateLaw(["A", "B"], processes).constants).toEqual([
    "in.k",
    "pair.k",
    "meet.k",
    "enzyme.vMax",
    "enzyme.K",
    "gene.vMax",
    "gene.K",
    "gene.n",
  ]);
});

test("planted rate constants are recovered from simulated runs of the same graph", async () => {
  expect(await recoverRateLaw(2, 800, 6)).toBeLessThan(0.02 * Math.sqrt(10_000 / 800)); // 2 % is for 10⁴ runs
});

test("a graph with names that do not exist is refused", () => {
  const wrong = { label: "typo", law: massAction, reads: ["a"], changes: {} };
  expect(() => rateLaw(["A", "B"], [wrong])).toThrow("typo names a, which is not one of A, B. Did you mean A?");
  const two = { label: "two", law: michaelisMenten, reads: ["A", "B"], changes: {} };
  expect(() => rateLaw(["A", "B"], [two])).toThrow("two: michaelisMenten reads one variable, got 2");
});
