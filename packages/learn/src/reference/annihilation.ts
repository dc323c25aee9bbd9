import { counting, counts, logMomentsChart, type Chart, type CountsFamily } from "@dbd/boltzmann";
import { hat } from "@dbd/numerics/functions/hat";
import type { GridFunction } from "@dbd/numerics/functions/tensor";
import type { Axis } from "@dbd/numerics/functions/function";
import { rk4 } from "@dbd/ode";
import { parametric, type ParametricDynamics } from "../dynamics/parametric/index.ts";
import { roughnessPenalty } from "../penalty.ts";
import { trapezoid, type Problem } from "../problem.ts";
import { boxAround, startFromDistributions, type ProjectedStart } from "../starts.ts";
import { masterEquation, poissonTable, type Jump } from "./oneSpecies.ts";

/** Pair annihilation A + A → ∅ with propensity n(n − 1)/2. */
export const annihilation: readonly Jump[] = [{ jump: -2, propensity: (n) => (n * (n - 1)) / 2 }];

/** Two interactions over the counting measure. */
export const family: CountsFamily = counts({ order: 2, base: counting });
export const chart: Chart = logMomentsChart(family);

/** p(n, t) from Poisson(mean) at t = 0. */
export function distributionsFrom(mean: number, times: Float64Array): readonly Float64Array[] {
  const p0 = poissonTable(mean, Math.ceil(mean + 10 * Math.sqrt(mean) + 20));
  return masterEquation(annihilation, p0, Float64Array.of(0, ...times)).slice(1);
}

/** A start at times[0] > 0: Poisson(mean) itself is not in the family. */
export const startFrom = (mean: number, times: Float64Array): ProjectedStart =>
  startFromDistributions(family, chart, { label: `Poisson(${mean})`, distributions: distributionsFrom(mean, times) });

/** A problem whose parts are known more precisely. */
interface AnnihilationProblem extends Problem {
  readonly dynamics: ParametricDynamics<GridFunction>;
  readonly starts: readonly ProjectedStart[];
}

/** Learning from Poisson(5), (10), (20), t = 0.02 … 5 in log time, F on a grid in (log m, log v/m). */
export function annihilationProblem(
  basis: (axes: readonly Axis[]) => GridFunction = hat,
  options: { readonly nodes?: readonly number[]; readonly strength?: number } = {},
): AnnihilationProblem {
  const { nodes = [16, 8], strength = 1e-7 } = options;
  const times = Float64Array.from({ length: 81 }, (_, i) => 0.02 * 250 ** (i / 80));
  const starts = [5, 10, 20].map((mean) => startFrom(mean, times));
  const axes = boxAround(
    starts.map(({ path }) => path),
    nodes,
  );
  const f = basis(axes);
  return {
    family,
    chart,
    dynamics: parametric([f, f]),
    times,
    weights: trapezoid(times, "logTime"),
    starts,
    integrator: rk4,
    penalty: roughnessPenalty([f, f], strength),
  };
}
