import { ArgumentError } from "@dbd/numerics/errors";
import { begin, implicitFailure } from "./begin.ts";
import { combination, combine } from "./combination.ts";
import { errorNorm, worstComponent } from "./errorNorm.ts";
import { linearization } from "./linearization.ts";
import { factorLu, solveLu } from "./lu.ts";
import { notFinite, vectors } from "./vectors.ts";
import type { AdaptiveMethod, Failure, Setup, Stepper } from "./method.ts";
import { oneStep, type Attempt } from "./oneStep.ts";
import { conditionProblems, rootedTrees, type Tree } from "./tableau.ts";

/**
 * A Rosenbrock method in the form without matrix–vector products: stages
 * (1/(hγ) − J) U_i = f(t + α_i h, y + Σ_j a_ij U_j) + Σ_j (c_ij/h) U_j + h γ_i ∂f/∂t, step y + Σ_i m_i U_i.
 * Hairer & Wanner, Solving Ordinary Differential Equations II (1996), eq. IV.7.25.
 */
export interface RosenbrockTableau {
  readonly name: string;
  readonly order: number;
  readonly gamma: number;
  /** Row i holds a_i0 … a_i,i−1. */
  readonly a: readonly (readonly number[])[];
  /** Row i holds c_i0 … c_i,i−1. */
  readonly c: readonly (readonly number[])[];
  readonly m: readonly number[];
  /** m minus the weights of the embedded method, whose order is given. */
  readonly error: { readonly order: number; readonly weights: readonly number[] };
  /** Dense output (1 − θ) y + θ (y_next + (1 − θ) Σ_j (p_j + θ q_j) U_j) of the stated order. */
  readonly interpolant: { readonly order: number; readonly p: readonly number[]; readonly q: readonly number[] };
}

const square = (rows: readonly (readonly number[])[]): Float64Array => {
  const out = new Float64Array(rows.length ** 2);
  rows.forEach((row, i) => out.set(row, i * rows.length));
  return out;
};

const sums = (rows: readonly (readonly number[])[]): number[] => rows.map((row) => row.reduce((s, v) => s + v, 0));

/** The tableau in the textbook's form: α, β = α + Γ as matrices and weights times Γ, Γ = (1/γ − C)⁻¹. Eq. IV.7.24. */
function standardForm({ a, c, gamma }: RosenbrockTableau) {
  const S = a.length;
  const full = { lower: S - 1, upper: S - 1 };
  const pivots = new Int32Array(S);
  const transposed = new Float64Array(S * S); // of 1/γ − C, so that a solve gives row vector times Γ
  const lowerC = square(c);
  for (let i = 0; i < S; i++)
    for (let j = 0; j < S; j++) transposed[j * S + i] = (i === j ? 1 / gamma : 0) - lowerC[i * S + j];
  factorLu(transposed, S, pivots, full);
  const timesGamma = (row: readonly number[]): number[] => {
    const b = new Float64Array(S);
    b.set(row);
    solveLu(transposed, S, pivots, full, b);
    return [...b];
  };
  const alpha = a.map(timesGamma);
  const units = a.map((_, i) => a.map((__, j) => (i === j ? 1 : 0)));
  const capitalGamma = units.map(timesGamma);
  const beta = alpha.map((row, i) => row.map((v, j) => v + capitalGamma[i][j]));
  return { timesGamma, alpha, beta, alphaSums: sums(alpha), gammaSums: sums(capitalGamma) };
}

/**
 * What is wrong with a Rosenbrock tableau, as sentences: shapes, and the order conditions up to order 4 of step, embedded
 * weights and dense output. Hairer & Wanner II, table IV.7.1.
 */
export function rosenbrockProblems(tableau: RosenbrockTableau): string[] {
  const { order, a, c, m, error, interpolant } = tableau;
  const S = m.length;
  const lists: readonly (readonly unknown[])[] = [a, c, error.weights, interpolant.p, interpolant.q];
  if (lists.some((list) => list.length !== S)) return [`a, c, error, p and q must have ${S} entries, as m has`];
  if (a.some((row, i) => row.length !== i || c[i].length !== i)) return ["a and c must be strictly lower triangles"];
  const { timesGamma, alpha, beta, alphaSums } = standardForm(tableau);
  const trees = rootedTrees(alpha, alphaSums, beta);
  const { p, q } = interpolant;
  const powers = [m.map((v, i) => v + p[i]), p.map((v, i) => q[i] - v), q.map((v) => -v)].map(timesGamma);
  const within: readonly Tree[] = trees.filter(([n]) => n <= interpolant.order);
  return [
    ...conditionProblems(trees, order, timesGamma(m), ""),
    ...conditionProblems(trees, error.order, timesGamma(m.map((v, i) => v - error.weights[i])), " (embedded)"),
    ...within.flatMap(([n, text, weights, gamma]) =>
      powers.flatMap((row, j) => {
        const got = row.reduce((sum, v, i) => sum + v * weights[i], 0);
        return Math.abs(got - (j + 1 === n ? 1 / gamma : 0)) <= 1e-12
          ? []
          : [`the condition ${text} = θ^${n}/${gamma} of the interpolant is not met: θ^${j + 1} has ${got}`];
      }),
    ),
  ];
}

/** A Rosenbrock method: `integrate` controls its steps, and `solve` and its derivatives take fixed ones. */
export interface RosenbrockMethod extends AdaptiveMethod {
  readonly tableau: RosenbrockTableau;
}

/** Whether a method is one of this kind, so that its steps can be repeated and differentiated. */
export const isRosenbrock = (method: object): method is RosenbrockMethod => "tableau" in method && "start" in method;

/**
 * A stiff method from its tableau, checked here. One Jacobian and one LU factorisation a step: for up to some dozens of
 * states, or a banded Jacobian.
 * @throws ArgumentError when an order condition up to order 4 is not met to 1e-12.
 */
export function rosenbrock(tableau: RosenbrockTableau): RosenbrockMethod {
  const { name, order, error } = tableau;
  const problems = rosenbrockProblems(tableau);
  if (problems.length > 0)
    throw new ArgumentError(`rosenbrock(${name})`, problems.join("; "), {
      hint: "Compare the coefficients with their source",
    });
  const abscissae = standardForm(tableau);
  return Object.freeze({
    name,
    order,
    stiff: true,
    tableau,
    start(setup: Setup): Stepper | Failure {
      const k = Math.min(order, error.order) + 1;
      return begin(setup, (slope) =>
        oneStep(setup, rosenbrockAttempt(tableau, abscissae, setup, slope), slope, order, k),
      );
    },
  });
}

/** Abscissae α_i and γ_i, summed once. */
type Abscissae = Pick<ReturnType<typeof standardForm>, "alphaSums" | "gammaSums">;

function rosenbrockAttempt(
  { gamma, a, c, m, error, interpolant }: RosenbrockTableau,
  { alphaSums, gammaSums }: Abscissae,
  setup: Setup,
  first: Float64Array,
): Attempt {
  const { field, rtol, atol, counts } = setup;
  const P = setup.y.length;
  const S = m.length;
  const system = linearization(setup);
  const from = setup.y.slice();
  const next = setup.y.slice();
  const point = new Float64Array(P);
  const estimate = new Float64Array(P);
  const zero = new Float64Array(P);
  const slope = first.slice();
  const stageSlope = new Float64Array(P);
  const drift = new Float64Array(P); // ∂f/∂t
  const u = vectors(S, P);
  const toStage = a.map((row) => combination(row, 0, row.length, u));
  const toSlope = c.map((row) => combination(row, 0, row.length, u));
  const toNext = combination(m, 0, S, u);
  const toError = combination(error.weights, 0, S, u);
  const within = { weights: new Float64Array(S), terms: u };
  let fresh = false; // whether the Jacobian belongs to `from`
  let arrived = true; // whether `slope` belongs to `from`
  let singular = false;

  /** Makes Jacobian and factors belong to (t, from) and h. */
  const prepare = (t: number, h: number): boolean => {
    if (!arrived) {
      field.evaluate(t, from, slope);
      counts.evaluations++;
      arrived = true;
    }
    if (!fresh) {
      system.update(t, from, slope, h);
      system.timeDerivative(t, from, slope, h, drift);
      fresh = true;
    }
    singular = !system.factor(1 / (h * gamma));
    return !singular;
  };

  return {
    next,
    move() {
      from.set(next);
      fresh = false;
      arrived = false;
    },
    try(t, h) {
      stageSlope.fill(0);
      if (!prepare(t, h)) return Number.NaN;
      for (let s = 0; s < S; s++) {
        if (s === 0) u[s].set(slope);
        else {
          combine(point, from, 1, toStage[s]);
          field.evaluate(t + alphaSums[s] * h, point, stageSlope);
          counts.evaluations++;
          if (notFinite(stageSlope) >= 0) return Number.NaN;
          combine(u[s], stageSlope, 1 / h, toSlope[s]);
        }
        const w = h * gammaSums[s];
        for (let p = 0; p < P; p++) u[s][p] += w * drift[p];
        system.solve(u[s]);
      }
      combine(next, from, 1, toNext);
      combine(estimate, zero, 1, toError);
      return errorNorm(estimate, from, next, rtol, atol);
    },
    interpolate(theta, _h, out) {
      for (let p = 0; p < P; p++) out[p] = (1 - theta) * from[p] + theta * next[p];
      for (let s = 0; s < S; s++) within.weights[s] = interpolant.p[s] + theta * interpolant.q[s];
      combine(out, out, theta * (1 - theta), within);
    },
    fault(t, h) {
      const y = from.slice();
      for (const f of [slope, stageSlope]) {
        const component = notFinite(f);
        if (component >= 0) return { time: t, h, component, value: f[component], y };
      }
      const component = worstComponent(estimate, from, rtol, atol);
      return implicitFailure({ time: t, h, component, y }, singular);
    },
  };
}
