import { expect, test } from "vitest";
import { gridProblem } from "../../reference/galtonWatson.ts";
import { nodeError } from "../../reference/nodeError.ts";
import { minimiserConformance } from "../../testing.ts";
import { gaussNewton } from "../gaussNewton/index.ts";
import { lbfgs } from "./index.ts";

test("lbfgs passes the kit of minimisers", async () => {
  expect(await minimiserConformance(lbfgs, { signal: AbortSignal.abort() })).toEqual([]);
});

test("it reaches the minimum of Gauss–Newton on the slides' example, in more steps of less work", async () => {
  const problem = gridProblem();
  const zero = new Float64Array(30);
  const theirs = await gaussNewton(problem, zero);
  const { u, objective } = await lbfgs(problem, zero, { tolerance: 1e-8 });
  expect(nodeError(problem, u)[0]).toBeLessThan(0.002);
  const [S, best] = [objective.at(-1) ?? Infinity, theirs.objective.at(-1) ?? 0];
  expect(Math.abs(S / best - 1)).toBeLessThan(1e-5);
});

test("a step into what has no trajectory is shortened, and the memory must be a number", async () => {
  const problem = gridProblem();
  const far = await lbfgs(problem, new Float64Array(30), { firstStep: 100, iterations: 3 });
  expect(far.objective[1]).toBeLessThan(far.objective[0]);
  await expect(lbfgs(problem, new Float64Array(30), { memory: 0 })).rejects.toThrow("memory must be a positive");
});
