import { drawNormal } from "@dbd/numerics/random/normal";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { barsAndStripes } from "./barsAndStripes.ts";
import { rbm } from "./families/rbm.ts";
import { fisherPreconditioner } from "./fisherPreconditioner.ts";
import { binary } from "./layers/binary.ts";
import { exactPhase } from "./phases/exact.ts";
import { persistent } from "./phases/persistent.ts";
import { trainRbm, type TrainOptions } from "./trainRbm.ts";

const machine = rbm({ visible: binary(4), hidden: binary(4) });
const data = barsAndStripes(2);
const P = machine.labels.length;
const start = ((random) => Float64Array.from(machine.labels, () => 0.7 * drawNormal(random)))(stream("fisher", 0));
const all = Float64Array.from(Array.from({ length: 16 }, (_, code) => [0, 1, 2, 3].map((i) => (code >> i) & 1)).flat());

test("the Fisher matrix is the Hessian of the negative log-likelihood averaged over the model's own configurations", () => {
  const [F, H] = [new Float64Array(P * P), new Float64Array(P * P)];
  machine.fisher(start, F);
  const want = new Float64Array(P * P);
  for (let at = 0; at < all.length; at += 4) {
    const v = all.subarray(at, at + 4);
    machine.hessian(start, v, H);
    const p = Math.exp(machine.logLikelihood(start, v));
    for (let i = 0; i < P * P; i++) want[i] += p * H[i];
  }
  F.forEach((x, i) => expect(Math.abs(x - want[i])).toBeLessThan(1e-12));
});

test("from model draws the preconditioned gradient tends to the exact one", () => {
  const gradient = Float64Array.from({ length: P }, (_, k) => Math.sin(k));
  const exact = gradient.slice();
  const fisher = fisherPreconditioner(0.1);
  fisher.apply(machine, start, undefined, exact);
  const errors = [500, 50_000].map((count) => {
    const rows = new Float64Array(count * 4);
    machine.draw(start, count, stream("rows", count), rows, new Float64Array(count * 4));
    const got = gradient.slice();
    fisher.apply(machine, start, rows, got);
    return Math.hypot(...got.map((x, k) => x - exact[k])) / Math.hypot(...exact);
  });
  expect(errors[1]).toBeLessThan(0.02);
  expect(errors[1]).toBeLessThan(errors[0] / 3);
});

test("bars and stripes: in 60 steps the natural gradient is where the centred one is not in 600", async () => {
  const run = async (iterations: number, change: Partial<TrainOptions>): Promise<number> => {
    const options = { phase: exactPhase, iterations, rate: 0.2, random: stream("race", 0), start, ...change };
    return machine.logLikelihood((await trainRbm(machine, data, options)).nu, data);
  };
  const natural = await run(60, { preconditioner: fisherPreconditioner(0.01) });
  expect(natural).toBeGreaterThan(await run(600, {}));
  expect(natural).toBeGreaterThan(-Math.log(6) - 0.1);
  const chains = { phase: persistent({ chains: 200, steps: 2 }), preconditioner: fisherPreconditioner(0.1) };
  expect(await run(150, chains)).toBeGreaterThan(-Math.log(6) - 0.2);
});

// The best weights are infinite here: F and the gradient vanish together, and unlimited steps would reach 1e77.
test("long steps towards saturated units stay bounded and end within 0.01 nat of the best", async () => {
  const six = rbm({ visible: binary(4), hidden: binary(6) });
  const options = { phase: exactPhase, iterations: 120, rate: 0.5, preconditioner: fisherPreconditioner(0.01) };
  const { nu } = await trainRbm(six, data, { ...options, random: stream("readme", 0) });
  expect(six.logLikelihood(nu, data)).toBeGreaterThan(-Math.log(6) - 0.01);
  expect(nu.every((x) => Math.abs(x) < 60)).toBe(true);
});

test("damping that is not positive, and visible sides that are too large to sum, are refused", () => {
  expect(() => fisherPreconditioner(0)).toThrow("damping must be positive and finite, got 0");
  const large = rbm({ visible: binary(21), hidden: binary(1) });
  const nu = new Float64Array(large.labels.length);
  expect(() => large.fisher(nu, new Float64Array(nu.length ** 2))).toThrow("more than 2^20 visible states");
});
