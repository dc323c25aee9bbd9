import { drawNormal } from "@dbd/numerics/random/normal";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { barsAndStripes } from "./barsAndStripes.ts";
import { centred, enhanced, uncentred } from "./centring.ts";
import { rbm } from "./families/rbm.ts";
import { sampledRbm } from "./families/sampledRbm.ts";
import { binary } from "./layers/binary.ts";
import { spin } from "./layers/spin.ts";
import { contrastiveDivergence } from "./phases/contrastiveDivergence.ts";
import { exactPhase } from "./phases/exact.ts";
import { persistent } from "./phases/persistent.ts";
import { gibbs } from "./samplers/gibbs.ts";
import { tempering } from "./samplers/tempering.ts";
import { trainRbm } from "./trainRbm.ts";

const data = barsAndStripes(2);
const machine = rbm({ visible: binary(4), hidden: binary(6) });
const best = -Math.log(6);
// Weights of order one: from very small ones these symmetric data hold learning on a plateau for thousands of steps.
const start = ((random) => Float64Array.from(machine.labels, () => 0.7 * drawNormal(random)))(stream("start", 0));

test("bars and stripes: six patterns of 2 × 2, fourteen of 3 × 3, none twice", () => {
  const rows = (n: number): string[] =>
    Array.from({ length: 2 ** (n + 1) - 2 }, (_, r) =>
      barsAndStripes(n)
        .slice(r * n * n, (r + 1) * n * n)
        .join(""),
    );
  expect(rows(2).toSorted()).toEqual(["0000", "0011", "0101", "1010", "1100", "1111"]);
  expect(new Set(rows(3)).size).toBe(14);
});

for (const centring of [uncentred, centred, enhanced])
  test(`exact learning, ${centring.name}, climbs the log-likelihood at every step`, async () => {
    let nu: Float64Array | undefined;
    let last = -Infinity;
    for (let block = 0; block < 5; block++) {
      const options = { phase: exactPhase, iterations: 20, rate: 0.1, random: stream("climb", 0), centring };
      const result = await trainRbm(machine, data, nu === undefined ? options : { ...options, start: nu });
      nu = result.nu;
      const now = machine.logLikelihood(nu, data);
      expect(now).toBeGreaterThan(last);
      last = now;
    }
    expect(last).toBeLessThan(best);
  });

// A phase with a wrong sign, or chains that do not follow ν, ends nats below.
test("2 × 2 bars and stripes: exact learning and persistent CD come within 0.1 nat of −ln 6 per pattern", async () => {
  for (const phase of [exactPhase, persistent({ chains: 50, steps: 3 })]) {
    const iterations = 3000;
    const { nu, stopped } = await trainRbm(machine, data, {
      phase,
      iterations,
      rate: (i) => 0.3 * Math.min(1, 2 * (1 - i / iterations)),
      random: stream("bars", 0),
      start,
      averageLast: 300,
    });
    expect(stopped).toBe("budget");
    expect(machine.logLikelihood(nu, data)).toBeGreaterThan(best - 0.1);
    expect(machine.logLikelihood(nu, data)).toBeLessThan(best);
  }
});

test("CD-1 on mini-batches learns too, though less", async () => {
  const { nu, chains } = await trainRbm(machine, data, {
    phase: contrastiveDivergence(1),
    iterations: 1500,
    rate: 0.2,
    random: stream("cd", 0),
    batch: 10,
    start,
    averageLast: 300,
  });
  expect(chains).toBe(undefined);
  expect(machine.logLikelihood(nu, data)).toBeGreaterThan(-2.5); // 16 equal states: −2.77
});

// Catches averages over the hot replicas: at β = 0 all moments are zero.
test("persistent chains, tempered or not, average the model's own moments", () => {
  const spins = rbm({ visible: spin(3), hidden: spin(2) });
  const random = stream("phase", 0);
  const nu = Float64Array.from(spins.labels, () => 0.6 * drawNormal(random));
  const exact = new Float64Array(nu.length);
  spins.asleepMoments(nu, null, exact);
  const out = new Float64Array(nu.length);
  for (const sampler of [gibbs, tempering([0, 0.5, 1])]) {
    const family = sampledRbm(spins, { chains: 1500, steps: 15, sampler });
    const state = family.state(random);
    family.asleepMoments(nu, state, out);
    const phase = persistent({ chains: 1500, steps: 15, sampler });
    const moments = { phi: new Float64Array(nu.length), visible: new Float64Array(3), hidden: new Float64Array(2) };
    phase.moments(spins, nu, data, phase.state(spins, random), random, moments);
    for (let k = 0; k < nu.length; k++) {
      expect(Math.abs(out[k] - exact[k]) * Math.sqrt(1500)).toBeLessThan(4.5); // |φ| ≤ 1
      expect(Math.abs(moments.phi[k] - exact[k]) * Math.sqrt(1500)).toBeLessThan(4.5);
    }
    expect(state.visible.length).toBe(1500 * 3 * sampler.replicas);
  }
  const family = sampledRbm(machine, { chains: 2, steps: 1, sampler: gibbs });
  const awake = [new Float64Array(34), new Float64Array(34)];
  family.awakeMoments(new Float64Array(34), data, family.state(random), awake[0]);
  machine.awakeMoments(new Float64Array(34), data, null, awake[1]);
  expect(awake[0]).toEqual(awake[1]);
});

test("learning stops when it is told to and reports how far it is", async () => {
  const control = new AbortController();
  control.abort();
  const options = { phase: exactPhase, iterations: 5, rate: 0.1, random: stream("stop", 0), averageLast: 99 };
  const aborted = await trainRbm(machine, data, { ...options, signal: control.signal });
  expect([aborted.stopped, aborted.iterations]).toEqual(["aborted", 1]);
  let done = 0;
  await trainRbm(machine, data, { ...options, onProgress: (p) => (done = p.done) });
  expect(done).toBe(5);
});

test("empty data, wrong numbers and a rate that explodes are refused by name", async () => {
  const options = { phase: exactPhase, iterations: 3, rate: 0.1, random: stream("bad", 0) };
  await expect(trainRbm(machine, new Float64Array(0), options)).rejects.toThrow("trainRbm: needs one or more rows");
  await expect(trainRbm(machine, data, { ...options, iterations: 0 })).rejects.toThrow("iterations must be a positive");
  await expect(trainRbm(machine, data, { ...options, start: new Float64Array(2) })).rejects.toThrow("start must be 34");
  await expect(trainRbm(machine, data, { ...options, rate: Infinity })).rejects.toThrow("Lower the rate");
  expect(() => contrastiveDivergence(0)).toThrow("k must be a positive integer");
  expect(() => persistent({ chains: 1, steps: 0 })).toThrow("steps must be a positive integer");
  expect(() => sampledRbm(machine, { chains: 1, steps: 0, sampler: gibbs })).toThrow(
    "steps must be a positive integer",
  );
  const phase = persistent({ chains: 1 });
  const none = { phi: new Float64Array(34), visible: new Float64Array(4), hidden: new Float64Array(6) };
  expect(() => phase.moments(machine, new Float64Array(34), data, undefined, () => 0, none)).toThrow("are missing");
});
