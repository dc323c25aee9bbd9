import { stream } from "@dbd/numerics/random/stream";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binomial, counting, poisson } from "../base.ts";
import { projectMoments } from "../projectMoments.ts";
import { powerProduct, productsUpTo, type Statistic } from "../statistics.ts";
import { familyConformance } from "./conformance.ts";
import { counts } from "./counts.ts";
import {
  countsOfSpecies,
  redundantStatistics,
  type SpeciesFamily,
  type SpeciesOptions,
  withoutRedundant,
} from "./countsOfSpecies.ts";

const vector = (...values: number[]): Float64Array => Float64Array.from(values);
const pair = [
  { name: "A", base: poisson },
  { name: "B", base: poisson },
];
const momentsOf = (family: SpeciesFamily, nu: Float64Array): Float64Array => {
  const out = new Float64Array(nu.length);
  family.asleepMoments(nu, null, out);
  return out;
};

// E + S ⇌ C → E + P with 4 enzymes and 7 substrates.
const enzyme: SpeciesOptions = {
  species: ["E", "S", "C", "P"].map((name) => ({ name, base: poisson })),
  statistics: [...productsUpTo(4, 1), [1, 1, 0, 0], [0, 2, 0, 0]],
  conserved: [
    { weights: { E: 1, C: 1 }, total: 4 },
    { weights: { S: 1, C: 1, P: 1 }, total: 7 },
  ],
};

const gauss: Statistic = { label: "bump", value: (n) => Math.exp(-((n[0] - n[1]) ** 2) / 8) };
const cases: [name: string, options: SpeciesOptions, nu: number[]][] = [
  [
    "two Poisson species with a product",
    {
      species: pair,
      statistics: [
        [1, 0],
        [0, 1],
        [1, 1],
      ],
    },
    [-1.5, -1, 0.05],
  ],
  [
    "all pairs on the counting base",
    { species: pair.map((s) => ({ ...s, base: counting })), statistics: productsUpTo(2, 2) },
    [-0.8, -1, 0.2, 0.1, 0.15],
  ],
  [
    "powers, a function of the state, a largest count and places",
    {
      species: [
        { name: "A", base: counting, max: 12 },
        { name: "B", base: binomial(9) },
      ],
      statistics: [powerProduct(["A", "B"], [1, 0]), powerProduct(["A", "B"], [1, 2]), gauss],
    },
    [0.2, -0.01, -1.5],
  ],
  [
    "three species, one product of all",
    { species: [...pair, { name: "C", base: poisson, max: 6 }], statistics: [...productsUpTo(3, 1), [1, 1, 1]] },
    [-1, -0.5, -0.2, 0.1],
  ],
  ["an enzyme under two conservation laws", withoutRedundant(enzyme), [-0.3, 0.2, 0.1, -0.05]],
];

describe.each(cases)("%s", (_name, options, values) => {
  const nu = Float64Array.from(values);

  test("conforms: moments = −∂log Z/∂ν, covariance is the Hessian, covarianceVjp its derivative", () => {
    expect(familyConformance(countsOfSpecies(options), nu, stream(1, 0))).toEqual([]);
  });

  test("a member's moments give its ν back (static Boltzmann learning with the Fisher matrix)", () => {
    const family = countsOfSpecies(options);
    const found = projectMoments(family, momentsOf(family, nu));
    for (let k = 0; k < nu.length; k++) expect(found.nu[k]).toBeCloseTo(nu[k], 8);
  });

  test("probabilities add up to one, every listed state obeys the laws, and KL(p̃‖p̃) is zero", () => {
    const family = countsOfSpecies(options);
    const { states, probability } = family.table(nu);
    expect(probability.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    const S = family.species.length;
    expect(probability.every((_, i) => family.logBase(states.subarray(i * S, (i + 1) * S)) > -Infinity)).toBe(true);
    expect(Math.abs(family.divergence({ states, probability }, nu))).toBeLessThan(1e-12);
  });
});

test("one species gives exactly what counts gives", () => {
  const nu = vector(-0.9, 0.15);
  const one = counts({ order: 2, base: counting });
  const same = countsOfSpecies({ species: [{ name: "A", base: counting }], statistics: [[1], [2]] });
  expect(same.logZ(nu)).toBeCloseTo(one.logZ(nu), 13);
  const [a, b] = [new Float64Array(4), new Float64Array(4)];
  one.covariance(nu, a);
  same.covariance(nu, b);
  for (let i = 0; i < 4; i++) expect(Math.abs(b[i] - a[i])).toBeLessThan(1e-12 * Math.abs(a[i]));
  expect(same.labels).toEqual(["A", "C(A, 2)"]);
});

test("independent Poisson species factorise: log Z = e^−ν₁ + e^−ν₂, also at means that outgrow the first box", () => {
  const family = countsOfSpecies({
    species: pair,
    statistics: [
      [1, 0],
      [0, 1],
    ],
  });
  for (const [a, b] of [
    [0.5, 3],
    [200, 20],
    [3, 0.01],
  ]) {
    const nu = vector(-Math.log(a), -Math.log(b));
    expect(Math.abs(family.logZ(nu) / (a + b) - 1)).toBeLessThan(1e-13);
    const [meanA, meanB] = momentsOf(family, nu);
    expect(Math.abs(meanA / a - 1)).toBeLessThan(1e-12);
    expect(Math.abs(meanB / b - 1)).toBeLessThan(1e-12);
  }
  const law = family.marginal(vector(-Math.log(3), 0), "A");
  expect(law[2]).toBeCloseTo(4.5 * Math.exp(-3), 14);
});

test("Poisson species under a conservation law are multinomial: ⟨A⟩ = N p, Var A = N p (1 − p)", () => {
  const family = countsOfSpecies({
    species: [...pair, { name: "C", base: poisson }],
    statistics: [
      [1, 0, 0],
      [0, 1, 0],
    ],
    conserved: [{ weights: { A: 1, B: 1, C: 1 }, total: 20 }],
  });
  const nu = vector(-Math.log(2), -Math.log(3)); // odds 2 : 3 : 1
  const C = new Float64Array(4);
  family.covariance(nu, C);
  expect(momentsOf(family, nu)[0]).toBeCloseTo(20 / 3, 12);
  expect(C[0]).toBeCloseTo((20 * 2) / 9, 12);
  expect(C[1]).toBeCloseTo(-20 / 6, 12);
});

// A valley deeper than any tail cut between two modes: the box of 64 holds one; the probes outside find the other.
test("a mode far outside the first box is found", () => {
  const well: Statistic = {
    label: "wells",
    value: (n) => Math.min((n[0] - 10) ** 2 + (n[1] - 5) ** 2, (n[0] - 150) ** 2 + (n[1] - 5) ** 2) / 20,
  };
  const species = pair.map((s) => ({ ...s, base: counting }));
  const family = countsOfSpecies({ species, statistics: [well] });
  let [sum, total] = [0, 0];
  for (let a = 0; a < 300; a++)
    for (let b = 0; b < 60; b++) {
      const weight = Math.exp(-well.value([a, b]));
      sum += a * weight;
      total += weight;
    }
  expect(family.expectation(vector(1), (n) => n[0])).toBeCloseTo(sum / total, 9);
});

test("the table is short where the law is narrow, also after a broad one, and keeps its states while ν hardly moves", () => {
  const family = countsOfSpecies({
    species: pair,
    statistics: [
      [1, 0],
      [0, 1],
    ],
  });
  const at = (mean: number) => family.table(vector(-Math.log(mean), -Math.log(mean)));
  expect(at(150).probability.length).toBeGreaterThan(10_000);
  const { states, probability } = at(2);
  expect(probability.length).toBeLessThan(3000);
  expect(at(2.01).states).toBe(states);
  expect(at(100).states).not.toBe(states);
});

test("conservation laws make statistics redundant: they are named with their relation, and can be left out", () => {
  expect(redundantStatistics(enzyme).map((x) => x.relation)).toEqual(["C = 4 − E", "P = 3 + E − S"]);
  expect(() => countsOfSpecies(enzyme)).toThrow(
    "redundant statistics under E + C = 4, S + C + P = 7: C = 4 − E; P = 3 + E − S, so the covariance is singular. " +
      "Leave out C, P (withoutRedundant does)",
  );
  expect(countsOfSpecies(withoutRedundant(enzyme)).labels).toEqual(["E", "S", "E S", "C(S, 2)"]);
  const dimer: SpeciesOptions = {
    species: [
      { name: "M", base: poisson },
      { name: "D", base: poisson },
    ],
    statistics: [
      [1, 0],
      [2, 0],
      [0, 1],
      [0, 2],
    ],
    conserved: [{ weights: { M: 1, D: 2 }, total: 9 }],
  };
  expect(redundantStatistics(dimer).map((x) => x.relation)).toEqual([
    "D = 4.5 − 0.5 M",
    "C(D, 2) = 7.875 − 1.875 M + 0.25 C(M, 2)",
  ]);
});

test("statistics that are constant or combinations without any law are redundant too", () => {
  const options: SpeciesOptions = {
    species: pair,
    statistics: [[1, 0], [2, 0], powerProduct(["A", "B"], [2, 0]), { label: "one", value: () => 1 }],
  };
  expect(redundantStatistics(options).map((x) => x.relation)).toEqual(["A^2 = A + 2 C(A, 2)", "one = 1"]);
  expect(() => countsOfSpecies(options)).toThrow("redundant statistics: A^2 = A + 2 C(A, 2); one = 1");
});

test("a statistic that only varies far out is not redundant, and acts there", () => {
  const high: Statistic = { label: "above 100", value: (n) => (n[0] > 100 ? 1 : 0) };
  const family = countsOfSpecies({ species: [pair[0]], statistics: [[1], high] });
  const plain = counts({ order: 1, base: poisson });
  const above = plain.expectation(vector(-Math.log(100)), (n) => (n > 100 ? 1 : 0));
  expect(momentsOf(family, vector(-Math.log(100), 0))[1]).toBeCloseTo(above, 12);
  const odds = (x: number): number => x / (1 - x);
  expect(odds(momentsOf(family, vector(-Math.log(100), 1))[1])).toBeCloseTo(odds(above) / Math.E, 12);
});

test("a ν without a sum is refused with the direction in which the weights grow", () => {
  const family = countsOfSpecies({
    species: pair.map((s) => ({ ...s, base: counting })),
    statistics: productsUpTo(2, 2),
  });
  expect(() => family.logZ(vector(0, 0, 0.1, 0, -0.1))).toThrow(
    "along B alone the top coefficient ν₂ = -0.1 is negative, so the weights grow without bound on 0…∞",
  );
  // Both axes hold, the diagonal does not: n²/2 (0.1 + 0.1) < 0.3 n².
  expect(family.normalisable(vector(0, 0, 0.1, -0.3, 0.1))).toMatch(
    /the weights have not fallen off at A = \d+, B = \d+/,
  );
  expect(family.normalisable(vector(0, 0, 0.1, -0.05, 0.1))).toBeUndefined();
  expect(family.normalisable(vector(0, 0, Number.NaN, 0, 0.1))).toContain("ν of C(A, 2) is NaN");
  expect(family.normalisable(vector(0, 0))).toContain("nu must have length 5, got 2");
  const user = countsOfSpecies({ species: [{ name: "A", base: counting }], statistics: [gaussOf()] });
  expect(() => user.logZ(vector(1))).toThrow("nu = (1) is not normalisable: the weights have not fallen off at A =");
  const many = ["A", "B", "C", "D", "E"].map((name) => ({ name, base: counting }));
  const broad = countsOfSpecies({ species: many, statistics: productsUpTo(5, 1) });
  expect(() => broad.logZ(new Float64Array(5).fill(0.05))).toThrow("the sum needs more than 1048576 states");
  expect(broad.logZ(new Float64Array(5).fill(9))).toBeCloseTo(-5 * Math.log(1 - Math.exp(-9)), 12); // it still works
});

function gaussOf(): Statistic {
  return { label: "near 3", value: (n) => Math.exp(-((n[0] - 3) ** 2)) };
}

test("species, laws and statistics that do not fit are refused by name", () => {
  const make = (change: Partial<SpeciesOptions>) => () =>
    countsOfSpecies({ species: pair, statistics: [[1, 0]], ...change });
  expect(make({ species: [] })).toThrow("needs at least one species");
  expect(make({ species: [pair[0], pair[0]] })).toThrow("there are two species A");
  expect(make({ species: [{ name: "A", base: poisson, max: 0 }, pair[1]] })).toThrow(
    "max of A must be a positive integer",
  );
  expect(make({ species: [{ name: "A", base: binomial(3), max: 4 }, pair[1]] })).toThrow("max of A is 4, but the base");
  expect(make({ statistics: [] })).toThrow("needs at least one statistic");
  expect(
    make({
      statistics: [
        [1, 0],
        [1, 0],
      ],
    }),
  ).toThrow("there are two statistics A");
  expect(make({ statistics: [[1]] })).toThrow("orders must be 2 whole numbers (A, B), not all zero, got (1)");
  expect(make({ conserved: [{ weights: { Aa: 1 }, total: 3 }] })).toThrow(
    "names Aa, which is not one of A, B. Did you mean A?",
  );
  expect(make({ conserved: [{ weights: { A: 0.5 }, total: 3 }] })).toThrow(
    "the weight of A in a conservation law must be whole",
  );
  expect(make({ conserved: [{ weights: {}, total: 3 }] })).toThrow("needs a whole total and a species");
  expect(make({ conserved: [{ weights: { A: 2, B: 2 }, total: 3 }] })).toThrow("no state obeys the conservation laws");
  const huge = ["A", "B", "C"].map((name) => ({ name, base: poisson, max: 200 }));
  expect(make({ species: huge, statistics: [[1, 0, 0]] })).toThrow("there are more than 1048576 states");
  const bad: Statistic = { label: "1/n", value: (n) => 1 / n[0] };
  expect(make({ statistics: [bad] })).toThrow("the statistic 1/n is Infinity at A = 0, B = 0");
  const family = countsOfSpecies({
    species: pair,
    statistics: [
      [1, 0],
      [0, 1],
    ],
  });
  expect(() => family.marginal(vector(0, 0), "X")).toThrow("X is not one of A, B");
  expect(() => family.draw(vector(0, 0), 3, () => 0.5, new Int32Array(5))).toThrow("out must hold 3 rows of 2 counts");
  expect(() => productsUpTo(0, 1)).toThrow("productsUpTo");
});

// A draw that mixed up rows and species, or took the neighbour's row, would shift ⟨AB⟩ by far more than its error.
test("exact draws have the exact moments (z < 4), stratified ones a variance at least twice smaller", () => {
  const family = countsOfSpecies({
    species: pair,
    statistics: [
      [1, 0],
      [0, 1],
      [1, 1],
    ],
  });
  const nu = vector(-1.5, -1, 0.05);
  const exact = momentsOf(family, nu);
  const C = new Float64Array(9);
  family.covariance(nu, C);
  const [count, repeats] = [100, 200];
  const out = new Int32Array(2 * count);
  const errors = (stratified: boolean): Float64Array[] => {
    const random = stream("species", stratified ? 1 : 0);
    return Array.from({ length: repeats }, () => {
      family[stratified ? "drawStratified" : "draw"](nu, count, random, out);
      const sum = new Float64Array(3);
      const phi = new Float64Array(3);
      for (let i = 0; i < count; i++) {
        family.evaluate(out.subarray(2 * i, 2 * i + 2), phi);
        for (let k = 0; k < 3; k++) sum[k] += phi[k] / count;
      }
      return sum.map((x, k) => x - exact[k]);
    });
  };
  const [plain, strata] = [errors(false), errors(true)];
  for (let k = 0; k < 3; k++) {
    const mean = (all: Float64Array[]): number => all.reduce((sum, e) => sum + e[k] / repeats, 0);
    const square = (all: Float64Array[]): number => all.reduce((sum, e) => sum + e[k] ** 2 / repeats, 0);
    expect(Math.abs(mean(plain)) / Math.sqrt(C[4 * k] / count / repeats)).toBeLessThan(4);
    expect(Math.abs(mean(strata)) / Math.sqrt(square(strata) / repeats)).toBeLessThan(4);
    expect(square(strata)).toBeLessThan(square(plain) / (k === 0 ? 20 : 1)); // the list runs along A
  }
});

test("covarianceWith is −∂⟨g⟩/∂ν; KL is infinite off the states and needs a distribution", () => {
  const family = countsOfSpecies({
    species: pair,
    statistics: [
      [1, 0],
      [0, 1],
      [1, 1],
    ],
  });
  const nu = vector(-1.5, -1, 0.05);
  const g = (n: Int32Array): number => n[0] ** 2 * n[1];
  const got = new Float64Array(3);
  family.covarianceWith(nu, g, got);
  for (let k = 0; k < 3; k++) {
    const [up, down] = [nu.slice(), nu.slice()];
    up[k] += 1e-5;
    down[k] -= 1e-5;
    const difference = (family.expectation(up, g) - family.expectation(down, g)) / 2e-5;
    expect(Math.abs(got[k] + difference)).toBeLessThan(1e-6 * Math.abs(got[k]));
  }
  const off = { states: Int32Array.of(-1, 2), probability: vector(1) };
  expect(family.divergence(off, nu)).toBe(Infinity);
  expect(() => family.divergence({ states: Int32Array.of(1), probability: vector(1) }, nu)).toThrow("1 rows of 2");
  expect(() => family.divergence({ states: Int32Array.of(1, 1), probability: vector(-1) }, nu)).toThrow("not a prob");
});

test("property: exchanging the species exchanges the moments", () => {
  const family = countsOfSpecies({ species: pair, statistics: productsUpTo(2, 2) });
  const field = fc.double({ min: -2, max: 1, noNaN: true });
  const coupling = fc.double({ min: 0.01, max: 0.5, noNaN: true });
  fc.assert(
    fc.property(field, field, coupling, coupling, coupling, (a, b, c, d, e) => {
      const x = momentsOf(family, vector(a, b, c, d, e));
      const y = momentsOf(family, vector(b, a, e, d, c));
      [0, 1, 2, 3, 4].forEach((k, i) => expect(x[k]).toBeCloseTo(y[[1, 0, 4, 3, 2][i]], 11));
    }),
    { seed: 2, numRuns: 20 },
  );
});
