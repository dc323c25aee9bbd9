import { ArgumentError } from "@dbd/numerics/errors";
import { begin, implicitFailure } from "./begin.ts";
import { combination, combine } from "./combination.ts";
import { errorNorm, worstComponent } from "./errorNorm.ts";
import { hermite } from "./explicitMethod.ts";
import type { Field } from "./field.ts";
import { linearization } from "./linearization.ts";
import { notFinite, vectors } from "./vectors.ts";
import type { AdaptiveMethod, Setup } from "./method.ts";
import { oneStep, type Attempt } from "./oneStep.ts";
import { conditionProblems, rootedTrees, type Embedded, type Tree } from "./tableau.ts";

/**
 * An implicit–explicit Runge–Kutta pair for f = explicit + implicit with common weights and abscissae:
 * Y_i = y + h Σ_{j<i} (aE_ij fE_j + aI_ij fI_j) + h γ fI(Y_i), the first stage explicit, γ on the rest of the diagonal.
 */
export interface AdditiveTableau {
  readonly name: string;
  readonly order: number;
  readonly gamma: number;
  /** Row i holds aE_i0 … aE_i,i−1. */
  readonly explicit: readonly (readonly number[])[];
  /** Row i holds aI_i0 … aI_i,i−1; the diagonal is 0, γ, γ, … */
  readonly implicit: readonly (readonly number[])[];
  readonly b: readonly number[];
  readonly embedded: Embedded;
}

const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);

/**
 * What is wrong with an additive tableau, as sentences: shapes, equal abscissae of both parts, and the order conditions up
 * to order 4 with those that couple the parts. Kennedy & Carpenter (2003), §2.
 */
export function additiveProblems({ order, gamma, explicit, implicit, b, embedded }: AdditiveTableau): string[] {
  const S = b.length;
  if (explicit.length !== S || implicit.length !== S || embedded.weights.length !== S)
    return [`explicit, implicit and embedded must have ${S} entries, as b has`];
  if (explicit.some((row, i) => row.length !== i || implicit[i].length !== i))
    return ["explicit and implicit must be strictly lower triangles"];
  const wide = (row: readonly number[], i: number, diagonal: number): number[] =>
    b.map((_, j) => (j === i ? diagonal : (row[j] ?? 0)));
  const aE = explicit.map((row, i) => wide(row, i, 0));
  const aI = implicit.map((row, i) => wide(row, i, i === 0 ? 0 : gamma));
  const c = aE.map(sum);
  const apart = c.findIndex((v, i) => !(Math.abs(v - sum(aI[i])) <= 1e-12));
  if (apart >= 0) return [`the rows ${apart} must have one sum, got ${c[apart]} and ${sum(aI[apart])}`];
  const chain = (outer: readonly (readonly number[])[], inner: readonly (readonly number[])[]): number[] => {
    const once = inner.map((row) => sum(row.map((v, j) => v * c[j])));
    return outer.map((row) => sum(row.map((v, j) => v * once[j])));
  };
  const mixed: readonly Tree[] = [
    [4, "Σ b aE aI c", chain(aE, aI), 24],
    [4, "Σ b aI aE c", chain(aI, aE), 24],
  ];
  const trees = [rootedTrees(aE, c), rootedTrees(aI, c), mixed];
  return trees.flatMap((part) => [
    ...conditionProblems(part, order, b, ""),
    ...conditionProblems(part, embedded.order, embedded.weights, " (embedded)"),
  ]);
}

/**
 * An implicit–explicit method from its tableau, checked here. It takes a `splitField`; a field without a split is treated as
 * implicit altogether.
 * @param newton - Stages are solved to this part of the tolerance.
 * @throws ArgumentError when an order condition up to order 4 is not met to 1e-12.
 */
export function additiveRungeKutta(tableau: AdditiveTableau, newton = 1e-3): AdaptiveMethod {
  const { name, order, embedded } = tableau;
  const problems = additiveProblems(tableau);
  if (problems.length > 0)
    throw new ArgumentError(`additiveRungeKutta(${name})`, problems.join("; "), {
      hint: "Compare the coefficients with their source",
    });
  return Object.freeze({
    name,
    order,
    stiff: true,
    start: (setup: Setup) =>
      begin(setup, (slope) =>
        oneStep(setup, additiveAttempt(tableau, newton, setup), slope, order, Math.min(order, embedded.order) + 1),
      ),
  });
}

type Part = Pick<Field, "evaluate">;
const nothing: Part = { evaluate: (_t, _y, out) => void out.fill(0) };
const mostIterations = 8;

function additiveAttempt(tableau: AdditiveTableau, newton: number, setup: Setup): Attempt {
  const { gamma, explicit, implicit, b, embedded } = tableau;
  const { field, rtol, atol, counts } = setup;
  const { explicit: slow, implicit: stiff } = field.split ?? { explicit: nothing, implicit: field };
  const P = setup.y.length;
  const S = b.length;
  const c = explicit.map(sum);
  const system = linearization({ ...setup, field: stiff });
  const from = setup.y.slice();
  const next = setup.y.slice();
  const point = new Float64Array(P);
  const known = new Float64Array(P);
  const change = new Float64Array(P);
  const estimate = new Float64Array(P);
  const zero = new Float64Array(P);
  const atFrom = new Float64Array(P); // f at both ends, for dense output
  const atNext = new Float64Array(P);
  const slopes = vectors(2 * S, P); // explicit ones, then implicit ones
  const last = vectors(2, P); // both parts at `next`
  const pairs = (e: readonly number[], i: readonly number[]): number[] =>
    [e, i].flatMap((row) => Array.from({ length: S }, (_, j) => row[j] ?? 0));
  const toStage = b.map((_, s) => combination(pairs(explicit[s], implicit[s]), 0, 2 * S, slopes));
  const toNext = combination(pairs(b, b), 0, 2 * S, slopes);
  const differences = b.map((v, i) => v - embedded.weights[i]);
  const toError = combination(pairs(differences, differences), 0, 2 * S, slopes);
  let begun = false;
  let current = false; // whether the Jacobian belongs to `from`
  let linearized = false; // whether there is any Jacobian
  let factoredFor = 0;
  let singular = false;
  let bad: { readonly slope: Float64Array; readonly t: number } | undefined;

  /** Evaluates one part; false, with the place kept for `fault`, when it is not finite. */
  const evaluate = (part: Part, t: number, y: Float64Array, out: Float64Array): boolean => {
    out.fill(Number.NaN);
    part.evaluate(t, y, out);
    if (notFinite(out) < 0) return true;
    bad = { slope: out, t };
    return false;
  };
  const both = (t: number, y: Float64Array, e: Float64Array, i: Float64Array): boolean => {
    counts.evaluations++;
    return evaluate(slow, t, y, e) && evaluate(stiff, t, y, i);
  };

  const linearize = (t: number, h: number): boolean => {
    if (!linearized) {
      system.update(t, from, slopes[S], h);
      linearized = true;
      current = true;
      factoredFor = 0;
    }
    if (factoredFor !== h) {
      singular = !system.factor(1 / (h * gamma));
      factoredFor = singular ? 0 : h;
    }
    return !singular;
  };

  /** Simplified Newton iteration for Y = known + hγ fI(Y), from `point`. */
  const solveStage = (t: number, h: number, out: Float64Array): boolean => {
    let before = 0;
    for (let n = 1; n <= mostIterations; n++) {
      counts.evaluations++;
      if (!evaluate(stiff, t, point, out)) return false;
      for (let p = 0; p < P; p++) change[p] = out[p] - (point[p] - known[p]) / (h * gamma);
      system.solve(change);
      const norm = errorNorm(change, from, from, rtol, atol);
      for (let p = 0; p < P; p++) point[p] += change[p];
      const rate = norm / before;
      if (!Number.isFinite(norm) || (n > 1 && rate >= 1 && norm > 1e-10)) return false;
      if (norm === 0 || (n > 1 && (rate / (1 - rate)) * norm < newton) || norm < 1e-3 * newton) {
        for (let p = 0; p < P; p++) out[p] = (point[p] - known[p]) / (h * gamma); // not amplified by the stiffness
        return true;
      }
      before = norm;
    }
    return false;
  };

  const stages = (t: number, h: number): boolean => {
    for (let s = 1; s < S; s++) {
      combine(known, from, h, toStage[s]);
      for (let p = 0; p < P; p++) point[p] = known[p] + h * gamma * slopes[S + s - 1][p];
      if (!solveStage(t + c[s] * h, h, slopes[S + s])) return false;
      if (!evaluate(slow, t + c[s] * h, point, slopes[s])) return false;
    }
    return true;
  };

  /**
   * Both parts at `next`. The error that the iteration left in the last stage is in `next` too: the stiff part there is
   * the last slope and a difference in which it cancels.
   */
  const arrive = (t: number): boolean => {
    if (!both(t, next, last[0], last[1])) return false;
    if (!point.every((v, p) => v === next[p])) {
      counts.evaluations++;
      if (!evaluate(stiff, t, point, change)) return false;
      for (let p = 0; p < P; p++) last[1][p] += slopes[2 * S - 1][p] - change[p];
    } else last[1].set(slopes[2 * S - 1]);
    for (let p = 0; p < P; p++) atNext[p] = last[0][p] + last[1][p];
    return true;
  };

  return {
    next,
    move() {
      from.set(next);
      slopes[0].set(last[0]);
      slopes[S].set(last[1]);
      atFrom.set(atNext);
      current = false;
    },
    try(t, h) {
      bad = undefined;
      if (!begun) {
        if (!both(t, from, slopes[0], slopes[S])) return Number.NaN;
        for (let p = 0; p < P; p++) atFrom[p] = slopes[0][p] + slopes[S][p];
        begun = true;
      }
      if (!linearize(t, h)) return Number.NaN;
      if (!stages(t, h)) {
        if (current || bad !== undefined) return Number.NaN;
        linearized = false; // the Jacobian of an earlier step does not do
        if (!linearize(t, h) || !stages(t, h)) return Number.NaN;
      }
      combine(next, from, h, toNext);
      combine(estimate, zero, h, toError);
      const error = errorNorm(estimate, from, next, rtol, atol);
      if (!(error <= 1)) return error;
      return arrive(t + h) ? error : Number.NaN;
    },
    interpolate(theta, h, out) {
      hermite(theta, h, from, atFrom, next, atNext, out);
    },
    fault(t, h) {
      const y = from.slice();
      if (bad !== undefined) {
        const component = notFinite(bad.slope);
        return { time: bad.t, h, component, value: bad.slope[component], y };
      }
      return implicitFailure({ time: t, h, component: worstComponent(estimate, from, rtol, atol), y }, singular);
    },
  };
}
