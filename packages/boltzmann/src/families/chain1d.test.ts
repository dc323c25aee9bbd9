import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { projectMoments } from "../projectMoments.ts";
import { chain1d, type ChainOptions, type Cluster } from "./chain1d.ts";
import { familyConformance } from "./conformance.ts";

const vector = (...values: number[]): Float64Array => Float64Array.from(values);

/** Every configuration with its weight, straight from the definition. */
function enumerated({ sites: N, ring, clusters = [[0], [0, 1]] }: ChainOptions, nu: Float64Array) {
  const P = clusters.length;
  const states = Array.from({ length: 2 ** N }, (_, code) => {
    const n = Array.from({ length: N }, (_, i) => (code >> i) & 1);
    const at = (i: number): number => (i < N ? n[i] : ring ? n[i % N] : 0);
    const phi = clusters.map((cluster) => n.reduce((sum, _, i) => sum + cluster.reduce((p, d) => p * at(i + d), 1), 0));
    return { n, phi, weight: Math.exp(-phi.reduce((sum, f, k) => sum + f * nu[k], 0)) };
  });
  const Z = states.reduce((sum, s) => sum + s.weight, 0);
  const mean = (f: (s: (typeof states)[0]) => number): number =>
    states.reduce((sum, s) => sum + (s.weight * f(s)) / Z, 0);
  const first = Array.from({ length: P }, (_, k) => mean((s) => s.phi[k]));
  return { states, Z, mean, first };
}

const NEAR: readonly Cluster[] = [[0], [0, 1]];
const cases: [name: string, options: ChainOptions, nu: number[]][] = [
  ["ring of 8, field and pairs", { sites: 8, ring: true, clusters: NEAR }, [-1.2, 0.7]],
  ["open chain of 12 with triplets", { sites: 12, ring: false, clusters: [[0], [0, 1], [0, 1, 2]] }, [0.4, -0.9, 0.8]],
  ["ring of 11 reaching 4 sites", { sites: 11, ring: true, clusters: [[0], [0, 2], [0, 1, 4]] }, [-0.3, 0.5, -0.6]],
  ["open chain of 3 reaching further", { sites: 3, ring: false, clusters: [[0], [0, 4], [0, 1]] }, [-0.3, 9, -0.6]],
  ["ring of 2, whose bond counts twice", { sites: 2, ring: true, clusters: NEAR }, [-0.3, 0.4]],
  ["one site, its own neighbour on a ring", { sites: 1, ring: true, clusters: NEAR }, [-0.3, 0.4]],
  ["one site, open", { sites: 1, ring: false, clusters: [[0]] }, [0.7]],
];

for (const [name, options, values] of cases) {
  const nu = Float64Array.from(values);
  test(`${name}: log Z, moments, covariance and correlations equal the enumeration's`, () => {
    const family = chain1d(options);
    const { states, Z, mean, first } = enumerated(options, nu);
    const P = nu.length;
    expect(Math.abs(family.logZ(nu) - Math.log(Z))).toBeLessThan(1e-12);
    const moments = new Float64Array(P);
    family.asleepMoments(nu, null, moments);
    const covariance = new Float64Array(P * P);
    family.covariance(nu, covariance);
    for (let i = 0; i < P; i++) {
      expect(Math.abs(moments[i] - first[i])).toBeLessThan(1e-11);
      for (let j = 0; j < P; j++) {
        const want = mean((s) => (s.phi[i] - first[i]) * (s.phi[j] - first[j]));
        expect(Math.abs(covariance[i * P + j] - want)).toBeLessThan(1e-11);
      }
    }
    const phi = new Float64Array(P);
    for (const { n, phi: want } of states) {
      family.statistics(n, phi);
      expect([...phi]).toEqual(want);
    }
    const N = options.sites;
    for (const sites of [[], [0], [N - 1, 0], [N - 1, N >> 1, 0, 0]]) {
      const want = mean((s) => sites.reduce((p, i) => p * s.n[i], 1));
      expect(Math.abs(family.correlation(nu, sites) - want)).toBeLessThan(1e-12);
    }
  });

  test(`${name}: covarianceVjp sums the enumeration's third cumulants`, () => {
    const family = chain1d(options);
    const { mean, first } = enumerated(options, nu);
    const P = nu.length;
    const seed = Float64Array.from({ length: P * P }, (_, i) => 1 + (i % 3) - i / 7);
    const out = new Float64Array(P).fill(0.25);
    family.covarianceVjp(nu, seed, out);
    for (let k = 0; k < P; k++) {
      let want = 0.25;
      for (let i = 0; i < P; i++)
        for (let j = 0; j < P; j++)
          want -= seed[i * P + j] * mean((s) => [i, j, k].reduce((p, l) => p * (s.phi[l] - first[l]), 1));
      expect(Math.abs(out[k] - want)).toBeLessThan(1e-10 * (1 + Math.abs(want)));
    }
  });
}

test("a ring of 1000 with triplets conforms: moments, covariance and its derivative belong to one log Z", () => {
  const family = chain1d({ sites: 1000, ring: true, clusters: [[0], [0, 1], [0, 1, 2]] });
  expect(familyConformance(family, vector(-0.4, 0.3, -0.2), stream(1, 0))).toEqual([]);
});

// SCIENCE A4: N = 100 ring, (h, J) = (1.6541043594, −0.4783024321) has ⟨n⟩ = 72 and ⟨nn⟩ = 50.
test("the ring of 100 with 72 particles and 50 neighbour pairs has (h, J) = (1.65410436, −0.47830243)", () => {
  const family = chain1d({ sites: 100, ring: true });
  const { nu, residual } = projectMoments(family, vector(72, 50));
  expect(Math.abs(-nu[0] - 1.65410436)).toBeLessThan(1e-8);
  expect(Math.abs(-nu[1] + 0.47830243)).toBeLessThan(1e-8);
  expect(residual).toBeLessThan(1e-10);
  const moments = new Float64Array(2);
  family.asleepMoments(vector(-1.6541043594, 0.4783024321), null, moments);
  expect(moments[0]).toBeCloseTo(72, 7);
  expect(moments[1]).toBeCloseTo(50, 7);
});

test("learned from 4000 exact draws, (h, J) of that ring come back within 0.05 and within 4 standard errors", () => {
  const family = chain1d({ sites: 100, ring: true });
  const truth = vector(-1.6541043594, 0.4783024321);
  const count = 4000;
  const n = new Uint8Array(count * 100);
  family.draw(truth, count, stream("ring", 0), n);
  const moments = new Float64Array(2);
  const phi = new Float64Array(2);
  for (let c = 0; c < count; c++) {
    family.statistics(n.subarray(c * 100, (c + 1) * 100), phi);
    moments[0] += phi[0] / count;
    moments[1] += phi[1] / count;
  }
  const { nu } = projectMoments(family, moments, { start: vector(-1, 0) });
  const C = new Float64Array(4);
  family.covariance(truth, C);
  const determinant = C[0] * C[3] - C[1] * C[2];
  expect(Math.abs(nu[0] - truth[0])).toBeLessThan(4 * Math.sqrt(C[3] / determinant / count));
  expect(Math.abs(nu[1] - truth[1])).toBeLessThan(4 * Math.sqrt(C[0] / determinant / count));
  expect(Math.max(Math.abs(nu[0] - truth[0]), Math.abs(nu[1] - truth[1]))).toBeLessThan(0.05);
});

// Wrong kernels this would catch: a ring that does not close (⟨n₀n_{N−1}⟩ falls to the open chain's, z ≈ 20), a window
// shifted by one site, a field applied twice at the ends.
for (const [name, options, values] of cases.slice(0, 4))
  test(`${name}: exact draws have the exact probability of every pair of sites (z < 4.5)`, () => {
    const family = chain1d(options);
    const nu = Float64Array.from(values);
    const N = options.sites;
    const count = 20_000;
    const n = new Uint8Array(count * N);
    family.draw(nu, count, stream("draws", N), n);
    for (let i = 0; i < N; i++) {
      for (let j = i; j < N; j++) {
        const p = family.correlation(nu, [i, j]);
        let hits = 0;
        for (let c = 0; c < count; c++) hits += n[c * N + i] & n[c * N + j];
        expect(Math.abs(hits - count * p) / Math.sqrt(count * p * (1 - p))).toBeLessThan(4.5);
      }
    }
  });

test("interactions of 10⁴ stay finite, also where the ground state is frustrated", () => {
  const attract = chain1d({ sites: 60, ring: true, clusters: [[0], [0, 1], [0, 1, 2]] });
  // Pairs pay 10⁴, triplets cost 3·10⁴: the ground states are the three shifts of 110110…, 20 pairs.
  expect(attract.logZ(vector(0, -1e4, 3e4))).toBeCloseTo(2e5 + Math.log(3), 8);
  // Neighbours exclude each other on an odd ring: 5 of 11 sites, and 11 ways to place the gap.
  const exclude = chain1d({ sites: 11, ring: true });
  expect(exclude.logZ(vector(-1e4, 1e5))).toBeCloseTo(5e4 + Math.log(11), 8);
  const n = new Uint8Array(11);
  exclude.draw(vector(-1e4, 1e5), 1, stream(1, 1), n);
  expect(n.reduce((a, b) => a + b)).toBe(5);
});

test("awake moments of a visible chain are the data; its labels name the clusters", () => {
  const family = chain1d({ sites: 5, ring: false, clusters: [[0], [0, 2]] });
  const out = new Float64Array(2);
  family.awakeMoments(vector(9, 9), vector(3, 1), null, out);
  expect([...out]).toEqual([3, 1]);
  expect(family.labels).toEqual(["n(i)", "n(i) n(i+2)"]);
  expect(family.state(() => 0)).toBe(null);
});

const build = (sites: number, clusters: readonly Cluster[]) => () => chain1d({ sites, ring: true, clusters });

test("chains, ν, sites and output arrays that do not fit are refused by name", () => {
  expect(build(0, NEAR)).toThrow("chain1d: sites must be a positive integer, got 0");
  expect(build(5, [])).toThrow("needs at least one cluster");
  expect(build(5, [[1, 2]])).toThrow("cluster [1, 2] must be ascending whole offsets that start at 0");
  expect(build(5, [[0, 2, 1]])).toThrow("ascending");
  expect(build(5, [[0, 9]])).toThrow("reaches further than 8");
  expect(build(5, [[0], [0]])).toThrow("there twice");
  const family = chain1d({ sites: 5, ring: true });
  expect(() => family.logZ(vector(1))).toThrow("nu must be 2 finite numbers");
  expect(() => family.logZ(vector(1, Number.NaN))).toThrow("nu must be 2 finite numbers");
  expect(() => family.correlation(vector(1, 1), [5])).toThrow("site 5 is not one of 0 … 4");
  expect(() => family.draw(vector(1, 1), 2, stream(1, 1), new Uint8Array(9))).toThrow("2 × 5 sites, got 9");
});

test("moments at the edge of the family, or of the wrong length, have no ν", () => {
  const family = chain1d({ sites: 10, ring: true });
  expect(() => projectMoments(family, vector(12, 3))).toThrow("projectMoments: ");
  expect(() => projectMoments(family, vector(5))).toThrow("moments must be 2 finite numbers");
});
