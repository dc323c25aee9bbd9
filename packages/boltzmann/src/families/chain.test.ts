import { drawNormal } from "@dbd/numerics/random/normal";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { binary } from "../layers/binary.ts";
import { gaussian } from "../layers/gaussian.ts";
import { potts } from "../layers/potts.ts";
import { spin } from "../layers/spin.ts";
import { projectMoments } from "../projectMoments.ts";
import { chain, type SiteChain, type SiteChainOptions } from "./chain.ts";
import { chain1d } from "./chain1d.ts";
import { familyConformance } from "./conformance.ts";

const normals = (family: SiteChain, scale = 0.8): Float64Array => {
  const random = stream("chain", family.labels.length);
  return Float64Array.from(family.labels, () => scale * drawNormal(random));
};

/** All configurations with their probabilities, by brute force from `statistics` (which is checked by hand below). */
function enumerate(family: SiteChain, nu: Float64Array): { x: Float64Array; p: number }[] {
  const states = family.site.states ?? [];
  const phi = new Float64Array(nu.length);
  const all = Array.from({ length: states.length ** family.sites }, (_, code) => {
    const x = Float64Array.from(
      Array.from(
        { length: family.sites },
        (_s, i) => states[Math.floor(code / states.length ** i) % states.length],
      ).flat(),
    );
    family.statistics(x, phi);
    return { x, p: Math.exp(-phi.reduce((sum, f, k) => sum + f * nu[k], 0)) };
  });
  return all;
}

const cases: [name: string, options: SiteChainOptions][] = [
  [
    "ring of 6 spins, fields, pairs, triplets",
    { sites: 6, ring: true, site: spin(1), products: [[0], [0, 1], [0, 1, 2]] },
  ],
  ["open chain of 7 binary sites, range 3", { sites: 7, ring: false, site: binary(1), products: [[0], [0, 3]] }],
  [
    "ring of 4 Potts sites of two species",
    {
      sites: 4,
      ring: true,
      site: potts(1, 2),
      products: [
        [[0, 0]],
        [[0, 1]],
        [
          [0, 0],
          [1, 1],
        ],
        [
          [0, 1],
          [1, 1],
        ],
      ],
    },
  ],
  [
    "open chain of 5 spins, untied",
    { sites: 5, ring: false, site: spin(1), products: [[0], [0, 1], [0, 2]], tied: false },
  ],
  ["ring of 5 binary sites, untied", { sites: 5, ring: true, site: binary(1), products: [[0], [0, 1]], tied: false }],
  [
    "ring of 3 spins that reach round",
    {
      sites: 3,
      ring: true,
      site: spin(1),
      products: [
        [0, 2],
        [0, 1, 4],
      ],
    },
  ],
  ["one site", { sites: 1, ring: false, site: spin(1), products: [[0]] }],
];

for (const [name, options] of cases) {
  const family = chain(options);
  const nu = normals(family);
  test(`${name}: log Z, moments, correlations equal the enumeration's; it conforms`, () => {
    const all = enumerate(family, nu);
    const Z = all.reduce((sum, { p }) => sum + p, 0);
    expect(Math.abs(family.logZ(nu) - Math.log(Z))).toBeLessThan(1e-12);
    const [mean, phi, got] = [new Float64Array(nu.length), new Float64Array(nu.length), new Float64Array(nu.length)];
    for (const { x, p } of all) {
      family.statistics(x, phi);
      for (let k = 0; k < nu.length; k++) mean[k] += (p / Z) * phi[k];
    }
    family.asleepMoments(nu, null, got);
    for (let k = 0; k < nu.length; k++) expect(Math.abs(got[k] - mean[k])).toBeLessThan(1e-12);
    const width = family.site.size;
    const sites = [0, family.sites - 1, Math.floor(family.sites / 2)];
    const triple = all.reduce((sum, { x, p }) => sum + (p / Z) * sites.reduce((a, i) => a * x[i * width], 1), 0);
    expect(Math.abs(family.correlation(nu, sites) - triple)).toBeLessThan(1e-12);
    expect(familyConformance(family, nu, stream(1, 0))).toEqual([]);
  });
}

test("statistics count by hand: a ring of spins, and species side by side", () => {
  const phi = new Float64Array(3);
  chain(cases[0][1]).statistics(Float64Array.of(1, 1, 1, 1, -1, -1), phi);
  expect([...phi]).toEqual([2, 2, 2]);
  const two = new Float64Array(4);
  chain(cases[2][1]).statistics(Float64Array.of(1, 0, 0, 1, 0, 1, 0, 0), two); // A B B ·
  expect([...two]).toEqual([1, 2, 1, 1]);
});

test("tied binary chains equal chain1d, with triplets and next neighbours, ring and open", () => {
  const clusters = [[0], [0, 1], [0, 1, 2], [0, 2]];
  const nu = Float64Array.of(-0.7, 0.5, 0.3, -0.4);
  for (const ring of [true, false]) {
    const a = chain({ sites: 40, ring, site: binary(1), products: clusters });
    const b = chain1d({ sites: 40, ring, clusters });
    const [x, y] = [new Float64Array(16), new Float64Array(16)];
    a.covariance(nu, x);
    b.covariance(nu, y);
    expect(Math.abs(a.logZ(nu) - b.logZ(nu))).toBeLessThan(1e-11);
    for (let i = 0; i < 16; i++) expect(Math.abs(x[i] - y[i])).toBeLessThan(1e-10 * (1 + Math.abs(y[i])));
    expect(Math.abs(a.correlation(nu, [3, 20]) - b.correlation(nu, [3, 20]))).toBeLessThan(1e-12);
  }
});

test("the ring of 100 spins has Ising's Z = (2 cosh K)^N + (2 sinh K)^N and correlations tanh^r K", () => {
  const family = chain({ sites: 100, ring: true, site: spin(1), products: [[0], [0, 1]] });
  const K = 0.8;
  const [a, b] = [2 * Math.cosh(K), 2 * Math.sinh(K)];
  const ratio = (b / a) ** 100;
  const nu = Float64Array.of(0, -K);
  expect(Math.abs(family.logZ(nu) - 100 * Math.log(a) - Math.log1p(ratio))).toBeLessThan(1e-11);
  const t = Math.tanh(K);
  expect(Math.abs(family.correlation(nu, [7, 17]) - (t ** 10 + t ** 90) / (1 + ratio))).toBeLessThan(1e-12);
});

// SCIENCE A4 and B5: the same ring as a test of chain1d, here with one field and bond per site: all equal by symmetry.
test("untied: the ring of 100 at 0.72 a site and 0.50 a bond has (h, J) = (1.65410436, −0.47830243) everywhere", () => {
  const family = chain({ sites: 100, ring: true, site: binary(1), products: [[0], [0, 1]], tied: false });
  const nu = Float64Array.from({ length: 200 }, (_, k) => (k < 100 ? -1.6541043594 : 0.4783024321));
  const got = new Float64Array(200);
  family.asleepMoments(nu, null, got);
  got.forEach((x, k) => expect(Math.abs(x - (k < 100 ? 0.72 : 0.5))).toBeLessThan(1e-9));
  const twelve = chain({ sites: 12, ring: true, site: binary(1), products: [[0], [0, 1]], tied: false });
  const random = stream("planted", 0);
  const planted = Float64Array.from({ length: 24 }, () => drawNormal(random));
  const target = new Float64Array(24);
  twelve.asleepMoments(planted, null, target);
  const found = projectMoments(twelve, target);
  found.nu.forEach((x, k) => expect(Math.abs(x - planted[k])).toBeLessThan(1e-9));
});

for (const [name, options] of cases.slice(0, 4))
  test(`${name}: exact draws have the exact moments (z < 4)`, () => {
    const family = chain(options);
    const nu = normals(family);
    const [P, count] = [nu.length, 4000];
    const width = family.sites * family.site.size;
    const out = new Float64Array(count * width);
    family.draw(nu, count, stream("draws", 3), out);
    const [exact, got, phi, C] = [P, P, P, P * P].map((n) => new Float64Array(n));
    family.asleepMoments(nu, null, exact);
    family.covariance(nu, C);
    for (let c = 0; c < count; c++) {
      family.statistics(out.subarray(c * width, (c + 1) * width), phi);
      for (let k = 0; k < P; k++) got[k] += phi[k] / count;
    }
    for (let k = 0; k < P; k++) expect(Math.abs(got[k] - exact[k]) / Math.sqrt(C[k * P + k] / count)).toBeLessThan(4);
  });

test("interactions of 10⁴ stay finite", () => {
  const family = chain({ sites: 30, ring: true, site: spin(1), products: [[0], [0, 1], [0, 2]] });
  const nu = Float64Array.of(3, 1e4, -1e4);
  const C = new Float64Array(9);
  family.covariance(nu, C);
  expect(family.logZ(nu)).toBeGreaterThan(5e5);
  expect(C.every(Number.isFinite)).toBe(true);
  const out = new Float64Array(30);
  family.draw(nu, 1, stream("cold", 0), out);
  expect(out.every((x) => x === 1 || x === -1)).toBe(true);
});

test("sites, products, ν and configurations that do not fit are refused by name", () => {
  const make = (change: Partial<SiteChainOptions>) => () =>
    chain({ sites: 5, ring: true, site: spin(1), products: [[0]], ...change });
  expect(make({ sites: 0 })).toThrow("sites must be a positive integer, got 0");
  expect(make({ site: spin(2) })).toThrow("site must be a layer of one unit, got 2");
  expect(make({ site: gaussian(1) })).toThrow("sites need finitely many states, which Gaussian units have not");
  expect(make({ products: [] })).toThrow("needs at least one product");
  expect(make({ products: [[1]] })).toThrow("product [1] must be ascending whole offsets that start at 0");
  expect(make({ products: [[[0, 2]]] })).toThrow("names component 2 of a site with 1");
  expect(make({ products: [[0], [0]] })).toThrow("the product x(i) is there twice");
  expect(make({ products: [[0, 10]] })).toThrow("2 states a site and a reach of 10 make 1024 windows");
  expect(make({ ring: false, products: [[0, 5]] })).toThrow("the product x(i) x(i+5) does not fit an open chain of 5");
  const family = make({ products: [[0], [0, 1]], tied: false })();
  expect(family.labels.slice(4, 6)).toEqual(["x(4)", "x(0) x(1)"]);
  expect(family.labels[9]).toBe("x(4) x(0)");
  expect(() => family.logZ(new Float64Array(3))).toThrow("nu must be 10 finite numbers, got 3");
  expect(() => family.logZ(new Float64Array(10).fill(Number.NaN))).toThrow("one that is not");
  expect(() => family.correlation(new Float64Array(10), [5])).toThrow("site 5, component 0 is not on the chain");
  expect(() => family.draw(new Float64Array(10), 2, () => 0.5, new Float64Array(9))).toThrow("2 × 5 values, got 9");
  expect(() => family.statistics(new Float64Array(5), new Float64Array(10))).toThrow("is not a state of a spin unit");
});
