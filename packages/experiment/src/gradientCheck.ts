import { gradient, objective, type TaylorRow, taylorTest, trajectoryOf } from "@dbd/learn";
import type { Network } from "@dbd/cme";
import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { drawNormal } from "@dbd/numerics/random/normal";
import { stream } from "@dbd/numerics/random/stream";
import type { RunControl } from "@dbd/numerics/run";
import type { Experiment } from "./document.ts";
import type { GridProblem } from "./problem.ts";
import { allData } from "./run.ts";
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
const TRIES = 40;
const REFINEMENTS = [1, 4, 16];

const norm = (v: Float64Array): number => Math.hypot(...v);

/**
 * The Taylor test of ∂S/∂u of an experiment, at a seeded random u with the norm of the learned coefficients, h = 2⁻ᵏ.
 * @throws as `runExperiment`; NumericalError when no such u has trajectories.
 */
export async function checkGradient(
  experiment: Experiment,
  network: Network,
  options: RunControl & { readonly workers?: number | undefined } = {},
): Promise<GradientCheck | undefined> {
  const setup = setUp(experiment, network);
  const data = await allData(setup, options);
  if (data.length < setup.starts.length) return undefined;
  const coarse = problemOf(setup, data);
  const learned = await train(setup, coarse, data, options);
  if (learned.stopped === "aborted") return undefined;
  const size = norm(learned.u);
  const point = randomPoint(coarse, learned.u, experiment.input.seed);
  const { problem } = point;
  const direction = scaled(normals(learned.u.length, experiment.input.seed, 1_000_003), size);
  const g = new Float64Array(learned.u.length);
  const S = gradient(problem, point.u, g);
  const steps = admissibleSteps(problem, point.u, direction);
  const rows = taylorTest((u) => objective(problem, u), g, { u: point.u, direction, steps });
  const path = cellPath(problem, point.u);
  const kinks = experiment.input.dynamics.function === "hat";
  const crossings = steps.map((h) => kinks && cellPath(problem, moved(point.u, h, direction)) !== path);
  const judgedRows = judge(rows, crossings, Math.abs(S));
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

const normals = (length: number, seed: string | number, index: number): Float64Array => {
  const random = stream(seed, index);
  return Float64Array.from({ length }, () => drawNormal(random));
};

const scaled = (v: Float64Array, size: number): Float64Array => {
  const factor = size / norm(v);
  return v.map((x) => x * factor);
};

const moved = (u: Float64Array, h: number, d: Float64Array): Float64Array => u.map((v, q) => v + h * d[q]);

/** Whether every trajectory stays near the grid of F: beyond it the search for ν may be endless work for nothing. */
function staysNear(problem: GridProblem, u: Float64Array): boolean {
  const P = problem.dynamics.shape[0];
  const { axes } = problem.dynamics.functions[0];
  return problem.starts.every((start) => {
    const { values } = trajectoryOf(problem, u, start);
    return problem.dynamics.inputs[0].every((k, i) => {
      const margin = (axes[i].end - axes[i].start) / 4;
      for (let t = k; t < values.length; t += P)
        if (values[t] < axes[i].start - margin || values[t] > axes[i].end + margin) return false;
      return true;
    });
  });
}

/** Whether half the step gives the same trajectories: otherwise they are the integrator's, and chaotic in u. */
function isResolved(problem: GridProblem, u: Float64Array): boolean {
  const finer = { ...problem, substeps: 2 * (problem.substeps ?? 1) };
  return problem.starts.every((start) => {
    const { values } = trajectoryOf(problem, u, start);
    const fine = trajectoryOf(finer, u, start).values;
    return values.every((v, i) => Math.abs(v - fine[i]) <= 1e-2);
  });
}

function hasTrajectories(problem: GridProblem, u: Float64Array): boolean {
  try {
    if (!staysNear(problem, u)) return false;
    return isResolved(problem, u) && Number.isFinite(objective(problem, u));
  } catch (error) {
    if (error instanceof ArgumentError || error instanceof NumericalError) return false;
    throw error;
  }
}

interface TestPoint {
  readonly problem: GridProblem;
  readonly u: Float64Array;
  readonly draws: number;
  readonly share: number;
}

/**
 * A random u of the learned norm from which every start has a trajectory that the integrator resolves. Random fields are
 * steeper than learned ones, so the steps are made smaller first; when still none serves (most drive ν out of the
 * normalisable region), the learned u is mixed in, more and more.
 */
function randomPoint(problem: GridProblem, learned: Float64Array, seed: string | number): TestPoint {
  const size = norm(learned);
  const noise = Array.from({ length: TRIES }, (_, i) => scaled(normals(learned.length, seed, i), 1));
  const refined = REFINEMENTS.map((factor) => ({ ...problem, substeps: factor * (problem.substeps ?? 1) }));
  let draws = 0;
  for (let share = 1; share > 1e-3; share /= 2)
    for (const candidate of refined)
      for (const direction of noise) {
        draws++;
        const u = scaled(
          direction.map((v, q) => share * v + ((1 - share) * learned[q]) / size),
          size,
        );
        if (hasTrajectories(candidate, u)) return { problem: candidate, u, draws, share };
      }
  throw new NumericalError(
    "gradient",
    "no random coefficients near the learned ones have trajectories from every start",
  );
}

/** h = 2⁻ᵏ, below the smallest that has no trajectories. */
function admissibleSteps(problem: GridProblem, u: Float64Array, direction: Float64Array): number[] {
  const steps = Array.from({ length: HALVINGS }, (_, k) => 2 ** -k);
  return steps.slice(1 + steps.findLastIndex((h) => !hasTrajectories(problem, moved(u, h, direction))));
}

/** The cells that the stages of all starts visit, in order. */
function cellPath(problem: GridProblem, u: Float64Array): string {
  const { dynamics } = problem;
  const cells: number[] = [];
  const x = dynamics.inputs.map((list) => new Float64Array(list.length));
  const watched: GridProblem = {
    ...problem,
    dynamics: {
      ...dynamics,
      evaluate(y, coefficients, out) {
        dynamics.functions.forEach((f, k) => {
          dynamics.inputs[k].forEach((component, i) => {
            x[k][i] = y[component];
          });
          cells.push(f.cellIndex(x[k]));
        });
        dynamics.evaluate(y, coefficients, out);
      },
    },
  };
  objective(watched, u);
  return cells.join();
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
