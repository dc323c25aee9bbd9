import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { response } from "@dbd/ode";
import { type AnalyticField, analyticInChart } from "./analytic.ts";
import type { LearningProblem } from "./problem.ts";
import type { ResultArray } from "./result.ts";
import type { Setup } from "./setup.ts";

const CURVE = 161;
const SLICE = 33;
const MARGIN = 0.05;

/** Evaluates F at a list of points [G, P], learned or analytic. */
type Field = (y: Float64Array, out: Float64Array) => void;

const array = (shape: readonly number[], data: Float64Array): ResultArray => ({ shape, data });

function fieldsOf(
  setup: Setup,
  problem: LearningProblem,
  u: Float64Array,
  analytic: AnalyticField | undefined,
): readonly (readonly [string, Field])[] {
  const learned: Field = (y, out) => {
    try {
      problem.dynamics.evaluate(y, u, out);
    } catch (error) {
      // A field that contains the projected one exists only where the family has a member.
      if (!(error instanceof ArgumentError || error instanceof NumericalError)) throw error;
      out.fill(Number.NaN);
    }
  };
  const known = analytic;
  if (known === undefined) return [["Learned", learned]];
  return [
    ["Learned", learned],
    ["Analytic", (y, out) => analyticInChart(setup, known, y, out)],
  ];
}

function axis(low: number, high: number, nodes: number): Float64Array {
  const pad = MARGIN * (high - low) || 0.5;
  return Float64Array.from({ length: nodes }, (_, i) => low - pad + ((high - low + 2 * pad) * i) / (nodes - 1));
}

/** F on a grid over the visited range and along the learned paths [A, T, P]: the arrays field… and path… of a result. */
export function fieldArrays(
  setup: Setup,
  {
    problem,
    u,
    analytic,
    range,
    paths,
  }: {
    problem: LearningProblem;
    u: Float64Array;
    analytic: AnalyticField | undefined;
    range: Float64Array;
    paths: ResultArray;
  },
): Record<string, ResultArray> {
  const P = setup.family.order;
  const out: Record<string, ResultArray> = { visited: array([P, 2], range) };
  for (const [name, field] of fieldsOf(setup, problem, u, analytic)) {
    out[`path${name}`] = array(paths.shape, evaluated(field, paths.data, P));
    if (P === 1) {
      const grid = axis(range[0], range[1], CURVE);
      out["fieldAxis0"] = array([CURVE], grid);
      out[`field${name}`] = array([CURVE, 1], evaluated(field, grid, 1));
    } else if (P === 2) {
      const [a, b] = [axis(range[0], range[1], SLICE), axis(range[2], range[3], SLICE)];
      const points = Float64Array.from({ length: 2 * SLICE * SLICE }, (_, i) =>
        i % 2 === 0 ? a[Math.floor(i / (2 * SLICE))] : b[((i - 1) / 2) % SLICE],
      );
      out["fieldAxis0"] = array([SLICE], a);
      out["fieldAxis1"] = array([SLICE], b);
      out[`field${name}`] = array([SLICE, SLICE, 2], evaluated(field, points, 2));
    }
  }
  return out;
}

function evaluated(field: Field, points: Float64Array, P: number): Float64Array {
  const out = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += P) {
    const y = points.slice(i, i + P);
    if (y.every(Number.isFinite)) field(y, out.subarray(i, i + P));
    else out.fill(Number.NaN, i, i + P);
  }
  return out;
}

/** δy(t)/δF(t') of the first training start for kicks at a few times (slides, eq. 4): [B, P, P, T]. */
export function responseArrays(problem: LearningProblem, u: Float64Array): Record<string, ResultArray> {
  const P = problem.dynamics.shape[0];
  const { times, starts } = problem;
  const T = times.length;
  const kicks = [...new Set([0, 0.25, 0.5, 0.75].map((share) => Math.floor(share * (T - 1))))];
  const data = new Float64Array(kicks.length * P * P * T);
  kicks.forEach((at, b) => {
    const { response: R } = response(problem.dynamics, u, { ...problem, y0: starts[0].y0 }, times[at]);
    for (let t = 0; t < T; t++)
      for (let kk = 0; kk < P * P; kk++) data[(b * P * P + kk) * T + t] = t < at ? 0 : R[t * P * P + kk];
  });
  return {
    responseKicks: array(
      [kicks.length],
      Float64Array.from(kicks, (i) => times[i]),
    ),
    response: array([kicks.length, P, P, T], data),
  };
}
