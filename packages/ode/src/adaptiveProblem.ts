import { ArgumentError } from "@dbd/numerics/errors";
import type { EventCondition } from "./events.ts";
import { explicitMethod } from "./explicitMethod.ts";
import type { Field } from "./field.ts";
import type { Bandwidth } from "./lu.ts";
import type { AdaptiveMethod, Counts, Setup } from "./method.ts";
import { checkStart } from "./problem.ts";
import type { Sparsity } from "./sparseLu.ts";
import type { Integrator } from "./tableau.ts";

/** How accurate, and how much work. */
export interface Tolerances {
  /** Tolerated error of a step relative to the size of each component; 1e-6 unless given, at least 1e-14. */
  readonly rtol?: number | undefined;
  /** Tolerated absolute error, one number or shape [P]; rtol · 1e-3 unless given. */
  readonly atol?: number | ArrayLike<number> | undefined;
  /** Length of the first step; chosen automatically unless given. */
  readonly firstStep?: number | undefined;
  /** Longest step; no limit unless given. Set it when the field has short pulses that a long step would jump over. */
  readonly maxStep?: number | undefined;
}

/** What to integrate with error control: y(times[0]) = y0, recorded at `times`. */
export interface AdaptiveProblem extends Tolerances {
  /** Initial state, shape [P]. */
  readonly y0: ArrayLike<number>;
  /** Recording times, shape [T], strictly increasing, or strictly decreasing to integrate backwards. */
  readonly times: ArrayLike<number>;
  /** A tableau with embedded weights (`tsit54`) or a stiff method (`rodas4`, `ndf`). */
  readonly integrator: Integrator | AdaptiveMethod;
  /** Accepted steps after which the integration stops; 100 000 unless given. */
  readonly maxSteps?: number | undefined;
  /** Zero crossings to find, and perhaps to stop at. */
  readonly events?: readonly EventCondition[] | undefined;
  /** Diagonals of the Jacobian below and above the main one, for stiff methods; a full matrix unless given. */
  readonly bandwidth?: Bandwidth | undefined;
  /**
   * Places of the Jacobian that may be nonzero, for stiff methods: then factors are sparse, and differences take columns
   * without a common row together. The field's own, or none, unless given. Not together with `bandwidth`.
   */
  readonly sparsity?: Sparsity | undefined;
  /** Makes every recording time the end of a step; else the values at `times` come from the dense output. */
  readonly land?: boolean | undefined;
  /** An AbortSignal, asked before every step. */
  readonly signal?: { readonly aborted: boolean } | undefined;
}

/** A checked problem. */
export interface Checked {
  readonly method: AdaptiveMethod;
  readonly setup: Setup;
  readonly times: Float64Array;
  readonly maxSteps: number;
  readonly events: readonly EventCondition[];
  readonly land: boolean;
  readonly signal: AdaptiveProblem["signal"];
}

const where = "integrate";

function positive(name: string, value: number | undefined, otherwise: number): number {
  if (value !== undefined && !(value > 0)) throw new ArgumentError(where, `${name} must be positive, got ${value}`);
  return value ?? otherwise;
}

function absoluteTolerances(atol: number | ArrayLike<number>, P: number): Float64Array {
  const each = typeof atol === "number" ? new Float64Array(P).fill(atol) : Float64Array.from(atol);
  if (each.length !== P) throw new ArgumentError(where, `atol must have length ${P} ([P]), got ${each.length}`);
  const wrong = each.findIndex((v) => !(v > 0));
  if (wrong >= 0)
    throw new ArgumentError(where, `atol must be positive, got ${each[wrong]} for component ${wrong}`, {
      hint: "Take the size below which a component does not matter",
    });
  return each;
}

function checkBandwidth(bandwidth: Bandwidth | undefined, P: number): Bandwidth {
  const most = Math.max(0, P - 1);
  const { lower, upper } = bandwidth ?? { lower: most, upper: most };
  for (const width of [lower, upper])
    if (!Number.isInteger(width) || width < 0)
      throw new ArgumentError(where, `bandwidth needs two numbers of diagonals from 0 on, got ${lower} and ${upper}`);
  return { lower: Math.min(lower, most), upper: Math.min(upper, most) };
}

function checkSparsity(field: Field, problem: AdaptiveProblem, P: number): Sparsity | undefined {
  if (problem.bandwidth !== undefined && problem.sparsity !== undefined)
    throw new ArgumentError(where, "give bandwidth or sparsity, not both");
  const sparsity = problem.sparsity ?? (problem.bandwidth === undefined ? field.sparsity : undefined);
  const inside = (i: number): boolean => Number.isInteger(i) && i >= 0 && i < P;
  const wrong = sparsity?.find(([row, column]) => !inside(row) || !inside(column));
  if (wrong !== undefined)
    throw new ArgumentError(where, `sparsity has the place [${wrong.join(", ")}], but the Jacobian is ${P} by ${P}`);
  return sparsity;
}

/** Checks everything that can be checked before the first evaluation. Throws ArgumentError. */
export function checkAdaptive(field: Field, problem: AdaptiveProblem): Checked {
  const { integrator, rtol = 1e-6, events = [], land = false, signal } = problem;
  const { y0, times } = checkStart(where, problem, field.size ?? problem.y0.length);
  if (!(rtol >= 1e-14 && rtol < 1))
    throw new ArgumentError(where, `rtol must be between 1e-14 (rounding) and 1, got ${rtol}`);
  const maxSteps = positive("maxSteps", problem.maxSteps, 100_000);
  const method = "start" in integrator ? integrator : explicitMethod(integrator);
  const counts: Counts = { evaluations: 0, jacobians: 0, factorizations: 0, accepted: 0, rejected: 0 };
  const setup: Setup = {
    field,
    t: times[0],
    y: y0,
    end: times[times.length - 1],
    rtol,
    atol: absoluteTolerances(problem.atol ?? rtol * 1e-3, y0.length),
    firstStep: problem.firstStep === undefined ? undefined : positive("firstStep", problem.firstStep, 0),
    maxStep: positive("maxStep", problem.maxStep, Infinity),
    bandwidth: checkBandwidth(problem.bandwidth, y0.length),
    sparsity: checkSparsity(field, problem, y0.length),
    counts,
  };
  return { method, setup, times, maxSteps, events, land, signal };
}
