import { type Network, summary } from "@dbd/cme";
import { NumericalError } from "@dbd/numerics/errors";
import { pace, type RunControl, type Stopped } from "@dbd/numerics/run";
import { analyticField } from "./analytic.ts";
import { type AwakeData, awakeData } from "./awake.ts";
import { withDataChart } from "./dataChart.ts";
import type { Experiment } from "./document.ts";
import { fieldArrays, responseArrays } from "./field.ts";
import { accuracyOf, type Model, type Prediction, predict } from "./predict.ts";
import { type LearningProblem, problemOf, visitedRange } from "./problem.ts";
import type { ArrayName, Result, ResultArray } from "./result.ts";
import { dataArrays, predictionArrays, snapshotArrays, stacked } from "./resultArrays.ts";
import { mixtureData } from "./mixtures.ts";
import { type Setup, setUp } from "./setup.ts";
import type { StartRequest } from "./starts.ts";
import { awakeTables, parseTables, printTables, sampleRuns, type Tables } from "./tables.ts";
import { train } from "./train.ts";

const SHOWN_RUNS = 30;

/** How to run an experiment. */
export interface RunOptions extends RunControl {
  /** Threads for simulated data; never changes a result. */
  readonly workers?: number | undefined;
  /** Where finished stages are kept and found again, by name. */
  readonly stages?: Stages | undefined;
}

/** Finished stages of a run of the same document, as text: an interrupted run continues to the same bits. */
export interface Stages {
  load(name: string): string | undefined;
  save(name: string, text: string): void;
}

/** A finished or interrupted run. */
export interface Run {
  /** Missing when the run was aborted before F was learned. */
  readonly result?: Result | undefined;
  readonly stopped: Stopped;
  /** Reaction events of simulated data. */
  readonly events: number;
}

/**
 * The main job: data, family, starts, Algorithm 1, held-out evaluation.
 * Same document and seed give the same bits for any number of workers.
 * @param network - The document's model, already read.
 * @throws SourceError where document and model do not fit; NumericalError where the computation breaks down.
 */
export async function runExperiment(experiment: Experiment, network: Network, options: RunOptions = {}): Promise<Run> {
  const prepared = await prepare(setUp(experiment, network), options);
  const events = prepared.data.reduce((sum, d) => sum + d.events, 0);
  if (!prepared.complete) return { stopped: "aborted", events };
  const { setup, data, mixtures } = prepared;
  const problem = problemOf(setup, [...data, ...mixtures]);
  const learned = await train(setup, problem, [...data, ...mixtures], options);
  if (learned.stopped === "aborted") return { stopped: "aborted", events };
  const runs = await sampleRuns(setup, data[0].request, SHOWN_RUNS);
  const result = assemble(setup, { problem, data, runs, ...learned });
  return { result, stopped: learned.stopped, events };
}

/** A setup with its data, in the chart that F acts on. */
export interface Prepared {
  readonly setup: Setup;
  /** Of every start in their order; fewer when aborted. */
  readonly data: readonly AwakeData[];
  /** More training data, which no report shows. */
  readonly mixtures: readonly AwakeData[];
  readonly complete: boolean;
}

/** The awake data of every start. */
export async function prepare(setup: Setup, options: RunOptions): Promise<Prepared> {
  const data = await allData(setup, options);
  if (data.length < setup.starts.length) return { setup, data, mixtures: [], complete: false };
  const charted = withDataChart(setup, data);
  return { ...charted, mixtures: mixtureData(charted.setup, charted.data), complete: true };
}

/** The awake data of every start, in their order and in coordinates known before the data; fewer when aborted. */
export async function allData(setup: Setup, options: RunOptions): Promise<AwakeData[]> {
  const proceed = pace(options);
  const data: AwakeData[] = [];
  for (const [i, request] of setup.starts.entries()) {
    if (!(await proceed({ done: i, total: setup.starts.length, label: "awake data" }))) break;
    const found = await keptTables(setup, request, i, options);
    if (found === undefined) break;
    data.push(awakeData(setup, request, found));
  }
  options.onProgress?.({ done: data.length, total: setup.starts.length, label: "awake data" });
  return data;
}

/** Simulated tables are kept as a stage; exact ones are solved again faster than they are read. */
async function keptTables(
  setup: Setup,
  request: StartRequest,
  i: number,
  options: RunOptions,
): Promise<Tables | undefined> {
  const name = `awake-${i}.json`;
  const saved = options.stages?.load(name);
  if (saved !== undefined) return parseTables(saved);
  const tables = await awakeTables(setup, request, options);
  if (tables !== undefined && !tables.exact) options.stages?.save(name, printTables(tables));
  return tables;
}

/** Everything the result is made from. */
interface Learned {
  readonly problem: LearningProblem;
  readonly data: readonly AwakeData[];
  /** Single runs of the first start, shape [K, T]. */
  readonly runs: Float64Array;
  readonly u: Float64Array;
  readonly objective: Float64Array;
  readonly iterations: number;
  readonly stopped: Stopped;
}

/** φ₁ … φ_K as a reader writes them. */
const statisticNames = (order: number): string[] =>
  Array.from({ length: order }, (_, k) => (k === 0 ? "n" : `C(n,${k + 1})`));

function assemble(setup: Setup, learned: Learned): Result {
  const { problem, data, u } = learned;
  const { input } = setup.experiment;
  const model: Model = { ...problem, u, coordinates: "chart", substeps: problem.substeps ?? 1 };
  const predictions = data.map((d) => predict(setup, model, d));
  const failed = predictions.findIndex((p, i) => p.failure !== undefined && data[i].request.role === "training");
  if (failed >= 0)
    throw new NumericalError(
      "learn",
      `the learned model has no trajectory from ${data[failed].request.label}: ${predictions[failed].failure ?? ""}`,
    );
  const analytic = analyticField(setup);
  const reference =
    analytic === undefined
      ? undefined
      : data.map((d) => predict(setup, { ...model, ...analytic, coordinates: "nu", substeps: 8 * model.substeps }, d));
  const range = visitedRange(setup, data);
  const arrays: Partial<Record<ArrayName, ResultArray>> = {
    ...dataArrays(setup, data),
    ...predictionArrays(setup, predictions, reference),
    ...snapshotArrays(setup, data, predictions),
    objective: { shape: [learned.objective.length], data: learned.objective },
    coefficients: { shape: [u.length], data: u },
    ...fieldArrays(setup, {
      problem,
      u,
      analytic,
      range,
      paths: stacked(setup, predictions, "y"),
    }),
    trajectories: {
      shape: [learned.runs.length / setup.grid.times.length, setup.grid.times.length],
      data: learned.runs,
    },
    ...responseArrays(problem, u),
  };
  return {
    title: titleOf(setup),
    species: setup.species,
    network: summary(setup.network),
    family: { base: setup.family.base.name, order: setup.family.order, labels: statisticNames(setup.family.order) },
    chart: { name: input.chart, labels: setup.chartLabels },
    dynamics: { kind: problem.description, labels: setup.chartLabels.map((label) => `d(${label})/dt`) },
    starts: data.map(({ request: { label, role } }) => ({ label, role })),
    awake: data.every((d) => d.exact) ? "exact" : "simulated",
    stopped: learned.stopped,
    iterations: learned.iterations,
    accuracy: [
      ...data.map((d, i) => accuracyOf("learned", d, predictions[i])),
      ...(reference === undefined ? [] : data.map((d, i) => accuracyOf("analytic", d, reference[i]))),
    ],
    notes: [...fieldNote(arrays, problem), ...notesOf(setup, learned, predictions)],
    arrays,
  };
}

/** How far the learned curve is from the analytic one, where F has one input and data. */
function fieldNote(arrays: Result["arrays"], { region }: LearningProblem): string[] {
  const { fieldAxis0, fieldAxis1, fieldLearned, fieldAnalytic, visited } = arrays;
  if (fieldAxis1 !== undefined || !fieldAxis0 || !fieldLearned || !fieldAnalytic || !visited) return [];
  const low = Math.max(region[0], visited.data[0]);
  const high = Math.min(region[1], visited.data[1]);
  let most = 0;
  fieldAxis0.data.forEach((y, i) => {
    if (y >= low && y <= high) most = Math.max(most, Math.abs(fieldLearned.data[i] - fieldAnalytic.data[i]));
  });
  return [
    `Between ${low} and ${high}, where F has data, it differs from the analytic F by at most ${most.toPrecision(2)}.`,
  ];
}

const titleOf = ({ species, family }: Setup): string =>
  `${species}, ${family.order} interaction${family.order > 1 ? "s" : ""}, ${family.base.name} base`;

function notesOf(
  { experiment, chartLabels }: Setup,
  { problem, data }: Learned,
  predictions: readonly Prediction[],
): readonly string[] {
  const notes = data.flatMap((d) => d.notes);
  if (!data.every((d) => d.exact))
    notes.push("The data are simulated: KL is counted from the best member of the family, and there is no floor.");
  const leavers = predictions.flatMap((p, i) => (leaves(problem, p.y) ? [data[i].request.label] : []));
  if (leavers.length > 0)
    notes.push(
      `${leavers.length} of ${data.length} trajectories leave the grid of F (${leavers.slice(0, 3).join(", ")}${leavers.length > 3 ? ", …" : ""}); beyond it F is continued by its boundary's tangent.`,
    );
  predictions.forEach((p, i) => {
    if (p.failure !== undefined) notes.push(`No prediction from ${data[i].request.label}: ${p.failure}`);
  });
  const t1 = problem.times[0];
  if (t1 > 0)
    notes.push(
      `The model starts at t = ${t1} from the projection of the data there; F acts on ${chartLabels.join(" and ")}.`,
    );
  if (experiment.input.optimizer.draws !== undefined)
    notes.push(`Asleep moments from ${experiment.input.optimizer.draws} stratified draws.`);
  return notes;
}

/** Whether a path leaves the grid of F. */
function leaves({ grid, region }: LearningProblem, y: Float64Array): boolean {
  if (grid === undefined) return false;
  const P = grid.shape[0];
  const reads = grid.inputs[0];
  for (let t = 0; t < y.length; t += P)
    for (const k of reads) if (y[t + k] < region[2 * k] - 1e-12 || y[t + k] > region[2 * k + 1] + 1e-12) return true;
  return false;
}
