import type { Field } from "./field.ts";
import type { Bandwidth } from "./lu.ts";
import type { Sparsity } from "./sparseLu.ts";

/** What the work amounted to. */
export interface Counts {
  /** Calls of the field, those for finite differences included. */
  evaluations: number;
  /** Jacobians, by the field's own function or by differences. */
  jacobians: number;
  /** LU factorisations. */
  factorizations: number;
  accepted: number;
  rejected: number;
}

/** What a method starts from: checked, copied, and its own to keep. */
export interface Setup {
  readonly field: Field;
  readonly t: number;
  /** Shape [P]. */
  readonly y: Float64Array;
  /** The last time asked for: forwards or backwards of t. */
  readonly end: number;
  readonly rtol: number;
  /** Shape [P], positive. */
  readonly atol: Float64Array;
  /** Signed; chosen automatically when undefined. */
  readonly firstStep: number | undefined;
  /** Positive, may be Infinity. */
  readonly maxStep: number;
  /** Where the Jacobian may be nonzero. */
  readonly bandwidth: Bandwidth;
  /** The same place by place, for sparse factors; instead of a band. */
  readonly sparsity: Sparsity | undefined;
  /** Kept up to date by the method. */
  readonly counts: Counts;
}

/** Why a step could not be made. */
export interface Failure {
  readonly time: number;
  /** The step that would have been needed. */
  readonly h: number;
  /** The component with the largest error, or the one that is not finite. */
  readonly component: number;
  /** The value of the field there when it is not finite. */
  readonly value?: number | undefined;
  /** State where the field was asked, shape [P]. */
  readonly y: Float64Array;
  /** Said instead of the usual reason. */
  readonly problem?: string | undefined;
}

/** A solution on its way. After an accepted step it covers [before, t] with dense output. */
export interface Stepper {
  readonly t: number;
  readonly before: number;
  /** State at t, shape [P]. Read only, valid until the next call of `advance`. */
  readonly y: Float64Array;
  /** Makes one accepted step towards `limit`, never past it. */
  advance(limit: number): Failure | undefined;
  /** Writes y(t), before ≤ t ≤ this.t, into `out`, shape [P]. */
  interpolate(t: number, out: Float64Array): void;
}

/** A method that controls its own step, as `integrate` takes it. An explicit tableau is one through `explicitMethod`. */
export interface AdaptiveMethod {
  readonly name: string;
  /** Order of convergence; the highest one for methods of variable order. */
  readonly order: number;
  /** Whether it stays stable with steps much longer than the fastest decay time of the problem. */
  readonly stiff: boolean;
  start(setup: Setup): Stepper | Failure;
}
