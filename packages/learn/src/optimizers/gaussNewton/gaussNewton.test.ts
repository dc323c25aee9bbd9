import { hermite } from "@dbd/numerics/functions/hermite";
import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { rk4, solve } from "@dbd/ode";
import { expect, test } from "vitest";
import { gaussNewton } from "./index.ts";
import { gradient } from "../../gradient.ts";
import { geometricStart, gridProblem } from "../../reference/galtonWatson.ts";
import { minimiserConformance } from "../../testing.ts";
import { nodeError } from "../../reference/nodeError.ts";

test("gaussNewton passes the kit of minimisers", async () => {
  expect(await minimiserConformance(gaussNewton, { signal: AbortSignal.abort() })).toEqual([]);
});

const problem = gridProblem();
const zero = new Float64Array(30);

test("from F = 0 the slides' example is learned to 0.002 at every visited node in at most 10 steps", async () => {
  const { u, iterations, objective, stopped } = await gaussNewton(problem, zero);
  const [error, visited] = nodeError(problem, u);
  expect(visited).toBe(30);
  expect(error).toBeLessThan(0.002);
  expect(iterations).toBeLessThanOrEqual(10);
  expect(stopped).toBe("converged");
  expect(objective).toHaveLength(iterations + 1);
  for (let i = 1; i <= iterations; i++) expect(objective[i]).toBeLessThan(objective[i - 1]);
  for (const [nu0, end] of [
    [1, 1.735326],
    [2, 2.910569],
  ]) {
    const { values } = solve(problem.dynamics, u, { y0: [nu0], times: [0, 1], integrator: rk4, substeps: 200 });
    expect(Math.abs(values[1] - end)).toBeLessThan(5e-3);
  }
});

test("the result is a minimum: the gradient vanishes", async () => {
  const { u } = await gaussNewton(problem, zero, { tolerance: 1e-14 });
  const g = new Float64Array(30);
  gradient(problem, zero, g);
  const before = Math.hypot(...g);
  gradient(problem, u, g);
  expect(Math.hypot(...g) / before).toBeLessThan(1e-7);
});

test("a C¹ Hermite grid reaches the same target", async () => {
  const smooth = gridProblem(hermite([{ start: 0.1, end: 3, nodes: 30 }]));
  const { u, iterations } = await gaussNewton(smooth, new Float64Array(60));
  expect(nodeError(smooth, u)[0]).toBeLessThan(0.002);
  expect(iterations).toBeLessThanOrEqual(10);
});

test("pure decay is learned as F = 1 − e^−ν too", async () => {
  const decay = [{ jump: -1, propensity: (n: number) => n }];
  const starts = problem.starts.map(({ y0 }) => geometricStart(y0[0], problem.times, decay));
  const pure = { ...problem, starts };
  const { u } = await gaussNewton(pure, zero);
  expect(nodeError(pure, u)[0]).toBeLessThan(0.002);
});

test("without starts that reach some nodes the penalty alone decides there, and the report says so", async () => {
  const few = { ...problem, starts: problem.starts.slice(8, 10) };
  const { u } = await gaussNewton(few, zero);
  const [error, visited] = nodeError(few, u);
  expect(visited).toBeGreaterThan(4);
  expect(visited).toBeLessThan(20);
  expect(error).toBeLessThan(0.1);
});

test("a small trust radius and a large damping only slow it down", async () => {
  const slow = await gaussNewton(problem, zero, { trust: 0.2, damping: 10, iterations: 60 });
  const fast = await gaussNewton(problem, zero);
  expect(slow.iterations).toBeGreaterThan(fast.iterations);
  expect(nodeError(problem, slow.u)[0]).toBeLessThan(0.002);
});

test("it stops at its budget, at an abort, and at once at a minimum", async () => {
  const two = await gaussNewton(problem, zero, { iterations: 2 });
  expect([two.iterations, two.stopped]).toEqual([2, "budget"]);
  const none = await gaussNewton(problem, zero, { signal: AbortSignal.abort() });
  expect([none.iterations, none.stopped]).toEqual([0, "aborted"]);
  expect(none.u).toEqual(zero);
  const best = await gaussNewton(problem, zero, { tolerance: 1e-15 });
  const again = await gaussNewton(problem, best.u, { tolerance: 0, iterations: 500 });
  expect(again.stopped).toBe("converged");
});

test("steps to where the model has no trajectory are rejected, a start there is an error", async () => {
  // The first expansion maps 30 starts × 21 times, and again without the first time for the metric; then come trials.
  let calls = 0;
  const first = 30 * (21 + 20) + 1;
  const chart = {
    ...problem.chart,
    toNu(y: Float64Array, out: Float64Array): void {
      calls++;
      if (calls === first) throw new NumericalError("fence", "no such distribution");
      if (calls === first + 1) throw new ArgumentError("fence", "not normalisable");
      out.set(y);
    },
  };
  const { u, iterations } = await gaussNewton({ ...problem, chart }, zero);
  expect(nodeError(problem, u)[0]).toBeLessThan(0.002);
  expect(iterations).toBeLessThanOrEqual(10); // rejected trials are not counted
  await expect(gaussNewton(problem, new Float64Array(30).fill(-5))).rejects.toThrow("not normalisable");
});

test("other errors are not swallowed", async () => {
  let calls = 0;
  const chart = {
    ...problem.chart,
    toNu(y: Float64Array, out: Float64Array): void {
      if (++calls > 2000) throw new RangeError("a defect");
      out.set(y);
    },
  };
  await expect(gaussNewton({ ...problem, chart }, zero)).rejects.toThrow("a defect");
});

test("progress ends at the number of steps done", async () => {
  const seen: number[] = [];
  const { iterations } = await gaussNewton(problem, zero, { onProgress: ({ done }) => seen.push(done) });
  expect(seen.at(-1)).toBe(iterations);
});
