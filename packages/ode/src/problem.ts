import { ArgumentError } from "@dbd/numerics/errors";
import type { Dynamics } from "./dynamics.ts";
import { explicitKernel } from "./explicitKernel.ts";
import type { RosenbrockMethod } from "./rosenbrock.ts";
import { rosenbrockKernel } from "./rosenbrockKernel.ts";
import type { StepKernel } from "./stepKernel.ts";
import { tableauProblems, type Integrator } from "./tableau.ts";

/** How to integrate. */
export interface SolveOptions {
  /** An explicit tableau, or a Rosenbrock method such as `rodas4`. */
  readonly integrator: Integrator | RosenbrockMethod;
  /** Equal steps between two neighbouring times; 1 unless given. */
  readonly substeps?: number | undefined;
}

/** What to integrate: y(times[0]) = y0, recorded at `times`. */
export interface InitialValueProblem extends SolveOptions {
  /** Initial state, shape [P]. */
  readonly y0: ArrayLike<number>;
  /** Recording times, shape [T], strictly increasing, or strictly decreasing to integrate backwards. */
  readonly times: ArrayLike<number>;
}

/** States at the recording times. */
export interface Trajectory {
  /** Shape [T]. */
  readonly times: Float64Array;
  /** Shape [T, P]. */
  readonly values: Float64Array;
  /** P. */
  readonly size: number;
}

/** A checked problem, unpacked for the kernels. */
export interface Scheme {
  /** The public function that the caller called: errors begin with it. */
  readonly where: string;
  readonly P: number;
  readonly Q: number;
  readonly y0: Float64Array;
  readonly times: Float64Array;
  readonly substeps: number;
  readonly kernel: StepKernel;
}

function checkTimes(where: string, times: Float64Array): void {
  if (times.length === 0) throw new ArgumentError(where, "times is empty, and times[0] is where y0 holds");
  const sign = times.length > 1 ? Math.sign(times[1] - times[0]) : 1;
  for (let i = 0; i < times.length; i++) {
    if (!Number.isFinite(times[i])) throw new ArgumentError(where, `times[${i}] is ${times[i]}, which is not finite`);
    if (i > 0 && !(sign * (times[i] - times[i - 1]) > 0))
      throw new ArgumentError(
        where,
        `times must increase strictly (or decrease strictly), got ${times[i - 1]} then ${times[i]} at index ${i}`,
      );
  }
}

/** Checks and copies where and when to start: y0 must have shape [P] and be finite, times be monotonic. */
export function checkStart(
  where: string,
  problem: Pick<InitialValueProblem, "y0" | "times">,
  P: number,
): { y0: Float64Array; times: Float64Array } {
  const y0 = Float64Array.from(problem.y0);
  const times = Float64Array.from(problem.times);
  if (y0.length !== P) throw new ArgumentError(where, `y0 must have length ${P} ([P]), got ${y0.length}`);
  const wrong = y0.findIndex((v) => !Number.isFinite(v));
  if (wrong >= 0) throw new ArgumentError(where, `y0[${wrong}] is ${y0[wrong]}, which is not finite`);
  checkTimes(where, times);
  return { y0, times };
}

/** Checks lengths, times, substeps and the tableau; copies what the kernels need. Throws ArgumentError. */
export function scheme(where: string, dynamics: Dynamics, u: Float64Array, problem: InitialValueProblem): Scheme {
  const [P, Q] = dynamics.shape;
  const { integrator, substeps = 1 } = problem;
  if (u.length !== Q) throw new ArgumentError(where, `u must have length ${Q} ([Q]), got ${u.length}`);
  const { y0, times } = checkStart(where, problem, P);
  if (!Number.isInteger(substeps) || substeps < 1)
    throw new ArgumentError(where, `substeps must be a positive integer, got ${substeps}`);
  const common = { where, P, Q, y0, times, substeps };
  if ("tableau" in integrator) return { ...common, kernel: rosenbrockKernel(where, dynamics, u, integrator.tableau) };
  if (!Array.isArray(integrator.a))
    throw new ArgumentError(where, `${integrator.name} does not take fixed steps`, {
      hint: "Take an explicit tableau or rodas4 here; methods of variable order and implicit-explicit ones go with integrate",
    });
  const problems = tableauProblems(integrator); // a tableau may be a plain object, never seen by explicitRungeKutta
  if (problems.length > 0)
    throw new ArgumentError(where, `the tableau of ${integrator.name} is wrong: ${problems.join("; ")}`);
  return { ...common, kernel: explicitKernel(dynamics, u, integrator) };
}
