import { ArgumentError, SourceError } from "@dbd/numerics/errors";
import type { Axis, ParametricFunction } from "@dbd/numerics/functions/function";
import { hat } from "@dbd/numerics/functions/hat";
import { hermite } from "@dbd/numerics/functions/hermite";
import { network } from "@dbd/numerics/functions/network";
import { polynomial } from "@dbd/numerics/functions/polynomial";
import type { GridFunction } from "@dbd/numerics/functions/tensor";
import { stream } from "@dbd/numerics/random/stream";
import { type Dynamics, heun, rk4 } from "@dbd/ode";
import {
  closureRows,
  inChart,
  inLogMoments,
  networkDynamics,
  normPenalty,
  parametric,
  type ParametricDynamics,
  type Penalty,
  type Problem,
  roughnessPenalty,
  rowDegrees,
  type Start,
  sum,
  trapezoid,
} from "@dbd/learn";
import { type AnalyticField, analyticField, exactTangents } from "./analytic.ts";
import type { AwakeData } from "./awake.ts";
import type { Setup } from "./setup.ts";

/** The learning problem of an experiment: its training starts and F. */
export interface LearningProblem extends Problem {
  /** Where F is learned, [start, end] of every coordinate, shape [P, 2]. */
  readonly region: Float64Array;
  /** The functions, where they live on a grid. */
  readonly grid?: ParametricDynamics<GridFunction> | undefined;
  /** Coefficients to start from, shape [Q]: zero, or random where zero is a saddle. */
  readonly u0: Float64Array;
  /** Exact dy/dt of the training data, each [T, P], where the reactions give them. */
  readonly tangents?: readonly Float64Array[] | undefined;
  /** What F is, in a few words. */
  readonly description: string;
}

/** Smallest and largest value of every chart coordinate over the training data, shape [P, 2]. */
export function visitedRange(setup: Setup, data: readonly AwakeData[]): Float64Array {
  const P = setup.family.order;
  const lists = data.filter(({ request }) => request.role === "training").flatMap(({ path, y0 }) => [path, y0]);
  return rangeOf(lists, P);
}

/** Smallest and largest finite value of each of P columns, shape [P, 2]. */
function rangeOf(lists: readonly Float64Array[], P: number): Float64Array {
  const range = Float64Array.from({ length: 2 * P }, (_, i) => (i % 2 === 0 ? Infinity : -Infinity));
  for (const values of lists)
    for (let i = 0; i < values.length; i++) {
      const k = i % P;
      if (Number.isNaN(values[i])) continue;
      range[2 * k] = Math.min(range[2 * k], values[i]);
      range[2 * k + 1] = Math.max(range[2 * k + 1], values[i]);
    }
  return range;
}

/** (log m, log v/m) of the training data, the inputs of closure rows, each [T, 2]. */
const logMoments = (data: readonly AwakeData[]): Float64Array[] =>
  data.map(({ mean, sd }) =>
    Float64Array.from({ length: 2 * mean.length }, (_, i) =>
      i % 2 === 0 ? Math.log(mean[i >> 1]) : Math.log(sd[i >> 1] ** 2 / mean[i >> 1]),
    ),
  );

function axesOf(setup: Setup, reads: readonly number[], range: Float64Array): readonly Axis[] {
  const { nodes = 2, box, padding } = setup.experiment.input.dynamics;
  return reads.map((k, i): Axis => {
    const count = typeof nodes === "number" ? nodes : nodes[i];
    if (box !== undefined) return { start: box[i][0], end: box[i][1], nodes: count };
    const [low, high] = range.subarray(2 * k, 2 * k + 2);
    const pad = padding * (high - low) || 0.5 * Math.max(1, Math.abs(low)); // a coordinate that never moves
    return { start: low - pad, end: high + pad, nodes: count };
  });
}

/** Mean and spread of each of P columns over all times. */
function scalesOf(lists: readonly Float64Array[], P: number): { mean: number[]; spread: number[]; size: number[] } {
  const columns = Array.from({ length: P }, (_, k) =>
    lists.flatMap((values) => Array.from(values.filter((v, i) => i % P === k && Number.isFinite(v)))),
  );
  const average = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
  const mean = columns.map(average);
  const spread = columns.map((x, k) => Math.sqrt(average(x.map((v) => (v - mean[k]) ** 2))) || 1);
  return { mean, spread, size: columns.map((x) => Math.sqrt(average(x.map((v) => v * v))) || 1) };
}

/** F, what holds its coefficients, and where they start. */
interface Field {
  readonly dynamics: Dynamics;
  readonly grid?: ParametricDynamics<GridFunction>;
  readonly penalty: Penalty;
  readonly u0: Float64Array;
  readonly description: string;
}

const TOO_MANY = 4000;

function checkSize(setup: Setup, Q: number): void {
  if (Q <= TOO_MANY) return;
  throw new SourceError(
    setup.experiment.place(["dynamics", "nodes"]),
    `found ${Q} coefficients; expected at most ${TOO_MANY}`,
    {
      hint: "Take fewer nodes, or let F read fewer coordinates (dynamics.inputs)",
    },
  );
}

/** The learned function of each output, of the form that the document names. */
function functionField(setup: Setup, training: readonly AwakeData[], tangents: readonly Float64Array[]): Field {
  const { dynamics: wanted, optimizer, seed } = setup.experiment.input;
  const P = setup.family.order;
  const reads = (wanted.inputs ?? Array.from({ length: P }, (_, k) => k + 1)).map((k) => k - 1);
  const paths = training.map(({ path }) => path);
  if (wanted.function === "hat" || wanted.function === "hermite") {
    const axes = axesOf(setup, reads, rangeOf([...paths, ...training.map(({ y0 }) => y0)], P));
    const functions = Array.from({ length: P }, () => (wanted.function === "hat" ? hat(axes) : hermite(axes)));
    const grid = parametric(functions, { inputs: reads });
    checkSize(setup, grid.shape[1]);
    const penalty = roughnessPenalty(functions, optimizer.roughness);
    const size = axes.map(({ nodes }) => nodes).join("×");
    return {
      dynamics: grid,
      grid,
      penalty,
      u0: new Float64Array(penalty.size),
      description: `${wanted.function} functions on a grid of ${size} nodes`,
    };
  }
  if (wanted.function === "polynomial") {
    const f = polynomial(reads.length, wanted.degree);
    const dynamics = parametric(
      Array.from({ length: P }, () => f),
      { inputs: reads },
    );
    const Q = dynamics.shape[1];
    checkSize(setup, Q);
    return {
      dynamics,
      penalty: normPenalty(Q, optimizer.norm),
      u0: new Float64Array(Q),
      description: `polynomials of degree ${wanted.degree}`,
    };
  }
  const { mean, spread } = scalesOf(paths, P);
  const outputs = scalesOf(tangents, P).size;
  const dynamics = networkDynamics(P, { hidden: wanted.hidden, standardise: { mean, spread }, outputs });
  const Q = dynamics.shape[1];
  checkSize(setup, Q);
  return {
    dynamics,
    penalty: normPenalty(Q, optimizer.norm),
    u0: dynamics.initial(stream(seed, 0), 0.1),
    description: `a network with ${wanted.hidden.join(" and ")} hidden units`,
  };
}

/** The projected field plus what it lacks. */
function rowsField(setup: Setup, training: readonly AwakeData[], { dynamics: known, u, drifts }: AnalyticField): Field {
  const { dynamics: wanted, optimizer, seed } = setup.experiment.input;
  const { family } = setup;
  const inputs = logMoments(training);
  const open = rowDegrees(drifts).filter(({ degree }) => degree > family.order);
  if (open.length === 0)
    throw setup.experiment.refuse(
      ["dynamics", "form"],
      "found closure-rows for a model whose moment equations this family closes; expected a row that is open",
      "Nothing need be learned: the projected field is exact in its moments. Take form: field to learn it all the same",
    );
  const { mean, spread } = scalesOf(inputs, 2);
  let first = new Float64Array(0);
  let f: ParametricFunction;
  let penalty: (Q: number) => Penalty = (Q) => normPenalty(Q, optimizer.norm);
  if (wanted.function === "network") {
    const perceptron = network(2, wanted.hidden, { standardise: { mean, spread } });
    first = Float64Array.from(open.flatMap((_, i) => [...perceptron.initial(stream(seed, i), 0.1)]));
    f = perceptron;
  } else if (wanted.function === "polynomial") f = polynomial(2, wanted.degree);
  else {
    const g = hermite(axesOf(setup, [0, 1], rangeOf(inputs, 2)));
    penalty = () =>
      roughnessPenalty(
        open.map(() => g),
        optimizer.roughness,
      );
    f = g;
  }
  const rows = closureRows(
    family,
    open.map((row) => ({ ...row, f })),
  );
  const Q = rows.shape[1];
  checkSize(setup, Q);
  return {
    dynamics: sum([{ dynamics: known, u }, { dynamics: rows }]),
    penalty: penalty(Q),
    u0: first.length === Q ? first : new Float64Array(Q),
    description: `the projected field and ${open.length} learned closure row${open.length > 1 ? "s" : ""} (${wanted.function})`,
  };
}

function learnedField(
  setup: Setup,
  training: readonly AwakeData[],
  known: AnalyticField | undefined,
  tangents: readonly Float64Array[],
): Field {
  const { dynamics: wanted, optimizer } = setup.experiment.input;
  if (wanted.form === "field") return functionField(setup, training, tangents);
  if (known === undefined)
    throw setup.experiment.refuse(
      ["dynamics", "form"],
      `found ${wanted.form} for a species that depends on others; expected form: field`,
      "The projected field needs a model of which the observed species alone decides the rates",
    );
  if (wanted.form === "closure-rows") return rowsField(setup, training, known);
  const { chart } = setup.experiment.input;
  const analytic =
    chart === "identity"
      ? known.dynamics
      : chart === "log-moments"
        ? inLogMoments(known.dynamics, setup.family)
        : inChart(known.dynamics, setup.chart);
  if (wanted.form === "rates")
    return {
      dynamics: analytic,
      penalty: normPenalty(known.u.length, optimizer.norm),
      u0: new Float64Array(known.u.length),
      description: "the projected field with fitted rates",
    };
  const rest = functionField(setup, training, tangents);
  return {
    ...rest,
    dynamics: sum([{ dynamics: analytic, u: known.u }, { dynamics: rest.dynamics }]),
    description: `the projected field plus ${rest.description}`,
  };
}

/** Slopes of the paths by differences: only their size is used. */
function roughSlopes(times: Float64Array, path: Float64Array, P: number): Float64Array {
  const out = new Float64Array(path.length).fill(Number.NaN);
  for (let i = P; i < path.length; i++) {
    const t = Math.floor(i / P);
    out[i] = (path[i] - path[i - P]) / (times[t] - times[t - 1]);
  }
  return out;
}

/** Puts the problem together; `data` holds all starts, only training ones are used. */
export function problemOf(setup: Setup, data: readonly AwakeData[]): LearningProblem {
  const { family, chart, grid: clock, experiment } = setup;
  const { dynamics: wanted } = experiment.input;
  const P = family.order;
  const training = data.filter(({ request }) => request.role === "training");
  const known = analyticField(setup);
  const exact = known !== undefined && training.every((d) => d.exact && d.path.every(Number.isFinite));
  const tangents =
    exact && wanted.form !== "rates" && needsTangents(setup)
      ? training.map((d) => exactTangents(setup, known, d))
      : undefined;
  const { grid, ...field } = learnedField(
    setup,
    training,
    known,
    tangents ?? training.map(({ path }) => roughSlopes(clock.times, path, P)),
  );
  return {
    ...field,
    ...(grid === undefined ? {} : { grid }),
    ...(tangents === undefined ? {} : { tangents }),
    region: regionOf(setup, training, grid),
    family,
    chart,
    times: clock.times,
    weights: trapezoid(clock.times, clock.measure),
    starts: training.map(startOf),
    integrator: wanted.integrator === "rk4" ? rk4 : heun,
    substeps: wanted.substeps,
  };
}

/** A grid in few coordinates is matched well enough by splines, and keeps what it has been tested with. */
const needsTangents = ({ experiment }: Setup): boolean => {
  const { function: name, form } = experiment.input.dynamics;
  return form !== "field" || name === "network" || name === "polynomial";
};

/** The grid's box in the coordinates that it reads, the padded range of the data in the others. */
function regionOf(setup: Setup, training: readonly AwakeData[], grid: Field["grid"]): Float64Array {
  const { padding } = setup.experiment.input.dynamics;
  const range = visitedRange(setup, training);
  const out = range.map((v, i) => {
    const [low, high] = [range[i & ~1], range[i | 1]];
    const pad = padding * (high - low);
    return i % 2 === 0 ? v - pad : v + pad;
  });
  grid?.inputs[0].forEach((k, i) => {
    const { start, end } = grid.functions[0].axes[i];
    out[2 * k] = start;
    out[2 * k + 1] = end;
  });
  return out;
}

function startOf({ request, y0, moments, negEntropy }: AwakeData): Start {
  if (!y0.every(Number.isFinite)) throw new ArgumentError("problemOf", `start ${request.label} has no finite y0`);
  return { label: request.label, y0, awake: moments, negEntropy };
}
