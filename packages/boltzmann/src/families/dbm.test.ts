import { drawNormal } from "@dbd/numerics/random/normal";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { ais } from "../ais.ts";
import { barsAndStripes } from "../barsAndStripes.ts";
import { layerMoments } from "../conditionalMoments.ts";
import { binary } from "../layers/binary.ts";
import { gaussian } from "../layers/gaussian.ts";
import { type Layer, unitsOf } from "../layers/layer.ts";
import { potts } from "../layers/potts.ts";
import { spin } from "../layers/spin.ts";
import { meanField } from "../meanField.ts";
import { contrastiveDivergence } from "../phases/contrastiveDivergence.ts";
import { exactPhase } from "../phases/exact.ts";
import { persistent } from "../phases/persistent.ts";
import { gibbs } from "../samplers/gibbs.ts";
import { type AwakePhase, clampedGibbs, exactAwake, meanFieldAwake, trainDbm } from "../trainDbm.ts";
import { familyConformance } from "./conformance.ts";
import { type Dbm, dbm, type DbmOptions } from "./dbm.ts";
import { sampledDbm } from "./sampledDbm.ts";

const normals = (machine: Dbm, scale: number): Float64Array => {
  const random = stream("dbm", machine.labels.length);
  return Float64Array.from(machine.labels, () => scale * drawNormal(random));
};

/** All states of a layer, by brute force. */
function statesOf(layer: Layer): number[][] {
  let all: number[][] = [[]];
  for (const { states = [] } of unitsOf(layer)) all = all.flatMap((x) => states.map((s) => [...x, ...s]));
  return all;
}

/** Log weight of a joint state of all layers, straight from the options: layer by layer, gap by gap. */
function logWeight(options: DbmOptions, machine: Dbm, nu: Float64Array, x: readonly number[][]): number {
  const at = (label: string): number => nu[machine.labels.indexOf(label)];
  let sum = 0;
  x.forEach((layer, l) => {
    layer.forEach((value, i) => {
      const number = options.biases?.[l]?.[i] ?? i;
      if (number >= 0) sum += at(`b${l}[${number}]`) * value;
    });
    if (l === 0) return;
    const below = x[l - 1];
    const edges = options.edges?.[l - 1] ?? below.flatMap((_, i) => layer.map((_v, j) => [i, j, i * layer.length + j]));
    for (const [i, j, w] of edges) sum += at(`W${l - 1}${l}[${w}]`) * below[i] * layer[j];
  });
  return sum;
}

const cases: [name: string, options: DbmOptions][] = [
  ["3 − 2 − 2 binary", { layers: [binary(3), binary(2), binary(2)] }],
  ["four layers of spins, Potts and binary units", { layers: [potts(2, 2), spin(2), binary(2), spin(1)] }],
  [
    "a tied ring, each unit joined to two above, one bias per layer",
    {
      layers: [binary(3), binary(3), binary(3)],
      edges: [0, 1].map(() =>
        [0, 1, 2].flatMap((i) => [i, (i + 1) % 3].map((j) => [i, j, 0] as [number, number, number])),
      ),
      biases: [
        [0, 0, 0],
        [0, 0, 0],
        [-1, -1, -1],
      ],
    },
  ],
];

for (const [name, options] of cases) {
  const machine = dbm(options);
  const nu = normals(machine, 0.8);
  const joint = options.layers.reduce<number[][][]>(
    (all, layer) => all.flatMap((x) => statesOf(layer).map((s) => [...x, s])),
    [[]],
  );
  const weights = joint.map((x) => Math.exp(logWeight(options, machine, nu, x)));
  const Z = weights.reduce((a, b) => a + b);
  const V = options.layers[0].size;

  test(`${name}: log Z, free energy and log-likelihood equal the sum over all joint states to 1e-10`, () => {
    expect(Math.abs(machine.logZ(nu) - Math.log(Z))).toBeLessThan(1e-10);
    for (const v of statesOf(options.layers[0])) {
      const p = joint.reduce((sum, x, s) => sum + (x[0].every((c, i) => c === v[i]) ? weights[s] : 0), 0);
      expect(Math.abs(machine.freeEnergy(nu, Float64Array.from(v)) + Math.log(p))).toBeLessThan(1e-10);
      expect(Math.abs(machine.logLikelihood(nu, Float64Array.from(v)) - Math.log(p / Z))).toBeLessThan(1e-10);
    }
  });

  test(`${name}: the gradient of the log-likelihood is asleep − awake, to the digits of a difference quotient`, () => {
    const data = Float64Array.from(statesOf(options.layers[0]).slice(0, 3).flat());
    const [awake, asleep] = [new Float64Array(nu.length), new Float64Array(nu.length)];
    machine.awakeMoments(nu, data, null, awake);
    machine.asleepMoments(nu, null, asleep);
    for (let k = 0; k < nu.length; k++) {
      const [up, down] = [nu.slice(), nu.slice()];
      up[k] += 1e-5;
      down[k] -= 1e-5;
      const slope = (machine.logLikelihood(up, data) - machine.logLikelihood(down, data)) / 2e-5;
      expect(Math.abs(slope - (asleep[k] - awake[k]))).toBeLessThan(1e-8);
    }
  });

  test(`${name}: conforms as a family, and its exact draws have the exact means (z < 4)`, () => {
    expect(familyConformance(machine, nu, stream(1, 0))).toEqual([]);
    const count = 4000;
    const rows = new Float64Array(count * V);
    machine.draw(nu, count, stream("deep", 1), rows);
    for (let i = 0; i < V; i++) {
      let [mean, square] = [0, 0];
      joint.forEach((x, s) => {
        mean += (weights[s] / Z) * x[0][i];
        square += (weights[s] / Z) * x[0][i] ** 2;
      });
      let got = 0;
      for (let r = 0; r < count; r++) got += rows[r * V + i] / count;
      expect(Math.abs(got - mean) / Math.sqrt((square - mean ** 2) / count)).toBeLessThan(4);
    }
  });
}

const deep = dbm({ layers: [binary(4), binary(4), binary(3)] });
const rows = barsAndStripes(2);

test("mean field bounds −F(v) from below, and is exact without weights between hidden layers", () => {
  const nu = normals(deep, 1);
  for (const v of [rows.slice(0, 4), rows.slice(8, 12)]) {
    const { bound } = meanField(deep, nu, v);
    expect(bound).toBeLessThan(-deep.freeEnergy(nu, v));
    expect(bound).toBeGreaterThan(-deep.freeEnergy(nu, v) - 1);
    const flat = nu.map((x, k) => (deep.labels[k].startsWith("W12") ? 0 : x));
    expect(Math.abs(meanField(deep, flat, v).bound + deep.freeEnergy(flat, v))).toBeLessThan(1e-12);
  }
});

// A clamped chain that let the visible layer go, or that read the even layers in the wrong order, is far outside.
test("clamped Gibbs averages the exact posterior (z < 4), mean field comes near it", () => {
  const nu = normals(deep, 0.7);
  const many = Float64Array.from({ length: 200 * rows.length }, (_, i) => rows[i % rows.length]);
  const moments = (phase: AwakePhase, data: Float64Array, seed: number) => {
    const out = layerMoments(deep.machine);
    phase.moments(deep, nu, data, stream("awake", seed), out);
    return out;
  };
  const exact = moments(exactAwake, rows, 0);
  const blocks = Array.from({ length: 12 }, (_, seed) => moments(clampedGibbs(8), many, seed));
  for (let k = 0; k < nu.length; k++) {
    const values = blocks.map((b) => b.phi[k]);
    const mean = values.reduce((a, b) => a + b / 12, 0);
    const error = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (12 * 11));
    expect(Math.abs(mean - exact.phi[k])).toBeLessThan(4.5 * error + 1e-12);
  }
  const near = moments(meanFieldAwake, rows, 0);
  near.phi.forEach((x, k) => expect(Math.abs(x - exact.phi[k])).toBeLessThan(0.1));
});

test("annealed importance sampling of a deep machine lies within its error bar and 0.05 nat", () => {
  const nu = normals(deep, 0.5);
  const found = ais(deep.machine, nu, { chains: 100, temperatures: 100, random: stream("deep ais", 0) });
  expect(Math.abs(found.logZ - deep.logZ(nu))).toBeLessThan(Math.min(3 * found.standardError, 0.05));
});

test("learning climbs: exact phases at every step, persistent chains with clamped Gibbs and mean field far up", async () => {
  const start = normals(deep, 0.5);
  const before = deep.logLikelihood(start, rows);
  const run = async (phase: Parameters<typeof trainDbm>[2]["phase"], awake: AwakePhase, iterations: number) => {
    const { nu } = await trainDbm(deep, rows, {
      phase,
      awake,
      iterations,
      rate: 0.1,
      random: stream("climb", 1),
      start,
    });
    return deep.logLikelihood(nu, rows);
  };
  const some = await run(exactPhase, exactAwake, 20);
  const more = await run(exactPhase, exactAwake, 60);
  expect(some).toBeGreaterThan(before);
  expect(more).toBeGreaterThan(some);
  expect(await run(persistent({ chains: 40 }), clampedGibbs(3), 200)).toBeGreaterThan(more);
  expect(await run(persistent({ chains: 40 }), meanFieldAwake, 200)).toBeGreaterThan(more);
  expect(await run(contrastiveDivergence(3), clampedGibbs(3), 200)).toBeGreaterThan(some);
});

test("a sampled deep machine is a family on persistent chains: moments near the exact ones", () => {
  const nu = normals(deep, 0.3);
  const family = sampledDbm(deep, { chains: 400, steps: 5, sampler: gibbs, awake: clampedGibbs(5) });
  const state = family.state(stream("state", 0));
  const [got, want] = [new Float64Array(nu.length), new Float64Array(nu.length)];
  family.asleepMoments(nu, state, got);
  deep.asleepMoments(nu, null, want);
  got.forEach((x, k) => expect(Math.abs(x - want[k])).toBeLessThan(4.5 * Math.sqrt(0.25 / 400)));
  family.awakeMoments(nu, rows, state, got);
  deep.awakeMoments(nu, rows, null, want);
  got.forEach((x, k) => expect(Math.abs(x - want[k])).toBeLessThan(4.5 * Math.sqrt(0.25 / 6)));
});

test("weights of 10⁴ leave log Z finite; Gaussian layers above each other need not exist", () => {
  const nu = normals(deep, 1e4);
  expect(Number.isFinite(deep.logZ(nu))).toBe(true);
  expect(Number.isFinite(deep.logLikelihood(nu, rows))).toBe(true);
  const mixed = dbm({ layers: [binary(2), gaussian(2), binary(2)] });
  expect(Number.isFinite(mixed.logZ(normals(mixed, 1)))).toBe(true);
});

test("layers, edges, biases and data that do not fit are refused by name", () => {
  const layers = [binary(2), binary(2), binary(1)];
  expect(() => dbm({ layers: layers.slice(0, 2) })).toThrow(
    "at least two hidden layers, got 2 layers. One hidden layer is rbm",
  );
  expect(() => dbm({ layers, edges: [undefined] })).toThrow("edges must have 2 entries for 3 layers, got 1");
  expect(() => dbm({ layers, biases: [[0, 0, 0], undefined, undefined] })).toThrow(
    "biases of layer 0 must have one number for each of 2 components, got 3",
  );
  expect(() => dbm({ layers, edges: [undefined, [[0, 1, 0]]] })).toThrow(
    "the edge (0, 1) of gap 1 does not fit layers of 2 and 1 components",
  );
  expect(() => dbm({ layers, edges: [undefined, [[0, 0, 1]]] })).toThrow("weight numbers must be 0, 1, 2");
  const machine = dbm({ layers });
  const nu = normals(machine, 1);
  expect(() => machine.logLikelihood(nu, new Float64Array(0))).toThrow("needs one or more rows of 2 values, got 0");
  expect(() => machine.freeEnergy(nu, Float64Array.of(0, 2))).toThrow(
    "(2) at row 0, unit 1 is not a state of a binary unit",
  );
  expect(() => machine.freeEnergy(nu.slice(1), Float64Array.of(0, 1))).toThrow("nu must be");
  expect(() => machine.draw(nu, 2, () => 0.5, new Float64Array(3))).toThrow("visible must hold 2 rows of 2 values");
  expect(() => clampedGibbs(0)).toThrow("sweeps must be a positive integer");
});
