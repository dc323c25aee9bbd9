import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { learn } from "./learn.ts";
import { objective } from "./objective.ts";
import { adam } from "./optimizers/adam/index.ts";
import { decay } from "./optimizers/optimizer.ts";
import { sgd } from "./optimizers/sgd/index.ts";
import { exactPhase } from "./phases.ts";
import { geometric, gridProblem } from "./reference/galtonWatson.ts";
import { nodeError } from "./reference/nodeError.ts";
import { sampledPhase } from "./sampling.ts";

const problem = gridProblem();
const zero = new Float64Array(30);

test("Algorithm 1 with Adam and exact moments learns the slides' example to 0.01 within 1000 iterations", async () => {
  const result = await learn(problem, { optimizer: adam({ rate: 0.05 }), iterations: 200 });
  expect(nodeError(problem, result.u)[0]).toBeLessThan(0.01);
  expect([result.iterations, result.stopped]).toEqual([200, "budget"]);
  expect(result.objective[0]).toBeCloseTo(objective(problem, zero), 12);
  expect(result.objective[199]).toBeLessThan(0.2 * result.objective[0]);
});

test("the papers' normalised descent gains in its 40 iterations, but is far from the target", async () => {
  const optimizer = sgd({ rate: decay(0.05, 0.01, 40), normalised: true });
  const { u, objective: S } = await learn(problem, { optimizer, iterations: 40 });
  expect(S[39]).toBeLessThan(S[0]);
  const [error] = nodeError(problem, u);
  expect(error).toBeGreaterThan(0.1);
});

test("a sampled asleep phase learns too, and a seed fixes the result", async () => {
  const options = {
    optimizer: adam({ rate: decay(0.1, 0.01, 80) }),
    iterations: 80,
    asleep: { draws: 100, seed: "asleep" },
  };
  const first = await learn(problem, options);
  expect(nodeError(problem, first.u)[0]).toBeLessThan(0.05);
  const short = { ...options, iterations: 3 };
  const [a, b] = [await learn(problem, short), await learn(problem, short)];
  expect(a.u).toEqual(b.u);
  const other = await learn(problem, { ...short, asleep: { draws: 100, seed: "other" } });
  expect(other.u).not.toEqual(a.u);
});

test("sampled asleep moments have the exact mean; stratified draws are far quieter, and draws are fresh", () => {
  const nu = Float64Array.of(0.5);
  const exact = new Float64Array(1);
  exactPhase(geometric)(nu, exact);
  const variance = exact[0] * (1 + exact[0]);
  const draws = 2000;
  const standardError = Math.sqrt(variance / draws);
  const out = new Float64Array(1);
  const independent = sampledPhase(geometric, { draws, stratified: false, seed: 7 })(0);
  independent(nu, out);
  const first = out[0];
  // 4.5 standard errors: a kernel that drops n = 0 or divides by draws − 1 twice lands beyond z = 20.
  expect(Math.abs(first - exact[0]) / standardError).toBeLessThan(4.5);
  independent(nu, out);
  expect(out[0]).not.toBe(first); // the same phase draws anew: no common random numbers
  sampledPhase(geometric, { draws, seed: 7 })(0)(nu, out);
  // Stratified: error of the order of the largest stratum's, ~ (range of n in the tail)/draws.
  expect(Math.abs(out[0] - exact[0])).toBeLessThan(standardError / 3);
});

test("a small gradient converges, an abort keeps what was learned, a budget of zero does nothing", async () => {
  const optimizer = adam({ rate: 0.05 });
  const loose = await learn(problem, { optimizer, iterations: 100, tolerance: 1e3 });
  expect([loose.iterations, loose.stopped]).toEqual([1, "converged"]);
  const controller = new AbortController();
  let steps = 0;
  const stopping = {
    ...optimizer,
    step(u: Float64Array, g: Float64Array, s: Float64Array, i: number): void {
      optimizer.step(u, g, s, i);
      if (++steps === 3) controller.abort();
    },
  };
  const aborted = await learn(problem, { optimizer: stopping, iterations: 100, signal: controller.signal });
  expect([aborted.iterations, aborted.stopped]).toEqual([3, "aborted"]);
  expect(aborted.u.some((v) => v !== 0)).toBe(true);
  const nothing = await learn(problem, { optimizer, iterations: 0, u0: zero.map(() => 0.5) });
  expect(nothing.u).toEqual(zero.map(() => 0.5));
});

test("a resumed run continues the first: u0 is copied, not changed", async () => {
  const u0 = Float64Array.from({ length: 30 }, stream("u0", 0));
  const before = u0.slice();
  await learn(problem, { optimizer: sgd({ rate: 0.01 }), iterations: 2, u0 });
  expect(u0).toEqual(before);
});

test("bad sampling settings and families that cannot be drawn from are refused", async () => {
  const optimizer = sgd({ rate: 0.1 });
  const run = (p: typeof problem, draws: number): Promise<unknown> =>
    learn(p, { optimizer, iterations: 1, asleep: { draws, seed: 1 } });
  await expect(run(problem, 0)).rejects.toThrow("asleep.draws must be a positive integer");
  const silent = { ...geometric, draw: undefined };
  await expect(run({ ...problem, family: silent }, 10)).rejects.toThrow('use asleep: "exact"');
});
