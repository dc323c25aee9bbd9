import type { BoltzmannFamily, Chart, ExactFamily } from "@dbd/boltzmann";
import { ArgumentError } from "@dbd/numerics/errors";
import { solve, type Dynamics, type Integrator, type Trajectory } from "@dbd/ode";
import type { Penalty } from "./penalty.ts";

/** What learning needs to know about the model: its moments, log Z and Fisher matrix. */
export type LearnableFamily<State = unknown> = BoltzmannFamily<Float64Array, State> & ExactFamily;

/** One experiment: where the model starts and what was seen. */
export interface Start {
  readonly label: string;
  /** Initial state in chart coordinates, shape [P]. */
  readonly y0: Float64Array;
  /** Awake moments ⟨φ⟩ of the data, shape [T, P]. */
  readonly awake: Float64Array;
  /** Σ p log(p/q) of the data in nats, shape [T]. With it S is the exact divergence, without it S lacks a constant. */
  readonly negEntropy?: Float64Array | undefined;
  /**
   * F of this start where it differs from the problem's by something known, such as the rates: the same coefficients u,
   * the same shape. See `parametric` with `known`.
   */
  readonly dynamics?: Dynamics | undefined;
}

/**
 * Everything that defines S(u) = Σ_starts Σ_t w_t KL(p‖p̃(ν(t; u))) + penalty(u), with dy/dt = F(y; u) in the
 * coordinates of the chart (docs/theory.md, eq. (3) and (4)). P is the number of interactions, T of times, Q of
 * coefficients of F.
 */
export interface Problem {
  readonly family: LearnableFamily;
  readonly chart: Chart;
  readonly dynamics: Dynamics;
  /** Shape [T]; `times[0]` is where the starts' y0 hold. */
  readonly times: Float64Array;
  /** Quadrature weights of the action, shape [T], in units of time (or of log time, or of 1). */
  readonly weights: Float64Array;
  readonly starts: readonly Start[];
  readonly integrator: Integrator;
  /** Equal steps between two neighbouring times; 1 unless given. */
  readonly substeps?: number | undefined;
  readonly penalty?: Penalty | undefined;
}

/** F of one start. */
export const dynamicsOf = ({ dynamics }: Pick<Problem, "dynamics">, start: Pick<Start, "dynamics">): Dynamics =>
  start.dynamics ?? dynamics;

/** The trajectory y(t; u) of one start, shape [T, P] in chart coordinates. */
export function trajectoryOf(problem: Problem, u: Float64Array, start: Pick<Start, "y0" | "dynamics">): Trajectory {
  return solve(dynamicsOf(problem, start), u, { ...problem, y0: start.y0 });
}

/**
 * Checks every shape of a problem once.
 * @throws ArgumentError naming the public function that was called.
 */
export function checkProblem(where: string, problem: Problem, u: Float64Array): void {
  const { family, dynamics, times, weights, starts, penalty } = problem;
  const [P, Q] = dynamics.shape;
  const T = times.length;
  const need = (name: string, got: number, wanted: number, shape: string): void => {
    if (got !== wanted) throw new ArgumentError(where, `${name} must have length ${wanted} (${shape}), got ${got}`);
  };
  need("dynamics (its P)", P, family.labels.length, "the family's interactions");
  need("u", u.length, Q, "[Q]");
  checkNumbers(where, "u", u);
  need("weights", weights.length, T, "[T]");
  checkTimes(where, times);
  if (!weights.every((w) => w >= 0)) throw new ArgumentError(where, "weights must not be negative");
  if (starts.length === 0) throw new ArgumentError(where, "there are no starts");
  for (const { label, y0, awake, negEntropy, dynamics: own } of starts) {
    need(`y0 of start ${label}`, y0.length, P, "[P]");
    checkNumbers(where, `y0 of start ${label}`, y0);
    need(`awake of start ${label}`, awake.length, T * P, "[T, P]");
    checkNumbers(where, `awake of start ${label}`, awake, P);
    if (negEntropy !== undefined) {
      need(`negEntropy of start ${label}`, negEntropy.length, T, "[T]");
      checkNumbers(where, `negEntropy of start ${label}`, negEntropy);
    }
    if (own !== undefined) {
      need(`dynamics of start ${label} (its P)`, own.shape[0], P, "as the problem's");
      need(`dynamics of start ${label} (its Q)`, own.shape[1], Q, "as the problem's");
    }
  }
  if (penalty !== undefined) need("penalty (its Q)", penalty.size, Q, "[Q]");
}

/** Refuses NaN and infinities, and says where they are. */
function checkNumbers(where: string, name: string, values: Float64Array, P?: number): void {
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad < 0) return;
  const place = P === undefined ? `entry ${bad}` : `time ${Math.floor(bad / P)}, interaction ${(bad % P) + 1}`;
  throw new ArgumentError(where, `${name} holds ${values[bad]} at ${place}; expected a finite number`, {
    hint: "Leave the time out, or give it the weight 0 and any finite number",
  });
}

/** Refuses times that do not increase. */
function checkTimes(where: string, times: Float64Array): void {
  checkNumbers(where, "times", times);
  for (let t = 1; t < times.length; t++)
    if (!(times[t] > times[t - 1]))
      throw new ArgumentError(
        where,
        `times must increase, but times[${t}] = ${times[t]} follows times[${t - 1}] = ${times[t - 1]}`,
        { hint: "Sort the times, and merge records of one time" },
      );
}

/** Weights [T] of the trapezoidal rule for ∫ f dt (or ∫ f d log t) over the times [T]. */
export function trapezoid(times: ArrayLike<number>, measure: "time" | "logTime" = "time"): Float64Array {
  const x = Float64Array.from(times, (t) => (measure === "time" ? t : Math.log(t)));
  if (!x.every(Number.isFinite)) throw new ArgumentError("trapezoid", "log time needs positive times");
  return x.map((v, i) => (Math.min(i + 1, x.length - 1) === i ? v : x[i + 1]) / 2 - (i === 0 ? v : x[i - 1]) / 2);
}
