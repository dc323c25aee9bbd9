import { hat } from "@dbd/numerics/functions/hat";
import { expect, test } from "vitest";
import { matchDerivatives } from "./matchDerivatives.ts";
import { action } from "./objective.ts";
import { annihilationProblem } from "./reference/annihilation.ts";
import { trackPaths } from "./trackPaths.ts";

const problem = annihilationProblem(hat, { nodes: [8, 4] });
const paths = problem.starts.map(({ path }) => path);
const floor = problem.starts.reduce(
  (sum, { floor: kl = new Float64Array(0) }) => sum + kl.reduce((s, v, t) => s + problem.weights[t] * v, 0),
  0,
);

test("what is tracked is KL − floor to second order: the minimum of one is near that of the other", async () => {
  const matching = { paths, measure: "logTime" } as const;
  const u0 = matchDerivatives(problem, matching).map((v) => 1.02 * v);
  const { u, objective } = await trackPaths(problem, u0, { paths, iterations: 6 });
  const above = action(problem, u) - floor;
  const penalty = problem.penalty?.evaluate(u) ?? 0;
  expect(above).toBeLessThan(0.05 * (action(problem, u0) - floor));
  expect(Math.abs((objective.at(-1) ?? 0) - penalty - above)).toBeLessThan(0.1 * above);
});

test("a growing horizon tracks from F = 0, with matching beside", async () => {
  const matching = { paths, measure: "logTime", strength: 0.05 } as const;
  const settings = { paths, matching, iterations: 3, tolerance: 1e-3 };
  const { u } = await trackPaths(problem, new Float64Array(64), { ...settings, fractions: [0.1, 0.3, 1] });
  expect(action(problem, u) - floor).toBeLessThan(0.01);
});

test("paths that are not the starts' are refused", async () => {
  const few = { paths: paths.slice(1) };
  await expect(trackPaths(problem, new Float64Array(64), few)).rejects.toThrow("needs 3 paths of length 162");
});
