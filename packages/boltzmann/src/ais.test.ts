import { drawNormal } from "@dbd/numerics/random/normal";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { ais } from "./ais.ts";
import { rbm } from "./families/rbm.ts";
import { binary } from "./layers/binary.ts";
import { isingTorus, torusLogZ } from "./torus.ts";

const CRITICAL = Math.log(1 + Math.SQRT2) / 2;

test("log Z of the critical Ising torus by transfer matrix: 15.52191545875528 (4×4), 60.14178078906915 (8×8)", () => {
  expect(Math.abs(torusLogZ(4, 4, CRITICAL) - 15.52191545875528)).toBeLessThan(1e-10);
  expect(Math.abs(torusLogZ(8, 8, CRITICAL) - 60.14178078906915)).toBeLessThan(1e-10);
});

test("the torus as a machine has the transfer matrix's log Z, with and without a field, and at couplings of 10⁴", () => {
  const machine = rbm(isingTorus(4, 4));
  expect(Math.abs(machine.logZ(Float64Array.of(0, 0, CRITICAL)) - 15.52191545875528)).toBeLessThan(1e-10);
  expect(Math.abs(machine.logZ(Float64Array.of(0.3, 0.3, 0.2)) - torusLogZ(4, 4, 0.2, 0.3))).toBeLessThan(1e-10);
  const flat = rbm(isingTorus(2, 4));
  expect(Math.abs(flat.logZ(Float64Array.of(0.1, 0.1, -0.7)) - torusLogZ(2, 4, -0.7, 0.1))).toBeLessThan(1e-10);
  expect(torusLogZ(4, 4, 1e4)).toBeCloseTo(32e4 + Math.LN2, 8);
  expect(torusLogZ(3, 1, 0, 0.5)).toBeCloseTo(3 * Math.log(2 * Math.cosh(0.5)), 12);
});

// An annealing that weighs after the sweep instead of before, or forgets log Z₀, is off by nats.
for (const [size, exact, chains] of [
  [4, 15.52191545875528, 100],
  [8, 60.14178078906915, 100],
])
  test(`annealed importance sampling of the critical ${size}×${size} torus lies within 3σ and 0.05 nat`, () => {
    const { logZ, standardError, effectiveSize } = ais(rbm(isingTorus(size, size)), Float64Array.of(0, 0, CRITICAL), {
      chains,
      temperatures: size === 4 ? 200 : 600,
      random: stream("ais", size),
    });
    expect(Math.abs(logZ - exact)).toBeLessThan(3 * standardError);
    expect(Math.abs(logZ - exact)).toBeLessThan(0.05);
    expect(standardError).toBeLessThan(0.08); // ais.long.test.ts brings it to 0.017
    expect(effectiveSize).toBeGreaterThan(chains / 2);
  });

for (const scale of [0.1, 0.3, 0.6, 1, 2, 3])
  test(`a random machine of weights ${scale}: ${scale < 1 ? "within 0.05 nat and " : ""}within the error bar`, () => {
    const machine = rbm({ visible: binary(8), hidden: binary(6) });
    const random = stream("ais machines", Math.round(10 * scale));
    const nu = Float64Array.from(machine.labels, () => scale * drawNormal(random));
    const exact = machine.logZ(nu);
    const start = nu.map((x, k) => (k < 14 ? x : 0));
    const found = ais(machine, nu, { chains: 60, temperatures: 150, random, ...(scale === 1 ? {} : { start }) });
    expect(Math.abs(found.logZ - exact)).toBeLessThan(3.5 * found.standardError);
    if (scale < 1) expect(Math.abs(found.logZ - exact)).toBeLessThan(0.05);
  });

test("when one chain carries all, the error bar says so instead of shrinking", () => {
  const machine = rbm({ visible: binary(8), hidden: binary(8) });
  const random = stream("hard", 1);
  const nu = Float64Array.from(machine.labels, () => 12 * drawNormal(random));
  const { logZ, standardError, effectiveSize } = ais(machine, nu, { chains: 40, temperatures: 5, random });
  expect(effectiveSize).toBeLessThan(3);
  expect(standardError).toBeGreaterThan(2);
  expect(Math.abs(logZ - machine.logZ(nu))).toBeLessThan(3.5 * standardError);
});

test("a start with weights, wrong lengths, odd tori and empty runs are refused by name", () => {
  const machine = rbm({ visible: binary(1), hidden: binary(1) });
  const nu = new Float64Array(3);
  const options = { chains: 2, temperatures: 1, random: stream("bad", 0) };
  expect(() => ais(machine, nu, { ...options, start: Float64Array.of(0, 0, 1) })).toThrow("all weights 0");
  expect(() => ais(machine, new Float64Array(2), options)).toThrow("ais: nu must be 3 finite numbers");
  expect(() => ais(machine, nu, { ...options, chains: 1 })).toThrow("chains must be an integer of at least 2");
  expect(() => ais(machine, nu, { ...options, temperatures: 0.5 })).toThrow("temperatures must be an integer");
  expect(() => isingTorus(3, 4)).toThrow("isingTorus: both sides must be even, got 3 × 4. An odd torus");
  expect(() => torusLogZ(2, 13, 1)).toThrow("torusLogZ: needs 1 … 12 columns");
});
