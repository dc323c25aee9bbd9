import { counting, counts, identityChart, type CountsFamily } from "@dbd/boltzmann";
import { hat } from "@dbd/numerics/functions/hat";
import type { GridFunction } from "@dbd/numerics/functions/tensor";
import { rk4 } from "@dbd/ode";
import { parametric, type ParametricDynamics } from "../dynamics/parametric/index.ts";
import { roughnessPenalty } from "../penalty.ts";
import { trapezoid, type Problem } from "../problem.ts";
import { startFromDistributions, type ProjectedStart } from "../starts.ts";
import { masterEquation, type Jump } from "./oneSpecies.ts";

/** Branching with death, A → 2A at 0.5 and A → ∅ at 1.5: the slides' example. */
export const branching: readonly Jump[] = [
  { jump: 1, propensity: (n) => 0.5 * n },
  { jump: -1, propensity: (n) => 1.5 * n },
];

/** The exact field of its geometric model, F = (k_D − k_B)(1 − e^−ν). */
export const exactField = (nu: number): number => 1 - Math.exp(-nu);

/** The geometric family. */
export const geometric: CountsFamily = counts({ order: 1, base: counting });

/** A start from the geometric distribution at nu0, with the exact moments and entropy at the times. */
export function geometricStart(
  nu0: number,
  times: Float64Array,
  reactions: readonly Jump[] = branching,
): ProjectedStart {
  const size = Math.ceil(40 / nu0) + 40;
  const p0 = Float64Array.from({ length: size }, (_, n) => -Math.expm1(-nu0) * Math.exp(-nu0 * n));
  const distributions = masterEquation(reactions, p0, times);
  return startFromDistributions(geometric, identityChart(1), { label: `ν = ${nu0}`, distributions });
}

/** The slides' learning problem: 30 nodes on [0.1, 3], each of them a start, 20 steps to T = 1. */
export function gridProblem(
  f: GridFunction = hat([{ start: 0.1, end: 3, nodes: 30 }]),
  strength = 1e-5,
): Problem & { readonly dynamics: ParametricDynamics<GridFunction> } {
  const times = Float64Array.from({ length: 21 }, (_, i) => i / 20);
  return {
    family: geometric,
    chart: identityChart(1),
    dynamics: parametric([f]),
    times,
    weights: trapezoid(times),
    starts: Array.from(f.nodes, (nu0: number) => geometricStart(nu0, times)),
    integrator: rk4,
    penalty: roughnessPenalty([f], strength),
  };
}
