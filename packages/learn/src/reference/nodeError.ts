import type { GridFunction } from "@dbd/numerics/functions/tensor";
import { trajectoryOf, type Problem } from "../problem.ts";
import type { ParametricDynamics } from "../dynamics/parametric/index.ts";
import { visitedRegions } from "../visited.ts";
import { exactField } from "./galtonWatson.ts";

/** Largest error of a learned one-dimensional F at the nodes that the trajectories use, and how many those are. */
export function nodeError(
  problem: Problem & { readonly dynamics: ParametricDynamics<GridFunction> },
  u: Float64Array,
): readonly [error: number, nodes: number] {
  const [f] = problem.dynamics.functions;
  const paths = problem.starts.map((start) => trajectoryOf(problem, u, start).values);
  const [{ coefficients }] = visitedRegions(problem.dynamics, paths);
  const types = f.coefficients / f.nodes.length; // 1 for hat, 2 for Hermite
  let worst = 0;
  let visited = 0;
  for (let i = 0; i < f.nodes.length; i++) {
    if (coefficients[types * i] === 0) continue;
    visited++;
    worst = Math.max(worst, Math.abs(u[types * i] - exactField(f.nodes[i])));
  }
  return [worst, visited];
}
