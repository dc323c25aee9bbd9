import { drawNormal } from "@dbd/numerics/random/normal";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import type { BipartiteOptions } from "../bipartite.ts";
import { binary } from "../layers/binary.ts";
import { gaussian } from "../layers/gaussian.ts";
import { type Layer, unitsOf } from "../layers/layer.ts";
import { potts } from "../layers/potts.ts";
import { spin } from "../layers/spin.ts";
import { familyConformance } from "./conformance.ts";
import { rbm } from "./rbm.ts";

const randomNu = (P: number, scale: number, seed: number): Float64Array => {
  const random = stream("rbm", seed);
  return Float64Array.from({ length: P }, () => scale * drawNormal(random));
};

function statesOf(layer: Layer): number[][] {
  let all: number[][] = [[]];
  for (let unit = 0; unit < layer.size / unitsOf(layer)[0].width; unit++)
    all = all.flatMap((x) => (layer.states ?? []).map((s) => x.concat(s)));
  return all;
}

/** Joint probabilities straight from the definition, with edges, ties and biases read from the options. */
function enumerated(options: BipartiteOptions, nu: Float64Array) {
  const { visible, hidden } = options;
  const [V, H] = [visible.size, hidden.size];
  const a = Array.from(options.visibleBias ?? Array.from({ length: V }, (_, i) => i));
  const b = Array.from(options.hiddenBias ?? Array.from({ length: H }, (_, i) => i));
  const edges = options.edges ?? Array.from({ length: V * H }, (_, e) => [Math.floor(e / H), e % H, e] as const);
  const [A, B] = [Math.max(-1, ...a) + 1, Math.max(-1, ...b) + 1];
  const joint = statesOf(visible).flatMap((v) =>
    statesOf(hidden).map((h) => {
      const phi = new Float64Array(nu.length);
      a.forEach((k, i) => k >= 0 && (phi[k] -= v[i]));
      b.forEach((k, j) => k >= 0 && (phi[A + k] -= h[j]));
      for (const [i, j, k] of edges) phi[A + B + k] -= v[i] * h[j];
      return { v, h, phi, energy: phi.reduce((sum, f, k) => sum + f * nu[k], 0) };
    }),
  );
  const least = Math.min(...joint.map((s) => s.energy));
  const Z = joint.reduce((sum, s) => sum + Math.exp(least - s.energy), 0);
  const states = joint.map(({ v, h, phi, energy }) => ({ v, h, phi, energy, p: Math.exp(least - energy) / Z }));
  const mean = (f: (s: (typeof states)[0]) => number): number => states.reduce((sum, s) => sum + s.p * f(s), 0);
  return { states, logZ: Math.log(Z) - least, mean };
}

const tied: BipartiteOptions = {
  // A ring of four Potts sites with two species, each hidden unit between two neighbours: weights by species.
  visible: potts(4, 2),
  hidden: binary(4),
  visibleBias: [0, 1, 0, 1, 0, 1, 0, 1],
  hiddenBias: [0, 0, 0, 0],
  edges: [0, 1, 2, 3].flatMap((j) =>
    [j, (j + 1) % 4].flatMap((i) => [0, 1].map((s) => [2 * i + s, j, s] as [number, number, number])),
  ),
};
const machines: [name: string, options: BipartiteOptions, P: number, scale: number][] = [
  ...[0.1, 0.3, 0.6, 1, 2, 3].map(
    (scale, i) =>
      [
        `6 × ${4 + (i % 3)} binary`,
        { visible: binary(6), hidden: binary(4 + (i % 3)) },
        10 + (i % 3) + 6 * (4 + (i % 3)),
        scale,
      ] as [string, BipartiteOptions, number, number],
  ),
  ["5 spins × 3 Potts", { visible: spin(5), hidden: potts(3, 2) }, 5 + 6 + 30, 0.7],
  ["tied Potts ring", tied, 5, 1],
  ["no hidden bias", { visible: spin(3), hidden: binary(2), hiddenBias: [-1, -1] }, 9, 0.8],
];

machines.forEach(([name, options, P, scale], number) => {
  const nu = randomNu(P, scale, number);

  test(`${name}, weights ${scale}: log Z from either side and every marginal equal the enumeration's to 1e-10`, () => {
    const machine = rbm(options);
    expect(machine.labels.length).toBe(P);
    const { logZ, mean } = enumerated(options, nu);
    expect(Math.abs(machine.logZ(nu) - logZ)).toBeLessThan(1e-10);
    expect(Math.abs(machine.logZOver(nu, "hidden") - machine.logZOver(nu, "visible"))).toBeLessThan(1e-10);
    const { visible, hidden } = machine.marginals(nu);
    visible.forEach((m, i) => expect(Math.abs(m - mean((s) => s.v[i]))).toBeLessThan(1e-12));
    hidden.forEach((m, j) => expect(Math.abs(m - mean((s) => s.h[j]))).toBeLessThan(1e-12));
    const moments = new Float64Array(P);
    machine.asleepMoments(nu, null, moments);
    moments.forEach((m, k) => expect(Math.abs(m - mean((s) => s.phi[k]))).toBeLessThan(1e-12));
  });

  test(`${name}, weights ${scale}: log-likelihood and its gradient equal the enumeration's to 1e-10`, () => {
    const machine = rbm(options);
    const { states, mean } = enumerated(options, nu);
    const rows = statesOf(options.visible).filter((_, i) => i % 7 === 1);
    const data = Float64Array.from(rows.flat());
    const given = rows.map((v) => states.filter((s) => s.v.every((x, i) => x === v[i])));
    const weight = given.map((list) => list.reduce((sum, s) => sum + s.p, 0));
    const want = weight.reduce((sum, p) => sum + Math.log(p), 0) / rows.length;
    expect(Math.abs(machine.logLikelihood(nu, data) - want)).toBeLessThan(1e-10);
    const [awake, asleep] = [new Float64Array(P), new Float64Array(P)];
    machine.awakeMoments(nu, data, null, awake);
    machine.asleepMoments(nu, null, asleep);
    for (let k = 0; k < P; k++) {
      const conditional = given.map((list, r) => list.reduce((sum, s) => sum + (s.p / weight[r]) * s.phi[k], 0));
      const gradient = mean((s) => s.phi[k]) - conditional.reduce((a, b) => a + b) / rows.length;
      expect(Math.abs(asleep[k] - awake[k] - gradient)).toBeLessThan(1e-10);
    }
  });
});

test("an RBM conforms: moments, covariance and covarianceVjp belong to one log Z", () => {
  expect(familyConformance(rbm(tied), randomNu(5, 0.6, 3), stream(1, 0))).toEqual([]);
  const small = { visible: binary(2), hidden: spin(2) };
  expect(familyConformance(rbm(small), randomNu(8, 0.6, 4), stream(1, 0))).toEqual([]);
});

// Without the conditional part it would be C, off by the hidden units' own variance.
test("the Hessian of the negative log-likelihood is the derivative of awake − asleep, tied, Potts and Gaussian too", () => {
  const cases: [BipartiteOptions, Float64Array, Float64Array][] = [
    [{ visible: binary(3), hidden: binary(2) }, randomNu(11, 1, 5), Float64Array.of(1, 0, 1, 0, 1, 1)],
    [{ visible: spin(2), hidden: potts(2, 2) }, randomNu(14, 0.7, 6), Float64Array.of(1, -1, -1, -1)],
    [tied, randomNu(5, 0.8, 7), Float64Array.of(1, 0, 0, 1, 0, 0, 1, 0)],
  ];
  for (const [options, nu, data] of cases) {
    const machine = rbm(options);
    const P = nu.length;
    const H = new Float64Array(P * P);
    machine.hessian(nu, data, H);
    const slope = (at: Float64Array): Float64Array => {
      const [awake, asleep] = [new Float64Array(P), new Float64Array(P)];
      machine.awakeMoments(at, data, null, awake);
      machine.asleepMoments(at, null, asleep);
      return awake.map((x, k) => x - asleep[k]);
    };
    for (let j = 0; j < P; j++) {
      const [up, down] = [nu.slice(), nu.slice()];
      up[j] += 1e-5;
      down[j] -= 1e-5;
      const [a, b] = [slope(up), slope(down)];
      for (let i = 0; i < P; i++) expect(Math.abs(H[i * P + j] - (a[i] - b[i]) / 2e-5)).toBeLessThan(1e-8);
    }
  }
});

test("energy, free energy and conditional means agree with each other and with the joint law", () => {
  const options = { visible: binary(3), hidden: binary(2) };
  const machine = rbm(options);
  const nu = randomNu(11, 1.5, 8);
  const { states, logZ } = enumerated(options, nu);
  for (const s of states) {
    const [v, h] = [Float64Array.from(s.v), Float64Array.from(s.h)];
    expect(Math.abs(machine.energy(nu, v, h) - s.energy)).toBeLessThan(1e-12);
    const same = states.filter((t) => t.v.join() === s.v.join());
    const p = same.reduce((sum, t) => sum + t.p, 0);
    expect(Math.abs(Math.exp(-machine.freeEnergy(nu, v) - logZ) - p)).toBeLessThan(1e-12);
    const mean = new Float64Array(2);
    machine.hiddenMean(nu, v, mean);
    expect(Math.abs(mean[1] - same.reduce((sum, t) => sum + (t.p / p) * t.h[1], 0))).toBeLessThan(1e-12);
    const up = states.filter((t) => t.h.join() === s.h.join());
    const back = new Float64Array(3);
    machine.visibleMean(nu, h, back);
    const q = up.reduce((sum, t) => sum + t.p, 0);
    expect(Math.abs(back[2] - up.reduce((sum, t) => sum + (t.p / q) * t.v[2], 0))).toBeLessThan(1e-12);
  }
});

test("20 hidden units: the sum over 2²⁰ hidden states equals the one over 2⁶ visible states to 1e-10", () => {
  const machine = rbm({ visible: binary(6), hidden: binary(20) });
  const nu = randomNu(26 + 120, 1, 5);
  expect(Math.abs(machine.logZOver(nu, "hidden") - machine.logZOver(nu, "visible"))).toBeLessThan(1e-10);
});

test("a Gaussian hidden layer is the exactly solved pair model: log Z = log Σ_v exp(a·v + |b + Wᵀv|²/2)", () => {
  const machine = rbm({ visible: spin(4), hidden: gaussian(2) });
  const nu = randomNu(4 + 2 + 8, 0.5, 6);
  const terms = statesOf(spin(4)).map((v) => {
    const field = [0, 1].map((j) => nu[4 + j] + v.reduce((sum, x, i) => sum + x * nu[6 + 2 * i + j], 0));
    return Math.exp(v.reduce((sum, x, i) => sum + x * nu[i], 0) + (field[0] ** 2 + field[1] ** 2) / 2);
  });
  expect(Math.abs(machine.logZ(nu) - Math.log(terms.reduce((a, b) => a + b)))).toBeLessThan(1e-12);
  expect(() => machine.logZOver(nu, "hidden")).toThrow("too many hidden states");
  expect(() => machine.covariance(nu, new Float64Array(196))).toThrow("exact covariances need at most 2^20 joint");
});

test("weights of 10⁴ leave log Z, moments and draws finite", () => {
  const machine = rbm({ visible: binary(3), hidden: binary(3) });
  const nu = randomNu(15, 1e4, 7);
  const { logZ } = enumerated({ visible: binary(3), hidden: binary(3) }, nu);
  expect(Math.abs(machine.logZ(nu) / logZ - 1)).toBeLessThan(1e-12);
  const moments = new Float64Array(15);
  machine.asleepMoments(nu, null, moments);
  expect(moments.every(Number.isFinite)).toBe(true);
});

// Catches draws whose two sides are swapped or conditionally wrong: the pair moments would be off by many σ.
test("exact draws have the exact moments from either side (z < 4.5)", () => {
  for (const [V, H] of [
    [3, 5],
    [5, 3],
  ]) {
    const machine = rbm({ visible: binary(V), hidden: spin(H) });
    const nu = randomNu(V + H + V * H, 0.8, 9);
    const count = 20_000;
    const [v, h] = [new Float64Array(count * V), new Float64Array(count * H)];
    machine.draw(nu, count, stream("draw", V), v, h);
    const exact = new Float64Array(nu.length);
    machine.asleepMoments(nu, null, exact);
    for (let i = 0; i < V; i++)
      for (let j = 0; j < H; j++) {
        let [sum, square] = [0, 0];
        for (let c = 0; c < count; c++) {
          const x = -v[c * V + i] * h[c * H + j];
          sum += x / count;
          square += (x * x) / count;
        }
        const k = V + H + i * H + j;
        expect(Math.abs(sum - exact[k]) / Math.sqrt((square - sum * sum) / count)).toBeLessThan(4.5);
      }
  }
});

test("a graph that does not fit its units, and a ν that does not fit the graph, are refused by name", () => {
  const layers = { visible: binary(2), hidden: binary(2) };
  expect(() => rbm({ ...layers, edges: [[0, 2, 0]] })).toThrow(
    "rbm: the edge (0, 2) does not fit 2 visible and 2 hidden",
  );
  expect(() => rbm({ ...layers, edges: [[0, 1, 1]] })).toThrow("weight numbers must be 0, 1, 2, …, and 0 is missing");
  expect(() => rbm({ ...layers, visibleBias: [0] })).toThrow("visibleBias must have one number for each of 2");
  expect(() => rbm(layers).logZ(new Float64Array(3))).toThrow("nu must be 8 finite numbers");
  expect(() => rbm(layers).logZ(new Float64Array(8).fill(Number.NaN))).toThrow("got one that is not");
  expect(() => rbm(layers).awakeMoments(new Float64Array(8), Float64Array.of(0, 3), null, new Float64Array(8))).toThrow(
    "is not a state of a binary unit",
  );
  expect(() => rbm(layers).draw(new Float64Array(8), 2, () => 0, new Float64Array(2), new Float64Array(4))).toThrow(
    "must hold 2 configurations",
  );
  const large = rbm({ visible: binary(21), hidden: binary(21), edges: [[0, 0, 0]] });
  expect(() => large.logZ(new Float64Array(43))).toThrow("a side with at most 2^20 states");
  expect(rbm(layers).support).toEqual({ min: 0, max: 1 });
  expect(rbm({ ...layers, visible: gaussian(2) }).support).toEqual({ min: -Infinity, max: Infinity });
});
