import { project, projectDistribution, type Chart, type CountsFamily } from "@dbd/boltzmann";
import { ArgumentError } from "@dbd/numerics/errors";
import { solve } from "@dbd/numerics/dense";
import type { ReactionDrift } from "./dynamics/projected/index.ts";
import type { Start } from "./problem.ts";

/** A start with the data's own path through the family. */
export interface ProjectedStart extends Start {
  /**
   * Projections of the data in chart coordinates, shape [T, P]: the path that a perfect F follows; y0 is its first row.
   */
  readonly path: Float64Array;
  /** The same in natural parameters, shape [T, P]. */
  readonly nu: Float64Array;
  /** KL from the data to their projection, shape [T]: no F can do better. Only with whole distributions. */
  readonly floor?: Float64Array;
  /** dy/dt along the path, shape [T, P]: exact, from d⟨φ⟩/dt of the data. Only with whole distributions and drifts. */
  readonly tangent?: Float64Array;
}

/** Runs `at` over the times with the previous projection as the next start, and maps the path to the chart. */
function follow(
  family: CountsFamily,
  chart: Chart,
  T: number,
  at: (t: number, options: { start?: Float64Array }) => Float64Array,
): Pick<ProjectedStart, "path" | "nu" | "y0"> {
  const P = family.order;
  const nu = new Float64Array(T * P);
  const path = new Float64Array(T * P);
  let last: Float64Array | undefined;
  for (let t = 0; t < T; t++) {
    last = at(t, last !== undefined && family.normalisable(last) === undefined ? { start: last } : {});
    nu.set(last, t * P);
    chart.fromNu(last, path.subarray(t * P, (t + 1) * P));
  }
  return { path, nu, y0: path.slice(0, P) };
}

/**
 * A start from known distributions p(n, t): awake moments, Σ p log(p/q) (so that S is exact), projected path and floor.
 * The model starts from the projection at the first time.
 * @param distributions - p(n) for n = 0, 1, … at every time, [T]; each is normalised here.
 * @param drifts - The reactions that drive them, rates included: the path then has its exact tangent,
 * dν/dt = −C⁻¹ Σ_r ⟨L_r φ⟩_p, because the projection keeps the moments (docs/theory.md, eq. (14)).
 * @throws ArgumentError where a distribution has no projection (a fixed start at t = 0): begin at a later time.
 */
export function startFromDistributions(
  family: CountsFamily,
  chart: Chart,
  {
    label,
    distributions,
    drifts,
  }: {
    readonly label: string;
    readonly distributions: readonly Float64Array[];
    readonly drifts?: readonly ReactionDrift[];
  },
): ProjectedStart {
  const P = family.order;
  const T = distributions.length;
  if (T === 0) throw new ArgumentError("startFromDistributions", "there are no distributions");
  checkDistributions(label, distributions);
  const awake = new Float64Array(T * P);
  const negEntropy = new Float64Array(T);
  const floor = new Float64Array(T);
  const phi = new Float64Array(P);
  const way = follow(family, chart, T, (t, options) => {
    const p = distributions[t];
    const mass = p.reduce((a, b) => a + b, 0);
    for (let n = 0; n < p.length; n++) {
      if (p[n] === 0) continue;
      const w = p[n] / mass;
      family.statistics(n, phi);
      for (let k = 0; k < P; k++) awake[t * P + k] += w * phi[k];
      negEntropy[t] += w * (Math.log(w) - family.logBase(n));
    }
    const projection = projectDistribution(family, p, options);
    floor[t] = projection.kl;
    return projection.nu;
  });
  const tangent = drifts === undefined ? {} : { tangent: tangentOf(family, chart, way, distributions, drifts) };
  return { label, awake, negEntropy, floor, ...way, ...tangent };
}

function checkDistributions(label: string, distributions: readonly Float64Array[]): void {
  for (const [t, p] of distributions.entries()) {
    const bad = p.findIndex((v) => !(v >= 0 && v < Infinity));
    if (bad >= 0)
      throw new ArgumentError(
        "startFromDistributions",
        `${label}: p(${bad}) at time ${t} is ${p[bad]}; expected a probability`,
        { hint: "Rounding below 0 may be set to 0; NaN says that the solution broke down" },
      );
    if (p.every((v) => v === 0))
      throw new ArgumentError("startFromDistributions", `${label}: all probabilities at time ${t} are 0`);
  }
}

/** dy/dt [T, P] of a projected path whose data obey d⟨φ⟩/dt = Σ_r ⟨L_r φ⟩_p. */
function tangentOf(
  family: CountsFamily,
  chart: Chart,
  { path, nu }: Pick<ProjectedStart, "path" | "nu">,
  distributions: readonly Float64Array[],
  drifts: readonly ReactionDrift[],
): Float64Array {
  const P = family.order;
  const out = new Float64Array(path.length);
  const C = new Float64Array(P * P);
  const unit = new Float64Array(P);
  const column = new Float64Array(P);
  for (const [t, p] of distributions.entries()) {
    const mass = p.reduce((a, b) => a + b, 0);
    const rate = new Float64Array(P);
    for (let n = 0; n < p.length; n++)
      if (p[n] !== 0) for (const drift of drifts) for (let k = 0; k < P; k++) rate[k] -= (p[n] / mass) * drift[k](n);
    family.covariance(nu.subarray(t * P, (t + 1) * P), C);
    const y = path.subarray(t * P, (t + 1) * P);
    const A = new Float64Array(P * P); // C ∂ν/∂y, so that A dy/dt = −d⟨φ⟩/dt
    for (let j = 0; j < P; j++) {
      unit.fill(0);
      unit[j] = 1;
      chart.jvp(y, unit, column);
      for (let i = 0; i < P; i++) for (let k = 0; k < P; k++) A[i * P + j] += C[i * P + k] * column[k];
    }
    if (!solve(A, P, rate)) rate.fill(Number.NaN);
    out.set(rate, t * P);
  }
  return out;
}

/**
 * A start from moments alone (of a sample, say). S then lacks the entropy of the data: a constant that no F changes.
 * @param awake - ⟨φ⟩ at every time, shape [T, P].
 * @throws ArgumentError where no member of the family has the moments.
 */
export function startFromMoments(
  family: CountsFamily,
  chart: Chart,
  { label, awake }: { readonly label: string; readonly awake: Float64Array },
): ProjectedStart {
  const P = family.order;
  const T = awake.length / P;
  if (!Number.isInteger(T) || T === 0)
    throw new ArgumentError("startFromMoments", `awake must have length T·${P} ([T, P]), got ${awake.length}`);
  const way = follow(family, chart, T, (t, options) => project(family, awake.slice(t * P, (t + 1) * P), options).nu);
  return { label, awake, ...way };
}

/** A box around paths, one axis per component: what a grid for F must cover. */
export function boxAround(
  paths: readonly Float64Array[],
  nodes: readonly number[],
  padding = 0.1,
): readonly { readonly start: number; readonly end: number; readonly nodes: number }[] {
  const P = nodes.length;
  return nodes.map((count, k) => {
    let low = Infinity;
    let high = -Infinity;
    for (const path of paths)
      for (let i = k; i < path.length; i += P) {
        low = Math.min(low, path[i]);
        high = Math.max(high, path[i]);
      }
    const margin = Math.max(padding * (high - low), 1e-6 * (1 + Math.abs(low))); // a constant component still needs a cell
    return { start: low - margin, end: high + margin, nodes: count };
  });
}
