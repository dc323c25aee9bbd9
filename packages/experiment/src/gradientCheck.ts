import { gradient, objective, type TaylorRow, taylorTest } from "@dbd/learn";
import type { Network } from "@dbd/cme";
import type { RunControl } from "@dbd/numerics/run";
import type { Experiment } from "./document.ts";
import type { LearningProblem } from "./problem.ts";
import { cellPath, crossings, hasTrajectories, moved, norm, randomPoint } from "./randomPoint.ts";
import { prepare } from "./run.ts";
import { setUp } from "./setup.ts";
import { problemOf } from "./problem.ts";
import { train } from "./train.ts";

/** One halving of a Taylor test, and whether its slope counts. */
export interface GradientRow extends TaylorRow {
  /** A stage of some start crosses a node of F on the way: F has a kink there, the slope says nothing. */
  readonly crosses: boolean;
  /** The slope is one of those that must be 2.00 ± 0.05. */
  readonly judged: boolean;
}

/** The verdict on the gradient of an experiment. */
export interface GradientCheck {
  readonly rows: readonly GradientRow[];
  /** S(u). */
  readonly objective: number;
  /** Euclidean norm of u, that of the learned coefficients. */
  readonly norm: number;
  /** Steps of the integrator between two times: more than in the document when a random F needs them. */
  readonly substeps: number;
  /** Draws of u that were tried until all starts had a trajectory. */
  readonly draws: number;
  /** Share of the random part in u: 1 unless no purely random u had trajectories. */
  readonly randomShare: number;
  readonly passed: boolean;
  /** One sentence. */
  readonly verdict: string;
}

const HALVINGS = 30;
const LARGEST_JUDGED = 1e-3;
const NEEDED = 5;

/**
 * The Taylor test of ∂S/∂u of an experiment, at a seeded random u with the norm of the learned coefficients, h = 2⁻ᵏ.
 * @throws as `runExperiment`; NumericalError when no such u has trajectories.
 */
export async function checkGradient(
  experiment: Experiment,
  network: Network,
  options: RunControl & { readonly workers?: number | undefined } = {},
): Promise<GradientCheck | undefined> {
  const { setup, data, mixtures, complete } = await prepare(setUp(experiment, network), options);
  if (!complete) return undefined;
  const coarse = problemOf(setup, [...data, ...mixtures]);
  const learned = await train(setup, coarse, [...data, ...mixtures], options);
  if (learned.stopped === "aborted") return undefined;
  const size = norm(learned.u);
  const point = randomPoint(coarse, learned.u, experiment.input.seed);
  const { problem, direction } = point;
  const g = new Float64Array(learned.u.length);
  const S = gradient(problem, point.u, g);
  const steps = admissibleSteps(problem, point.u, direction);
  const rows = taylorTest((u) => objective(problem, u), g, { u: point.u, direction, steps });
  const path = cellPath(problem, point.u);
  const kinks = experiment.input.dynamics.function === "hat";
  const crossed = steps.map((h) => kinks && crossings(cellPath(problem, moved(point.u, h, direction)), path) > 0);
  const judgedRows = judge(rows, crossed, Math.abs(S));
  return {
    ...verdictOf(judgedRows),
    rows: judgedRows,
    objective: S,
    substeps: problem.substeps ?? 1,
    norm: size,
    draws: point.draws,
    randomShare: point.share,
  };
}

/** h = 2⁻ᵏ, below the smallest that has no trajectories. */
function admissibleSteps(problem: LearningProblem, u: Float64Array, direction: Float64Array): number[] {
  const steps = Array.from({ length: HALVINGS }, (_, k) => 2 ** -k);
  return steps.slice(1 + steps.findLastIndex((h) => !hasTrajectories(problem, moved(u, h, direction))));
}

function judge(rows: readonly TaylorRow[], crossings: readonly boolean[], S: number): GradientRow[] {
  let rounding = false;
  return rows.map((row, i) => {
    rounding ||= row.remainder1 < 1e-12 * S;
    const crosses = crossings[i];
    const judged = i > 0 && row.h <= LARGEST_JUDGED && !rounding && !crosses && !crossings[i - 1];
    return { ...row, crosses, judged };
  });
}

function verdictOf(rows: readonly GradientRow[]): { passed: boolean; verdict: string } {
  const judged = rows.filter((row) => row.judged);
  const wrong = judged.filter(({ slope }) => !(Math.abs(slope - 2) <= 0.05));
  const crossing = rows.filter(({ crosses, h }) => crosses && h <= LARGEST_JUDGED).length;
  const skipped = crossing > 0 ? `; ${crossing} halvings cross a node of F and are not judged` : "";
  if (wrong.length > 0)
    return { passed: false, verdict: `${wrong.length} of ${judged.length} slopes are not 2.00 ± 0.05${skipped}` };
  if (judged.length >= NEEDED)
    return { passed: true, verdict: `all ${judged.length} slopes are 2.00 ± 0.05${skipped}` };
  const hint = crossing > 0 ? "; try --set dynamics.function=hermite, which has no kinks" : "";
  return {
    passed: false,
    verdict: `only ${judged.length} slopes could be judged, ${NEEDED} are needed${skipped}${hint}`,
  };
}
