import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { poisson } from "./base.ts";
import { countsOfSpecies } from "./families/countsOfSpecies.ts";
import { fitStates, projectStates } from "./fitStates.ts";

const species = ["A", "B"].map((name) => ({ name, base: poisson }));
const family = countsOfSpecies({
  species,
  statistics: [
    [1, 0],
    [0, 1],
    [1, 1],
  ],
});
const planted = Float64Array.of(-1.5, -1, 0.08);

// One wrong index in the Fisher matrix, or samples counted twice, changes the standard errors by much more than a tenth.
test("static Boltzmann learning recovers a planted ν within 4 standard errors, which are those of repeated fits", () => {
  const random = stream("states", 0);
  const states = new Int32Array(2 * 2000);
  const scores: number[] = [];
  for (let repeat = 0; repeat < 30; repeat++) {
    family.draw(planted, 2000, random, states);
    const { nu, standardErrors, samples } = fitStates(family, states);
    expect(samples).toBe(2000);
    nu.forEach((x, k) => scores.push((x - planted[k]) / standardErrors[k]));
  }
  expect(Math.max(...scores.map(Math.abs))).toBeLessThan(4);
  const square = scores.reduce((sum, z) => sum + z * z, 0) / scores.length;
  expect(Math.abs(square - 1) / Math.sqrt(2 / scores.length)).toBeLessThan(4); // z² has mean 1, variance 2
});

test("the log-likelihood is the mean of log p̃ over the samples", () => {
  const states = Int32Array.of(3, 2, 4, 1, 6, 0, 2, 5, 3, 3);
  const { nu, logLikelihood } = fitStates(family, states);
  const phi = new Float64Array(3);
  let want = -family.logZ(nu);
  for (let i = 0; i < 5; i++) {
    const n = states.subarray(2 * i, 2 * i + 2);
    family.evaluate(n, phi);
    want += (family.logBase(n) - phi.reduce((sum, f, k) => sum + f * nu[k], 0)) / 5;
  }
  expect(logLikelihood).toBeCloseTo(want, 12);
});

test("a member is its own projection; a law without the product misses it by the floor, whatever the scale of p", () => {
  const { states, probability } = family.table(planted);
  const p = { states: states.slice(), probability: probability.slice() };
  const own = projectStates(family, p);
  expect(Math.abs(own.kl)).toBeLessThan(1e-12);
  own.nu.forEach((x, k) => expect(x).toBeCloseTo(planted[k], 8));
  const plain = countsOfSpecies({
    species,
    statistics: [
      [1, 0],
      [0, 1],
    ],
  });
  const floor = projectStates(plain, { ...p, probability: p.probability.map((x) => 7 * x) });
  expect(floor.kl).toBeGreaterThan(0.01);
  expect(projectStates(plain, p).kl).toBeCloseTo(floor.kl, 12);
});

test("data that are empty, ragged, or outside the states are refused by row", () => {
  const law = countsOfSpecies({ species, statistics: [[1, 0]], conserved: [{ weights: { A: 1, B: 1 }, total: 4 }] });
  expect(() => fitStates(law, new Int32Array(0))).toThrow("fitStates: needs one or more rows of 2 counts, got 0");
  expect(() => fitStates(law, Int32Array.of(1, 3, 2))).toThrow("got 3 values");
  expect(() => fitStates(law, Int32Array.of(1, 3, 2, 1))).toThrow(
    "row 1 (A = 2, B = 1) is not a state of the family. Check the order of the species",
  );
  const p = (weight: number) => ({ states: Int32Array.of(1, 3), probability: Float64Array.of(weight) });
  expect(() => projectStates(law, p(0))).toThrow("there are no data");
  expect(() => projectStates(law, p(Number.NaN))).toThrow("the probability of A = 1, B = 3 is NaN");
  expect(() => projectStates(law, { states: Int32Array.of(1), probability: Float64Array.of(1) })).toThrow(
    "1 rows of 2",
  );
  expect(() => fitStates(law, Int32Array.of(0, 4, 0, 4))).toThrow(
    "projectMoments: the ν of A runs off to ∞. No finite ν has these moments",
  );
});
