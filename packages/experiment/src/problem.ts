import { ArgumentError, SourceError } from "@dbd/numerics/errors";
import { hat } from "@dbd/numerics/functions/hat";
import type { Axis } from "@dbd/numerics/functions/function";
import { hermite } from "@dbd/numerics/functions/hermite";
import type { GridFunction } from "@dbd/numerics/functions/tensor";
import { heun, rk4 } from "@dbd/ode";
import { parametric, type ParametricDynamics, type Problem, roughnessPenalty, type Start, trapezoid } from "@dbd/learn";
import type { AwakeData } from "./awake.ts";
import type { Setup } from "./setup.ts";

/** The learning problem of an experiment: its training starts and F on a grid. */
export interface GridProblem extends Problem {
  readonly dynamics: ParametricDynamics<GridFunction>;
}

/** Smallest and largest value of every chart coordinate over the training data, shape [P, 2]. */
export function visitedRange(setup: Setup, data: readonly AwakeData[]): Float64Array {
  const P = setup.family.order;
  const range = Float64Array.from({ length: 2 * P }, (_, i) => (i % 2 === 0 ? Infinity : -Infinity));
  for (const { request, path, y0 } of data) {
    if (request.role !== "training") continue;
    for (const values of [path, y0])
      for (let i = 0; i < values.length; i++) {
        const k = i % P;
        if (Number.isNaN(values[i])) continue;
        range[2 * k] = Math.min(range[2 * k], values[i]);
        range[2 * k + 1] = Math.max(range[2 * k + 1], values[i]);
      }
  }
  return range;
}

function axesOf(setup: Setup, reads: readonly number[], range: Float64Array): readonly Axis[] {
  const { nodes, box, padding } = setup.experiment.input.dynamics;
  return reads.map((k, i): Axis => {
    const count = typeof nodes === "number" ? nodes : nodes[i];
    if (box !== undefined) return { start: box[i][0], end: box[i][1], nodes: count };
    const [low, high] = range.subarray(2 * k, 2 * k + 2);
    const pad = padding * (high - low) || 0.5 * Math.max(1, Math.abs(low)); // a coordinate that never moves
    return { start: low - pad, end: high + pad, nodes: count };
  });
}

/** Puts the problem together; `data` holds all starts, only training ones are used. */
export function problemOf(setup: Setup, data: readonly AwakeData[]): GridProblem {
  const { family, chart, grid, experiment } = setup;
  const { dynamics: wanted, optimizer } = experiment.input;
  const P = family.order;
  const reads = (wanted.inputs ?? Array.from({ length: P }, (_, k) => k + 1)).map((k) => k - 1);
  const axes = axesOf(setup, reads, visitedRange(setup, data));
  const make = wanted.function === "hat" ? hat : hermite;
  const functions = Array.from({ length: P }, () => make(axes));
  if (functions[0].coefficients * P > 4000)
    throw new SourceError(
      experiment.place(["dynamics", "nodes"]),
      `found ${functions[0].coefficients * P} coefficients; expected at most 4000`,
      {
        hint: "Take fewer nodes, or let F read fewer coordinates (dynamics.inputs)",
      },
    );
  const starts = data.filter(({ request }) => request.role === "training").map(startOf);
  return {
    family,
    chart,
    dynamics: parametric(functions, { inputs: reads }),
    times: grid.times,
    weights: trapezoid(grid.times, grid.measure),
    starts,
    integrator: wanted.integrator === "rk4" ? rk4 : heun,
    substeps: wanted.substeps,
    penalty: roughnessPenalty(functions, optimizer.roughness),
  };
}

function startOf({ request, y0, moments, negEntropy }: AwakeData): Start {
  if (!y0.every(Number.isFinite)) throw new ArgumentError("problemOf", `start ${request.label} has no finite y0`);
  return { label: request.label, y0, awake: moments, negEntropy };
}
