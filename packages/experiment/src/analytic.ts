import { statisticDrifts } from "@dbd/cme";
import { projected } from "@dbd/learn";
import { ArgumentError } from "@dbd/numerics/errors";
import type { Dynamics } from "@dbd/ode";
import type { Setup } from "./setup.ts";

/** The projected field of a network, dν/dt = −C⁻¹⟨Lφ⟩, with coefficients 1. */
export interface AnalyticField {
  /** In ν. */
  readonly dynamics: Dynamics;
  readonly u: Float64Array;
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
    return { dynamics: projected(family, reactions), u: new Float64Array(R).fill(1) };
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
