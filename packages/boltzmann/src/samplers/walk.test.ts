import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { counting, poisson } from "../base.ts";
import { countsOfSpecies, speciesModel, type SpeciesOptions } from "../families/countsOfSpecies.ts";
import { productsUpTo } from "../statistics.ts";
import { largestDrift } from "./conformance.ts";
import { startWalk, walk, walkMoments } from "./walk.ts";

const enzyme: SpeciesOptions = {
  species: ["E", "S", "C"].map((name) => ({ name, base: poisson })),
  statistics: [
    [1, 0, 0],
    [1, 1, 0],
  ],
  conserved: [
    { weights: { E: 1, C: 1 }, total: 6 },
    { weights: { S: 1, C: 1 }, total: 8 },
  ],
};
const pair: SpeciesOptions = {
  species: ["A", "B"].map((name) => ({ name, base: counting })),
  statistics: productsUpTo(2, 2),
};
const cases: [name: string, options: SpeciesOptions, nu: number[], moves: number[][] | undefined][] = [
  ["two species with all pairs", pair, [-0.8, -1, 0.2, 0.1, 0.15], undefined],
  ["an enzyme under two laws, moved by its reaction", enzyme, [-0.3, 0.1], [[-1, -1, 1]]],
];

// A walk that refused to stay where a move leaves the states, or drew its stride by the state, would drift.
for (const [name, options, values, moves] of cases)
  test(`${name}: a walk started at exact draws does not drift: z < 4 on all first and second moments`, () => {
    const family = countsOfSpecies(options);
    const nu = Float64Array.from(values);
    const S = family.species.length;
    const draws = new Int32Array(3000 * S);
    family.draw(nu, 3000, stream("walk", 0), draws);
    const walkers = startWalk(family, draws, stream("walk", 1));
    walk(family, nu, walkers, 4, moves);
    expect(largestDrift(Float64Array.from(draws), Float64Array.from(walkers.counts), S)).toBeLessThan(4);
    walk(
      family,
      nu.map((x) => x + 0.2),
      walkers,
      8,
      moves,
    );
    expect(largestDrift(Float64Array.from(draws), Float64Array.from(walkers.counts), S)).toBeGreaterThan(4.5);
  });

test("moments of eight species, which no list holds, with standard error, R-hat and effective size", () => {
  const species = "ABCDEFGH".split("").map((name) => ({ name, base: poisson }));
  const orders = species.map((_, s) => species.map((_n, i) => (i === s ? 1 : 0)));
  const model = speciesModel({ species, statistics: orders });
  const nu = Float64Array.from(species, (_, s) => -Math.log(4 + s));
  const walkers = startWalk(model, new Int32Array(8 * 8), stream("eight", 0));
  walkMoments(model, nu, walkers, { steps: 600, discard: 60 }).forEach((m, s) => {
    expect(Math.abs(m.mean - (4 + s)) / m.standardError).toBeLessThan(4);
    expect(m.rHat).toBeLessThan(1.03);
    expect(m.effectiveSize).toBeGreaterThan(100);
  });
});

test("starts, moves and numbers that do not fit are refused by name", () => {
  const model = speciesModel(enzyme);
  const random = stream("bad", 0);
  const nu = Float64Array.of(0, 0);
  expect(() => startWalk(model, new Int32Array(0), random)).toThrow("needs one or more rows of 3 counts, got 0");
  expect(() => startWalk(model, Int32Array.of(6, 7, 0), random)).toThrow("row 0 (6, 7, 0) is not a state");
  const walkers = startWalk(model, Int32Array.of(6, 8, 0), random);
  expect(() => walk(model, nu, walkers, 1)).toThrow("the moves must be given. Use the stoichiometry");
  expect(() => walk(model, nu, walkers, 1, [[1, 0, 0]])).toThrow("move (1, 0, 0) breaks a conservation law");
  expect(() => walk(model, nu, walkers, 1, [[1, 0]])).toThrow("move (1, 0) must be 3 whole numbers");
  expect(() => walk(model, nu, walkers, 1, [])).toThrow("needs at least one move");
  expect(() => walk(model, nu.slice(1), walkers, 1, [[-1, -1, 1]])).toThrow("nu must be 2 finite numbers");
  expect(() => walkMoments(model, nu, walkers, { steps: 2 })).toThrow("steps must be an integer of at least 4");
  expect(() => walkMoments(model, nu, walkers, { steps: 1e8 })).toThrow("Use fewer walkers or steps");
});
