import { pace, type RunControl, type Stopped } from "@dbd/numerics/run";
import { adjoint, variational } from "@dbd/ode";
import { addFisher, symmetrise } from "./fisher.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import type { LearnResult } from "./learnResult.ts";
import { exactPhase, phaseDifference, type AsleepPhase } from "./phases.ts";
import { persistentPhase, type PersistentAsleep } from "./persistent.ts";
import { checkProblem, dynamicsOf, trajectoryOf, type Problem, type Start } from "./problem.ts";
import { sampledPhase, type SampledAsleep } from "./sampling.ts";

/** How to learn. */
export interface LearnOptions extends RunControl {
  readonly optimizer: Optimizer;
  readonly iterations: number;
  /** Coefficients to start from, shape [Q]; F = 0 unless given. */
  readonly u0?: Float64Array;
  /** "exact" unless given. */
  readonly asleep?: "exact" | SampledAsleep | PersistentAsleep;
  /** Stop when max|∂S/∂u| is at most this; 0 unless given. */
  readonly tolerance?: number;
}

/**
 * Algorithm 1 of the slides: learns F in dν/dt = F(ν; u) by descending S = Σ∫KL dt with awake minus asleep moments.
 * Ernst, Bartol, Sejnowski & Mjolsness (2018), J. Chem. Phys. 149, 034107, arXiv:1803.01063; the gradient is the
 * discrete adjoint.
 * @throws ArgumentError on wrong shapes; NumericalError when a trajectory is not finite.
 */
export async function learn(problem: Problem, options: LearnOptions): Promise<LearnResult> {
  const { dynamics, family, starts, penalty } = problem;
  const { optimizer, iterations, asleep = "exact", tolerance = 0 } = options;
  const Q = dynamics.shape[1];
  const u = options.u0?.slice() ?? new Float64Array(Q);
  checkProblem("learn", problem, u);
  const exact = exactPhase(family);
  const phaseOf =
    asleep === "exact"
      ? (): typeof exact => exact
      : "chains" in asleep
        ? persistentPhase(family, asleep)
        : sampledPhase(family, asleep);
  const state = optimizer.state(Q);
  const gradient = new Float64Array(Q);
  const metric = optimizer.curvature === "fisher" ? new Float64Array(Q * Q) : undefined;
  const history: number[] = [];
  const proceed = pace(options);
  let stopped: Stopped = "budget";
  while (history.length < iterations) {
    if (!(await proceed({ done: history.length, total: iterations, label: "learning" }))) {
      stopped = "aborted";
      break;
    }
    const asleepMoments = phaseOf(history.length);
    gradient.fill(0);
    let S = penalty?.evaluate(u, gradient) ?? 0;
    metric?.fill(0);
    for (const start of starts) {
      S +=
        metric === undefined
          ? addGradient(problem, u, start, asleepMoments, gradient)
          : addGradientAndMetric(problem, u, start, asleepMoments, gradient, metric);
    }
    if (metric !== undefined) {
      symmetrise(metric, Q);
      penalty?.addHessian(metric);
    }
    history.push(S);
    if (gradient.every((g) => Math.abs(g) <= tolerance)) {
      stopped = "converged";
      break;
    }
    optimizer.step(u, gradient, state, history.length - 1, metric); // 4. update F
  }
  if (stopped === "budget") options.onProgress?.({ done: iterations, total: iterations, label: "learning" });
  return { u, objective: Float64Array.from(history), iterations: history.length, stopped };
}

/** gradient += ∂S/∂u of one start, by the adjoint; returns its S. */
function addGradient(
  problem: Problem,
  u: Float64Array,
  start: Start,
  asleepMoments: AsleepPhase,
  gradient: Float64Array,
): number {
  const dynamics = dynamicsOf(problem, start);
  const trajectory = trajectoryOf(problem, u, start); // 1. solve dν/dt = F(ν; u)
  const { action, seeds } = phaseDifference(problem, start, trajectory, asleepMoments); // 2. awake − asleep
  const { uBar } = adjoint(dynamics, u, { ...problem, y0: start.y0 }, trajectory, seeds); // 3. ∂S/∂u
  for (let q = 0; q < gradient.length; q++) gradient[q] += uBar[q];
  return action;
}

/** The same by the variational equation, which also gives metric += Σ_t w sᵀ G s (lower triangle). */
function addGradientAndMetric(
  problem: Problem,
  u: Float64Array,
  start: Start,
  asleepMoments: AsleepPhase,
  gradient: Float64Array,
  metric: Float64Array,
): number {
  const Q = problem.dynamics.shape[1];
  const path = variational(dynamicsOf(problem, start), u, { ...problem, y0: start.y0 });
  const { action, seeds } = phaseDifference(problem, start, path, asleepMoments);
  for (let i = 0; i < seeds.length; i++)
    for (let q = 0; q < Q; q++) gradient[q] += seeds[i] * path.sensitivity[i * Q + q];
  addFisher(problem, path, metric);
  return action;
}
