import { statisticDrifts } from "@dbd/cme";
import { projected, type ReactionDrift } from "@dbd/learn";
import { solve } from "@dbd/numerics/dense";
import { ArgumentError } from "@dbd/numerics/errors";
import type { Dynamics } from "@dbd/ode";
import type { AwakeData } from "./awake.ts";
import type { Setup } from "./setup.ts";

/** The projected field of a network, dν/dt = −C⁻¹⟨Lφ⟩, with coefficients 1. */
export interface AnalyticField {
  /** In ν. */
  readonly dynamics: Dynamics;
  readonly u: Float64Array;
  /** L_r φ_k as functions of n, rates included, [R][P]. */
  readonly drifts: readonly ReactionDrift[];
}

/** The analytic F, or undefined when the species depends on others that move: then ⟨Lφ⟩ is not a function of ν. */
export function analyticField({ network, species, family }: Setup): AnalyticField | undefined {
  try {
    const phi = new Float64Array(family.order);
    const statistic = (k: number) => (n: number) => {
      family.statistics(n, phi);
      return phi[k];
    };
    const perStatistic = phi.map((_, k) => k);
    const drifts = [...perStatistic].map((k) => statisticDrifts(network, statistic(k), species));
    const R = network.reactions.length;
    const reactions = Array.from({ length: R }, (_, r) => drifts.map((drift) => drift[r]));
    return { dynamics: projected(family, reactions), u: new Float64Array(R).fill(1), drifts: reactions };
  } catch (error) {
    if (error instanceof ArgumentError) return undefined;
    throw error;
  }
}

/**
 * The analytic F in chart coordinates at y: (∂ν/∂y)⁻¹ F(ν(y)). Writes NaN where the family has no member or the chart
 * no inverse.
 */
export function analyticInChart(
  setup: Setup,
  { dynamics, u }: AnalyticField,
  y: Float64Array,
  out: Float64Array,
): void {
  const P = y.length;
  const nu = new Float64Array(P);
  try {
    setup.chart.toNu(y, nu);
    if (setup.family.normalisable(nu) !== undefined) throw new RangeError();
    dynamics.evaluate(nu, u, out);
    solveJacobian(setup, y, out);
  } catch {
    out.fill(Number.NaN);
  }
}

/**
 * dy/dt along the projected path of the data, shape [T, P], without differences in time: the projection keeps the moments,
 * so −C dν/dt = d⟨φ⟩/dt = Σ_r ⟨L_r φ⟩_p.
 */
export function exactTangents(
  setup: Setup,
  { drifts }: AnalyticField,
  { tables, nuBest, path }: Pick<AwakeData, "tables" | "nuBest" | "path">,
): Float64Array {
  const P = setup.family.order;
  const out = new Float64Array(path.length);
  const C = new Float64Array(P * P);
  for (const [t, p] of tables.entries()) {
    const rate = out.subarray(t * P, (t + 1) * P);
    for (let n = 0; n < p.length; n++)
      if (p[n] !== 0) for (const drift of drifts) for (let k = 0; k < P; k++) rate[k] -= p[n] * drift[k](n);
    setup.family.covariance(nuBest.subarray(t * P, (t + 1) * P), C);
    if (!solve(C.slice(), P, rate)) rate.fill(Number.NaN);
    solveJacobian(setup, path.slice(t * P, (t + 1) * P), rate);
  }
  return out;
}

/** out = (∂ν/∂y)⁻¹ out by elimination with pivots; P is small. */
function solveJacobian({ chart }: Setup, y: Float64Array, out: Float64Array): void {
  const P = y.length;
  const rows = Array.from({ length: P }, (_, k) => [...new Float64Array(P), out[k]]);
  const unit = new Float64Array(P);
  const column = new Float64Array(P);
  for (let j = 0; j < P; j++) {
    unit.fill(0);
    unit[j] = 1;
    chart.jvp(y, unit, column);
    for (let k = 0; k < P; k++) rows[k][j] = column[k];
  }
  for (let j = 0; j < P; j++) {
    let pivot = j;
    for (let k = j + 1; k < P; k++) if (Math.abs(rows[k][j]) > Math.abs(rows[pivot][j])) pivot = k;
    [rows[j], rows[pivot]] = [rows[pivot], rows[j]];
    for (let k = 0; k < P; k++) {
      if (k === j) continue;
      const factor = rows[k][j] / rows[j][j];
      for (let c = j; c <= P; c++) rows[k][c] -= factor * rows[j][c];
    }
  }
  for (let k = 0; k < P; k++) out[k] = rows[k][P] / rows[k][k];
}
