import { drawNormal } from "@dbd/numerics/random/normal";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { rbm, type Rbm } from "../families/rbm.ts";
import { binary } from "../layers/binary.ts";
import { gaussian } from "../layers/gaussian.ts";
import { potts } from "../layers/potts.ts";
import { spin } from "../layers/spin.ts";
import { type Chains, type Sampler, startChains } from "./chains.ts";
import { largestDrift } from "./conformance.ts";
import { exactDraws, stratifiedDraws } from "./exactDraws.ts";
import { gibbs } from "./gibbs.ts";
import { metropolis } from "./metropolis.ts";
import { sampleMoments } from "./sampleMoments.ts";
import { tempering } from "./tempering.ts";

const ring = rbm({
  visible: spin(4),
  hidden: binary(4),
  hiddenBias: [0, 0, 0, 0],
  edges: [0, 1, 2, 3].flatMap((j) => [j, (j + 1) % 4].map((i) => [i, j, 0] as [number, number, number])),
});
const machines: [name: string, machine: Rbm, scale: number][] = [
  ["5 × 4 binary", rbm({ visible: binary(5), hidden: binary(4) }), 1],
  ["3 Potts × 3 spins", rbm({ visible: potts(3, 2), hidden: spin(3) }), 0.7],
  ["tied ring of spins", ring, 0.8],
];
const real: [name: string, machine: Rbm, scale: number] = [
  "4 binary × 2 Gaussian",
  rbm({ visible: binary(4), hidden: gaussian(2) }),
  0.6,
];
const randomNu = (machine: Rbm, scale: number): Float64Array => {
  const random = stream("samplers", machine.labels.length);
  return Float64Array.from(machine.labels, () => scale * drawNormal(random));
};

/** Chains that hold exact draws: `replicas` groups, each from its own β ν. */
function exactChains(machine: Rbm, nu: Float64Array, count: number, betas: readonly number[]): Chains {
  const random = stream("exact", 1);
  const chains = startChains(machine, count * betas.length, random);
  const [V, H] = [machine.graph.visible.size, machine.graph.hidden.size];
  betas.forEach((beta, m) => {
    const from = m * count;
    const scaled = nu.map((x) => beta * x);
    machine.draw(scaled, count, random, chains.visible.subarray(from * V), chains.hidden.subarray(from * H));
  });
  return chains;
}

/** Rows (v, h) of the last `count` chains. */
function rows(machine: Rbm, { visible, hidden, count: all }: Chains, count: number): Float64Array {
  const [V, H] = [machine.graph.visible.size, machine.graph.hidden.size];
  const out = new Float64Array(count * (V + H));
  for (let c = 0; c < count; c++) {
    const from = all - count + c;
    out.set(visible.subarray(from * V, (from + 1) * V), c * (V + H));
    out.set(hidden.subarray(from * H, (from + 1) * H), c * (V + H) + V);
  }
  return out;
}

function driftOf(
  sampler: Sampler,
  betas: readonly number[],
  machine: Rbm,
  nu: Float64Array,
  used: Float64Array,
): number {
  const count = 3000;
  const chains = exactChains(machine, nu, count, betas);
  const before = rows(machine, chains, count);
  sampler.run(machine, used, chains, 3);
  return largestDrift(before, rows(machine, chains, count), machine.graph.visible.size + machine.graph.hidden.size);
}

const samplers: [Sampler, readonly number[]][] = [
  [gibbs, [1]],
  [tempering([0, 0.5, 1]), [0, 0.5, 1]],
  [metropolis, [1]],
  [exactDraws, [1]],
  [stratifiedDraws, [1]],
];
for (const [sampler, betas] of samplers)
  for (const [name, machine, scale] of sampler === metropolis || sampler === gibbs ? [...machines, real] : machines) {
    const nu = randomNu(machine, scale);
    test(`${sampler.name} on ${name}, started at exact draws, does not drift: z < 4 on all first and second moments`, () => {
      expect(driftOf(sampler, betas, machine, nu, nu)).toBeLessThan(4);
    });
  }

// Strata dealt out in order, or a proposal that always leaves the present state, would fail here.
test("stratified draws lower the variance of a mean tenfold, chain by chain they are as good as independent ones", () => {
  const machine = rbm({ visible: binary(8), hidden: binary(3) }); // the hidden side is summed: its first unit is cut finest
  const nu = randomNu(machine, 0.7);
  const { hidden } = machine.marginals(nu);
  const chains = startChains(machine, 50, stream("strata", 0));
  let [between, along] = [0, 0];
  const steps = 200;
  for (let step = 0; step < steps; step++) {
    stratifiedDraws.run(machine, nu, chains, 1);
    let mean = 0;
    for (let c = 0; c < 50; c++) mean += chains.hidden[c * 3] / 50;
    between += (mean - hidden[0]) ** 2 / steps;
    along += chains.hidden[7 * 3] / steps;
  }
  const variance = hidden[0] * (1 - hidden[0]);
  expect(between).toBeLessThan(variance / 50 / 10);
  expect(Math.abs(along - hidden[0]) / Math.sqrt(variance / steps)).toBeLessThan(4);
});

test("Metropolis forgets a start without fields, where flips that are always accepted would only alternate", () => {
  const machine = rbm({ visible: binary(3), hidden: binary(2) });
  const nu = new Float64Array(machine.labels.length);
  const chains = startChains(machine, 2000, stream("flat", 0), new Float64Array(6000));
  metropolis.run(machine, nu, chains, 12);
  const mean = chains.visible.reduce((sum, x) => sum + x / 6000, 0);
  expect(Math.abs(mean - 0.5) / Math.sqrt(0.25 / 6000)).toBeLessThan(4);
});

test("the drift test notices a kernel whose weights are 15 % too small", () => {
  const [, machine, scale] = machines[0];
  const nu = randomNu(machine, scale);
  const wrong = nu.map((x, k) => (k < 9 ? x : 0.85 * x));
  expect(driftOf(gibbs, [1], machine, nu, wrong)).toBeGreaterThan(4.5);
});

test("moments by every sampler lie within 4.5 of their standard errors, with R-hat and effective size", () => {
  const [, machine, scale] = machines[0];
  const nu = randomNu(machine, scale);
  const exact = new Float64Array(nu.length);
  machine.asleepMoments(nu, null, exact);
  for (const [sampler, betas] of samplers) {
    const chains = startChains(machine, 10 * betas.length, stream("moments", 2));
    const mixed = sampleMoments(machine, nu, chains, { sampler, steps: 600, discard: 100 });
    mixed.forEach(({ mean, standardError, rHat, effectiveSize }, k) => {
      expect(Math.abs(mean - exact[k]) / standardError).toBeLessThan(4.5);
      expect(rHat).toBeLessThan(1.02);
      expect(effectiveSize).toBeGreaterThan(200);
    });
  }
});

// Two modes, all units up or all down, with e^−12 between them: Gibbs chains stay where they began, and R-hat says so.
test("where Gibbs is stuck between two modes R-hat says so, and tempering crosses", () => {
  const machine = rbm({ visible: spin(6), hidden: spin(6) });
  const nu = Float64Array.from({ length: 12 + 36 }, (_, k) => (k < 12 ? 0 : 0.5));
  const run = (sampler: Sampler) =>
    sampleMoments(machine, nu, startChains(machine, 8 * sampler.replicas, stream("modes", 4)), {
      sampler,
      steps: 300,
      discard: 50,
    })[0];
  expect(run(gibbs).rHat).toBeGreaterThan(1.5);
  const tempered = run(tempering([0, 0.2, 0.35, 0.5, 0.7, 1]));
  expect(tempered.rHat).toBeLessThan(1.05);
  expect(Math.abs(tempered.mean) / tempered.standardError).toBeLessThan(4);
});

test("chains go on from a checkpoint with the same bits, and start where they are told", () => {
  const [, machine, scale] = machines[0];
  const nu = randomNu(machine, scale);
  const chains = startChains(machine, 3, stream("check", 0));
  gibbs.run(machine, nu, chains, 2);
  const copy = structuredClone(chains);
  gibbs.run(machine, nu, chains, 3);
  gibbs.run(machine, nu, copy, 3);
  expect(copy).toEqual(chains);
  const data = Float64Array.of(1, 0, 1, 0, 1);
  expect([...startChains(machine, 1, stream("check", 1), data).visible]).toEqual([...data]);
});

test("the kernel for full connection takes the very steps of the one for any graph", () => {
  for (const [V, H] of [
    [5, 7],
    [8, 6],
  ]) {
    const edges = Array.from({ length: V * H }, (_, e) => [Math.floor(e / H), e % H, e] as [number, number, number]);
    const full = rbm({ visible: binary(V), hidden: spin(H) });
    const listed = rbm({ visible: binary(V), hidden: spin(H), edges: edges.toReversed() }); // rows out of order: not dense
    const nu = randomNu(full, 0.8);
    const [a, b] = [full, listed].map((machine) => {
      const chains = startChains(machine, 50, stream("kernels", V));
      gibbs.run(machine, nu, chains, 40);
      return chains;
    });
    expect(a).toEqual(b);
  }
});

test("chains, temperatures and step numbers that do not fit are refused by name", () => {
  const [, machine] = machines[0];
  const random = stream("bad", 0);
  const nu = new Float64Array(machine.labels.length);
  expect(() => startChains(machine, 0, random)).toThrow("startChains: the number of chains");
  expect(() => startChains(machine, 2, random, new Float64Array(5))).toThrow("needs 2 visible rows, got 1");
  expect(() => startChains(machine, 1, random, new Float64Array(5).fill(2))).toThrow("not a state of a binary unit");
  expect(() => tempering([0.5])).toThrow("betas must ascend to 1");
  expect(() => tempering([0.5, 0.2, 1])).toThrow("betas must ascend to 1");
  const two = startChains(machine, 2, random);
  expect(() => tempering([0, 0.5, 1]).run(machine, nu, two, 1)).toThrow("a multiple of 3, got 2");
  expect(() => sampleMoments(machine, nu, two, { sampler: gibbs, steps: 2 })).toThrow("steps must be an integer");
  expect(() => sampleMoments(machine, nu, two, { sampler: gibbs, steps: 1e6 })).toThrow("Use fewer chains or steps");
});
