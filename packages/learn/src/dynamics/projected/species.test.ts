import {
  binomial,
  countsOfSpecies,
  counts,
  poisson,
  productsUpTo,
  type SpeciesFamily,
  type Statistic,
} from "@dbd/boltzmann";
import { stream } from "@dbd/numerics/random/stream";
import { dynamicsConformance } from "@dbd/ode/testing";
import { expect, test } from "vitest";
import { jumpDrift, projected, projectedSpecies, speciesDrift, type SpeciesDrift } from "./index.ts";

const at = (
  dynamics: ReturnType<typeof projectedSpecies>,
  nu: readonly number[],
  u: readonly number[],
): Float64Array => {
  const out = new Float64Array(nu.length);
  dynamics.evaluate(Float64Array.from(nu), Float64Array.from(u), out);
  return out;
};

/** N sites on a ring with the statistics Σ nᵢ and Σ nᵢ nᵢ₊₁. */
function ring(N: number): SpeciesFamily {
  const sums = (label: string, reach: number): Statistic => ({
    label,
    value(n) {
      let total = 0;
      for (let i = 0; i < N; i++) total += reach === 0 ? n[i] : n[i] * n[(i + 1) % N];
      return total;
    },
  });
  const species = Array.from({ length: N }, (_, i) => ({ name: `s${i}`, base: binomial(1) }));
  return countsOfSpecies({ species, statistics: [sums("n", 0), sums("nn", 1)] });
}

/** Every bond exchanges its two sites at unit rate. */
function exchange(family: SpeciesFamily): SpeciesDrift {
  const N = family.species.length;
  const before = new Float64Array(2);
  const after = new Float64Array(2);
  return (n, out) => {
    out.fill(0);
    const sites = Array.from(n);
    family.evaluate(sites, before);
    for (let i = 0; i < N; i++) {
      const j = (i + 1) % N;
      if (sites[i] === sites[j]) continue;
      [sites[i], sites[j]] = [sites[j], sites[i]];
      family.evaluate(sites, after);
      [sites[i], sites[j]] = [sites[j], sites[i]];
      for (let k = 0; k < 2; k++) out[k] += after[k] - before[k];
    }
  };
}

test("the diffusion motif on a ring of 12 sites: F(h, J) of the closed form", () => {
  const family = ring(12);
  const dynamics = projectedSpecies(family, [exchange(family)]);
  for (const [h, J, Fh, FJ] of [
    [0, 0.5, 1.092284, -0.877394],
    [1, -0.5, -1.423857, 1.143735],
  ]) {
    const F = at(dynamics, [-h, -J], [1]); // E = −h Σn − J Σnn, so h = −ν₁
    expect(-F[0]).toBeCloseTo(Fh, 6);
    expect(-F[1]).toBeCloseTo(FJ, 6);
  }
});

/** A + B ⇌ C with inflow of A, on a bounded box. */
const mixture = countsOfSpecies({
  species: ["A", "B", "C"].map((name) => ({ name, base: poisson, max: 9 })),
  statistics: productsUpTo(3, 2),
});
const reactions: readonly SpeciesDrift[] = [
  speciesDrift(mixture, [-1, -1, 1], (n) => (n[2] < 9 ? n[0] * n[1] : 0)),
  speciesDrift(mixture, [1, 1, -1], (n) => (n[0] < 9 && n[1] < 9 ? n[2] : 0)),
  speciesDrift(mixture, [1, 0, 0], (n) => (n[0] < 9 ? 1 : 0)),
];
const nu = [-0.8, -0.3, 0.2, 0.05, 0.02, -0.1, 0.04, 0.03, 0.06];

test("three species: derivatives agree, and the field is additive in the rates to 1e-12", () => {
  const dynamics = projectedSpecies(mixture, reactions);
  const sample = { u: Float64Array.of(0.4, 1.1, 2), states: [Float64Array.from(nu)], random: stream("species", 0) };
  expect(dynamicsConformance(dynamics, sample)).toEqual([]);
  const [a, b, both] = [
    at(dynamics, nu, [0.4, 0, 2]),
    at(dynamics, nu, [0.1, 1.1, 1]),
    at(dynamics, nu, [0.5, 1.1, 3]),
  ];
  for (let k = 0; k < 9; k++) expect(Math.abs(both[k] - a[k] - b[k])).toBeLessThan(1e-12 * (1 + Math.abs(both[k])));
});

test("with one species it is the field of counts", () => {
  const [one, alone] = [
    counts({ order: 2, base: binomial(20) }),
    countsOfSpecies({ species: [{ name: "A", base: binomial(20) }], statistics: [[1], [2]] }),
  ];
  const pair = (n: number): number => (n * (n - 1)) / 2;
  const F = at(projected(one, [jumpDrift(one, -2, pair)]), [0.3, -0.05], [1]);
  const G = at(projectedSpecies(alone, [speciesDrift(alone, [-2], (n) => pair(n[0]))]), [0.3, -0.05], [1]);
  for (let k = 0; k < 2; k++) expect(Math.abs(F[k] - G[k])).toBeLessThan(1e-11);
});

test("a family asked elsewhere in between does not disturb the field", () => {
  const dynamics = projectedSpecies(mixture, reactions);
  const first = at(dynamics, nu, [1, 1, 1]);
  mixture.logZ(new Float64Array(9));
  expect(at(dynamics, nu, [1, 1, 1])).toEqual(first);
});

test("a singular covariance names the statistic: by a conservation law at once, by a collapse at run time", () => {
  const species = ["E", "X"].map((name) => ({ name, base: poisson }));
  const law = {
    species,
    statistics: [
      [1, 0],
      [0, 1],
    ],
    conserved: [{ weights: { E: 1, X: 1 }, total: 5 }],
  };
  expect(() => countsOfSpecies(law)).toThrow("X = 5 − E");
  const collapsed = counts({ order: 2, base: poisson });
  const dynamics = projected(collapsed, [jumpDrift(collapsed, -1, (n) => n)]);
  expect(() => at(dynamics, [40, 700], [1])).toThrow("the covariance is singular: under p̃ the statistic ν₂ is");
  expect(() => speciesDrift(mixture, [1, 0], () => 1)).toThrow("jump must be 3 whole numbers (A, B, C), got [1, 0]");
});
