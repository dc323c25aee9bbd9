import type { CountsFamily } from "@dbd/boltzmann";
import { cholesky, solveCholesky } from "@dbd/numerics/dense";
import { ArgumentError } from "@dbd/numerics/errors";
import type { ParametricFunction } from "@dbd/numerics/functions/function";
import type { Dynamics } from "@dbd/ode";
import type { ReactionDrift } from "../projected/index.ts";

/** One moment equation that the family cannot close, and what is learned in its place. */
export interface ClosureRow {
  /** Index of the statistic φ_k whose drift has moments beyond the family's. */
  readonly statistic: number;
  /** Degree d > K of L φ_k as a polynomial in n. */
  readonly degree: number;
  /** α, the coefficient of nᵈ in L φ_k, in 1/time. */
  readonly leading: number;
  /** f(x; u) of x = (log m) or (log m, log v/m), m and v the model's mean and variance. Without unit. */
  readonly f: ParametricFunction;
}

/**
 * Only what the theory lacks. The moments of the true law obey d⟨φ⟩/dt = ⟨Lφ⟩_p; the projected field takes ⟨Lφ⟩ from
 * the model, which is exact wherever deg(L φ_k) ≤ K, since those moments are the model's own. In the other rows the
 * model's moment of order d is off by an unknown, learned here as a function of mean and variance:
 *
 *     F(ν; u) = −C(ν)⁻¹ c,   c_k = α_k σᵈ f_k(log m, log v/m; u_k),   c = 0 in all closed rows,
 *
 * so that f is the error of the standardised d-th moment, of order 1 (docs/theory.md, eq. (15)). Add it to the known
 * field: `sum([{ dynamics: projected(family, drifts), u: rates }, { dynamics: closureRows(family, rows) }])`.
 * Coordinates are ν itself; derivatives are exact, through the third cumulants.
 * @throws ArgumentError when the family has fewer than two interactions (its variance is no coordinate of its own), a
 * row is none of its statistics or named twice, or a function has other than one or two inputs. At run time as
 * `projected`.
 */
export function closureRows(family: CountsFamily, rows: readonly ClosureRow[]): Dynamics {
  const P = family.labels.length;
  checkRows(P, rows);
  const offsets: number[] = [];
  let Q = 0;
  for (const { f } of rows) {
    offsets.push(Q);
    Q += f.coefficients;
  }
  const mean = new Float64Array(P);
  const C = new Float64Array(P * P);
  const L = new Float64Array(P * P);
  const F = new Float64Array(P);
  const a = new Float64Array(P);
  const seeds = new Float64Array(P * P);
  const bar = new Float64Array(P);
  const points = [new Float64Array(1), new Float64Array(2)];
  const slopes = [new Float64Array(1), new Float64Array(2)];
  const weights = new Float64Array(Q);
  let m = 0;
  let v = 0;
  let solvable = false;
  const solveC = (x: Float64Array): void => {
    if (solvable) solveCholesky(L, P, x);
    else x.fill(Number.NaN);
  };
  const at = (nu: Float64Array): void => {
    family.asleepMoments(nu, null, mean);
    family.covariance(nu, C);
    [m] = mean;
    v = C[0];
    points[0][0] = Math.log(m);
    points[1][0] = points[0][0];
    points[1][1] = Math.log(v / m);
    L.set(C);
    solvable = cholesky(L, P);
  };
  const scaleOf = ({ leading, degree }: ClosureRow): number => leading * v ** (degree / 2);
  const field = (nu: Float64Array, u: Float64Array): void => {
    at(nu);
    F.fill(0);
    for (const [i, row] of rows.entries())
      F[row.statistic] -= scaleOf(row) * row.f.value(points[row.f.inputs - 1], u, offsets[i]);
    solveC(F);
  };
  return {
    shape: [P, Q],
    evaluate(nu, u, out) {
      field(nu, u);
      out.set(F);
    },
    jvp(nu, u, dNu, du, out) {
      field(nu, u);
      let dm = 0;
      let dMu = 0;
      for (let k = 0; k < P; k++) {
        dm -= C[k] * dNu[k];
        dMu -= C[P + k] * dNu[k];
      }
      const dv = 2 * dMu + (1 - 2 * m) * dm;
      for (let i = 0; i < P; i++) for (let j = 0; j < P; j++) seeds[i * P + j] = F[i] * dNu[j];
      out.fill(0);
      family.covarianceVjp(nu, seeds, out); // dC F: third cumulants are symmetric
      for (let k = 0; k < P; k++) out[k] = -out[k];
      for (const [i, row] of rows.entries()) {
        const { f, statistic, degree } = row;
        const x = points[f.inputs - 1];
        const slope = slopes[f.inputs - 1];
        f.gradient(x, u, offsets[i], slope);
        let df = (degree / 2) * (dv / v) * f.value(x, u, offsets[i]) + (slope[0] * dm) / m;
        if (f.inputs === 2) df += slope[1] * (dv / v - dm / m);
        weights.fill(0);
        f.addWeights(x, u, offsets[i], 1, weights);
        for (let q = offsets[i]; q < offsets[i] + f.coefficients; q++) df += weights[q] * du[q];
        out[statistic] -= scaleOf(row) * df;
      }
      solveC(out);
    },
    vjp(nu, u, seed, nuBar, uBar) {
      field(nu, u);
      a.set(seed);
      solveC(a);
      for (let i = 0; i < P; i++) for (let j = 0; j < P; j++) seeds[i * P + j] = -a[i] * F[j];
      family.covarianceVjp(nu, seeds, nuBar);
      let mBar = 0;
      let vBar = 0;
      for (const [i, row] of rows.entries()) {
        const { f, statistic, degree } = row;
        const x = points[f.inputs - 1];
        const slope = slopes[f.inputs - 1];
        const scale = scaleOf(row);
        const pull = -a[statistic] * scale;
        f.gradient(x, u, offsets[i], slope);
        vBar += (pull * (degree / 2) * f.value(x, u, offsets[i])) / v;
        mBar += (pull * slope[0]) / m;
        if (f.inputs === 2) {
          vBar += (pull * slope[1]) / v;
          mBar -= (pull * slope[1]) / m;
        }
        f.addWeights(x, u, offsets[i], pull, uBar);
      }
      bar.fill(0);
      bar[0] = mBar + (1 - 2 * m) * vBar;
      bar[1] = 2 * vBar;
      for (let k = 0; k < P; k++) nuBar[k] -= C[k] * bar[0] + C[P + k] * bar[1];
    },
  };
}

function checkRows(P: number, rows: readonly ClosureRow[]): void {
  const refuse = (problem: string): never => {
    throw new ArgumentError("closureRows", problem);
  };
  if (P < 2) refuse("needs a family of at least two interactions, which has mean and variance as coordinates");
  for (const [i, { statistic, f, degree, leading }] of rows.entries()) {
    if (!Number.isInteger(statistic) || statistic < 0 || statistic >= P)
      refuse(`rows[${i}].statistic must be an index from 0 to ${P - 1}, got ${statistic}`);
    if (rows.findIndex((row) => row.statistic === statistic) < i) refuse(`statistic ${statistic} is named twice`);
    if (f.inputs !== 1 && f.inputs !== 2) refuse(`rows[${i}].f must have one or two inputs, got ${f.inputs}`);
    if (!(degree > 0) || !Number.isFinite(leading))
      refuse(`rows[${i}] needs a positive degree and a finite leading coefficient, got ${degree} and ${leading}`);
  }
}

/** A row of the moment equations as a polynomial. */
export interface RowDegree {
  readonly statistic: number;
  /** Degree of Σ_r L_r φ_k in n. */
  readonly degree: number;
  /** Coefficient of n^degree. */
  readonly leading: number;
}

/**
 * Degrees of the drifts Σ_r L_r φ_k, from their finite differences at n = from, from + 1, …: which rows the family
 * closes (degree ≤ K) and which it does not.
 * @param drifts - One per reaction, rates included.
 * @param from - The first n where every propensity is its polynomial; 0 for mass action, higher on a bounded support.
 * @throws ArgumentError when a drift is no polynomial of degree ≤ 12: then no row is known to be closed.
 */
export function rowDegrees(drifts: readonly ReactionDrift[], from = 0): readonly RowDegree[] {
  const most = 12;
  const P = drifts[0]?.length ?? 0;
  return Array.from({ length: P }, (_, statistic) => {
    let values = Array.from({ length: most + 4 }, (__, i) =>
      drifts.reduce((sum, drift) => sum + drift[statistic](from + i), 0),
    );
    let size = Math.max(...values.map(Math.abs));
    let factorial = 1;
    for (let degree = 0; degree <= most; degree++) {
      const next = values.slice(1).map((value, i) => value - values[i]);
      size = Math.max(size, ...values.map(Math.abs));
      if (next.every((value) => Math.abs(value) <= 1e-9 * size))
        return { statistic, degree, leading: values[0] / factorial };
      values = next;
      factorial *= degree + 1;
    }
    throw new ArgumentError(
      "rowDegrees",
      `the drift of statistic ${statistic} is no polynomial of degree ${most} or less`,
    );
  });
}
