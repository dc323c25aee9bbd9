import type { AdaptiveProblem } from "./adaptiveProblem.ts";
import type { Dynamics } from "./dynamics.ts";
import { fieldOf, type Field } from "./field.ts";
import { integrate } from "./integrate.ts";
import { secondByDifferences } from "./secondOrder.ts";
import { clocked, logistic, logisticAt, spiral, spiralAt } from "./sampleFields.ts";
import { solve } from "./solve.ts";
import { tableauProblems, type Embedded, type Integrator } from "./tableau.ts";

/** A nonlinear problem with a known end point. */
interface ClosedForm {
  readonly name: string;
  readonly dynamics: Dynamics;
  readonly u: Float64Array;
  readonly y0: readonly number[];
  readonly end: number;
  readonly at: (t: number) => readonly number[];
}

const turning = Float64Array.of(1, 0.5);
const closedForms: readonly ClosedForm[] = [
  {
    name: "logistic growth",
    dynamics: logistic,
    u: Float64Array.of(1.5),
    y0: [0.02],
    end: 4, // long enough that the errors of good fifth-order methods are seen well above rounding
    at: (t) => [logisticAt(t, 0.02, 1.5)],
  },
  { name: "spiral", dynamics: spiral, u: turning, y0: [0.4, 0], end: 2, at: (t) => spiralAt(t, 0.4, turning) },
  {
    name: "1/(1 + t²)",
    dynamics: clocked,
    u: new Float64Array(0),
    y0: [1, 0],
    end: 1.5,
    at: (t) => [1 / (1 + t * t), t],
  },
];

const roundOff = 1e-12;
const finest = 2048;

/** Slope of the error at the finest pair of steps that rounding leaves alone. */
function observedOrder(integrator: Integrator, { dynamics, u, y0, end, at }: ClosedForm): number {
  const exact = at(end);
  let coarse = Number.NaN;
  let slope = Number.NaN;
  for (let substeps = 4; substeps <= finest; substeps *= 2) {
    const { values } = solve(dynamics, u, { y0, times: [0, end], integrator, substeps });
    const error = exact.reduce((worst, y, p) => Math.max(worst, Math.abs(values[exact.length + p] - y)), 0);
    if (error < roundOff) break;
    slope = Math.log2(coarse / error);
    coarse = error;
  }
  return slope;
}

/**
 * The conformance kit that every integrator passes: the tableau's shape, row sums and order conditions, and the
 * observed order of convergence on three nonlinear problems with closed forms, the lowest within 0.1 of the declared;
 * the same for the embedded weights.
 * @returns The problems found, as sentences; empty when the integrator conforms.
 */
export function integratorConformance(integrator: Integrator): string[] {
  const { name, order } = integrator;
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) return [`the name must be camelCase, got ${JSON.stringify(name)}`];
  const wrong = tableauProblems(integrator);
  if (wrong.length > 0) return wrong.map((problem) => `${name}: ${problem}`);
  const observed = closedForms.map((form) => ({ name: form.name, slope: observedOrder(integrator, form) }));
  const slow = observed.filter(({ slope }) => !(slope >= order - 0.1));
  if (slow.length > 0)
    return slow.map(
      ({ name: problem, slope }) => `${name}: declares order ${order}, observed ${slope.toFixed(2)} on ${problem}`,
    );
  const lowest = Math.min(...observed.map(({ slope }) => slope));
  if (lowest > order + 0.1)
    return [`${name}: declares order ${order}, but converges at least with order ${lowest.toFixed(2)}`];
  return integrator.embedded === undefined
    ? []
    : integratorConformance(embeddedMethod(integrator, integrator.embedded));
}

/** The embedded weights as a method of their own. */
const embeddedMethod = ({ name, a, c }: Integrator, { order, weights }: Embedded): Integrator => ({
  name: `${name}Embedded`,
  order,
  a,
  b: weights,
  c,
});

/** Largest error over recording times that are denser than the steps, forwards and back. */
function adaptiveError(integrator: AdaptiveProblem["integrator"], form: ClosedForm, rtol: number): number {
  const { dynamics, u, end, at } = form;
  const there = Float64Array.from({ length: 65 }, (_, i) => (i / 64) * end);
  let most = 0;
  for (const times of [there, there.toReversed()]) {
    const problem = { y0: at(times[0]), times, integrator, rtol, atol: rtol };
    const { values, size } = integrate(fieldOf(dynamics, u), problem);
    times.forEach((t, i) => at(t).forEach((v, p) => (most = Math.max(most, Math.abs(values[i * size + p] - v)))));
  }
  return most;
}

/**
 * The conformance kit for methods with step size control: on three nonlinear problems with closed forms the error follows
 * the tolerance, at the steps and between them, forwards and backwards; a method that says it is stiff follows a slow
 * solution through a fast decay in few steps.
 * @returns The problems found, as sentences; empty when the method conforms.
 */
export function adaptiveConformance(integrator: AdaptiveProblem["integrator"]): string[] {
  const { name } = integrator;
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) return [`the name must be camelCase, got ${JSON.stringify(name)}`];
  const found: string[] = [];
  for (const form of closedForms)
    for (const rtol of [1e-4, 1e-7]) {
      const error = adaptiveError(integrator, form, rtol);
      const what = `${name}: ${form.name}: the error is ${error} at the tolerance ${rtol}`;
      if (!(error < 100 * rtol)) found.push(what);
      else if (error < 1e-4 * rtol) found.push(`${what}, so that work is wasted`);
    }
  if (!("start" in integrator) || !integrator.stiff) return found;
  const stiff: Field = { evaluate: (t, [y], out) => void (out[0] = -1e6 * (y - Math.cos(t)) - Math.sin(t)) };
  const path = integrate(stiff, { y0: [2], times: [0, 5, 10], integrator, rtol: 1e-5, maxSteps: 500 });
  const off = Math.abs(path.end.y[0] - Math.cos(10));
  if (path.stopped !== "end") found.push(`${name}: says it is stiff, but ${path.reason} on a stiff problem`);
  else if (!(off < 1e-3)) found.push(`${name}: the error on a stiff problem is ${off}`);
  return found;
}

/** Where `dynamicsConformance` looks. */
export interface DynamicsSample {
  /** Coefficients, shape [Q]. */
  readonly u: Float64Array;
  /** States, each of shape [P]; keep them away from kinks. */
  readonly states: readonly Float64Array[];
  /** Uniform numbers in [0, 1) for the directions. */
  readonly random: () => number;
}

/**
 * The conformance kit for vector fields: `jvp` against central differences of `evaluate` (1e-7 relative), `vjp`
 * against `jvp` by the dot-product test (1e-12 relative), that `vjp` adds to what it is given, and `second`, where there
 * is one, against central differences of `vjp` (1e-7 relative).
 * @returns The problems found, as sentences; empty when the field conforms.
 */
export function dynamicsConformance(dynamics: Dynamics, { u, states, random }: DynamicsSample): string[] {
  const [P, Q] = dynamics.shape;
  const direction = (length: number): Float64Array => Float64Array.from({ length }, () => 2 * random() - 1);
  return states.flatMap((y, index) => {
    const dy = direction(P);
    const du = direction(Q);
    const seed = direction(P);
    const forward = new Float64Array(P);
    dynamics.jvp(y, u, dy, du, forward);
    const difference = centralDifference(dynamics, y, u, dy, du);
    const found: string[] = [];
    const off = forward.reduce((worst, v, p) => Math.max(worst, Math.abs(v - difference[p])), 0);
    if (!(off <= 1e-7 * (1 + norm(difference))))
      found.push(`state ${index}: jvp is ${off} away from a central difference of evaluate`);
    const yBar = direction(P);
    const uBar = direction(Q);
    const left = dot(seed, forward) + dot(yBar, dy) + dot(uBar, du); // what was there before must stay
    dynamics.vjp(y, u, seed, yBar, uBar);
    const right = dot(yBar, dy) + dot(uBar, du);
    if (!(Math.abs(left - right) <= 1e-12 * (1 + norm(forward) + norm(yBar) + norm(uBar))))
      found.push(`state ${index}: vjp is not the transpose of jvp, added to its outputs: ${right} instead of ${left}`);
    return [...found, ...secondProblems(dynamics, index, y, u, dy, du, seed)];
  });
}

function secondProblems(
  dynamics: Dynamics,
  index: number,
  y: Float64Array,
  u: Float64Array,
  dy: Float64Array,
  du: Float64Array,
  seed: Float64Array,
): string[] {
  if (dynamics.second === undefined) return [];
  const [P, Q] = dynamics.shape;
  const got = new Float64Array(P + Q).fill(1); // it must add to what it is given
  dynamics.second(y, u, seed, dy, du, got.subarray(0, P), got.subarray(P));
  const expected = new Float64Array(P + Q);
  secondByDifferences(dynamics).second(y, u, seed, dy, du, expected.subarray(0, P), expected.subarray(P));
  const off = got.reduce((worst, v, i) => Math.max(worst, Math.abs(v - 1 - expected[i])), 0);
  return off <= 1e-7 * (1 + norm(expected)) ? [] : [`state ${index}: second is ${off} away from a difference of vjp`];
}

const dot = (v: Float64Array, w: Float64Array): number => v.reduce((total, x, i) => total + x * w[i], 0);
const norm = (v: Float64Array): number => Math.sqrt(dot(v, v));

function centralDifference(
  dynamics: Dynamics,
  y: Float64Array,
  u: Float64Array,
  dy: Float64Array,
  du: Float64Array,
): Float64Array {
  const h = 1e-5;
  const at = (step: number): Float64Array => {
    const out = new Float64Array(y.length);
    dynamics.evaluate(
      y.map((v, p) => v + step * dy[p]),
      u.map((v, q) => v + step * du[q]),
      out,
    );
    return out;
  };
  const ahead = at(h);
  const behind = at(-h);
  return ahead.map((v, p) => (v - behind[p]) / (2 * h));
}
