import { hat } from "@dbd/numerics/functions/hat";
import { expect, test } from "vitest";
import { gaussNewton } from "./optimizers/gaussNewton/index.ts";
import { firstTimes, growHorizon } from "./horizon.ts";
import { objective } from "./objective.ts";
import { annihilationProblem } from "./reference/annihilation.ts";
import { gridProblem } from "./reference/galtonWatson.ts";
import { nodeError } from "./reference/nodeError.ts";

const grid = gridProblem();

test("the first times of a problem are that problem with shorter arrays", () => {
  const short = firstTimes(grid, 5);
  expect([short.times.length, short.weights.length, short.starts[3].awake.length]).toEqual([5, 5, 5]);
  const u = new Float64Array(30);
  const silent = grid.weights.map((w, t) => (t < 5 ? w : 0));
  expect(objective(short, u)).toBeCloseTo(objective({ ...grid, weights: silent }, u), 12);
  expect(() => firstTimes(grid, 22)).toThrow("T must be an integer from 1 to 21");
});

test("from F = 0 a growing horizon learns pair annihilation, where the whole horizon at once is stuck", async () => {
  const problem = annihilationProblem(hat, { nodes: [8, 4] });
  const zero = new Float64Array(64);
  const settings = { iterations: 10, tolerance: 1e-4 };
  const whole = await gaussNewton(problem, zero, { ...settings, iterations: 4 });
  const grown = await growHorizon(problem, zero, settings);
  expect(whole.objective.at(-1)).toBeGreaterThan(1);
  expect(grown.objective.at(-1)).toBeLessThan(0.05);
});

test("a horizon without a trajectory is halved, and growth goes on from there", async () => {
  const start = { ...grid, starts: grid.starts.slice(8, 12) };
  const falling = new Float64Array(30).fill(-1.2); // ν reaches 0 before t = 1
  await expect(gaussNewton(start, falling)).rejects.toThrow("not normalisable");
  const { u, iterations, stopped } = await growHorizon(start, falling, { fractions: [1] });
  expect(nodeError(start, u)[0]).toBeLessThan(0.1);
  expect(iterations).toBeGreaterThan(2);
  expect(stopped).toBe("converged");
});

test("it gives up where not even the next time can be reached, and passes other endings on", async () => {
  const hopeless = new Float64Array(30).fill(-100);
  await expect(growHorizon(grid, hopeless)).rejects.toThrow("not normalisable");
  const aborted = await growHorizon(grid, new Float64Array(30), { signal: AbortSignal.abort() });
  expect(aborted.stopped).toBe("aborted");
  await expect(growHorizon(grid, hopeless, { fractions: [0.5] })).rejects.toThrow("fractions must increase");
  const single = await growHorizon(firstTimes(grid, 1), new Float64Array(30));
  expect(single.iterations).toBeLessThanOrEqual(1);
});
