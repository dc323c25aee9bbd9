import { projectMoments, type Chart, type SpeciesDistribution, type SpeciesFamily } from "@dbd/boltzmann";
import { ArgumentError } from "@dbd/numerics/errors";
import { solve } from "@dbd/numerics/dense";
import type { SpeciesDrift } from "./dynamics/projected/index.ts";
import type { ProjectedStart } from "./starts.ts";

/**
 * As `startFromMoments` for several species: from moments alone, projected time by time.
 * @param awake - ⟨φ⟩ at every time, shape [T, P].
 * @throws ArgumentError on a wrong length; NumericalError where no member of the family has the moments.
 */
export function speciesStartFromMoments(
  family: SpeciesFamily,
  chart: Chart,
  { label, awake }: { readonly label: string; readonly awake: Float64Array },
): ProjectedStart {
  const P = family.labels.length;
  const T = awake.length / P;
  if (!Number.isInteger(T) || T === 0)
    throw new ArgumentError("speciesStartFromMoments", `awake must have length T·${P} ([T, P]), got ${awake.length}`);
  const nu = new Float64Array(T * P);
  const path = new Float64Array(T * P);
  let last: Float64Array | undefined;
  for (let t = 0; t < T; t++) {
    const options = last === undefined || family.normalisable(last) !== undefined ? {} : { start: last };
    last = projectMoments(family, awake.slice(t * P, (t + 1) * P), options).nu;
    nu.set(last, t * P);
    chart.fromNu(last, path.subarray(t * P, (t + 1) * P));
  }
  return { label, awake, nu, path, y0: path.slice(0, P) };
}

/**
 * As `startFromDistributions` for several species: with Σ p log(p/q), the floor and, from the drifts, the exact tangent
 * of the path (docs/theory.md, eq. (14)).
 * @param distributions - States [N, S] and probabilities [N] at every time; each is normalised here.
 */
export function speciesStartFromDistributions(
  family: SpeciesFamily,
  chart: Chart,
  {
    label,
    distributions,
    drifts,
  }: {
    readonly label: string;
    readonly distributions: readonly SpeciesDistribution[];
    readonly drifts?: readonly SpeciesDrift[];
  },
): ProjectedStart {
  const P = family.labels.length;
  const S = family.species.length;
  const T = distributions.length;
  const awake = new Float64Array(T * P);
  const negEntropy = new Float64Array(T);
  const rates = new Float64Array(T * P); // d⟨φ⟩/dt
  const phi = new Float64Array(P);
  const drift = new Float64Array(P);
  const normalised = distributions.map((law, t) => checked(label, law, t, S));
  for (const [t, { states, probability }] of normalised.entries())
    for (let i = 0; i < probability.length; i++) {
      const w = probability[i];
      if (w === 0) continue;
      const n = states.subarray(i * S, (i + 1) * S);
      family.evaluate(n, phi);
      for (let k = 0; k < P; k++) awake[t * P + k] += w * phi[k];
      negEntropy[t] += w * (Math.log(w) - family.logBase(n));
      for (const one of drifts ?? []) {
        one(n, drift);
        for (let k = 0; k < P; k++) rates[t * P + k] += w * drift[k];
      }
    }
  const start = speciesStartFromMoments(family, chart, { label, awake });
  const floor = Float64Array.from(normalised, (law, t) => family.divergence(law, start.nu.slice(t * P, (t + 1) * P)));
  const whole = { ...start, negEntropy, floor };
  return drifts === undefined ? whole : { ...whole, tangent: tangentOf(family, chart, start, rates) };
}

function checked(
  label: string,
  { states, probability }: SpeciesDistribution,
  t: number,
  S: number,
): SpeciesDistribution {
  const where = "speciesStartFromDistributions";
  const place = `${label}, time ${t}`;
  if (states.length !== probability.length * S)
    throw new ArgumentError(where, `${place}: states must hold ${probability.length} rows of ${S} counts`);
  const bad = probability.findIndex((p) => !(p >= 0 && p < Infinity));
  if (bad >= 0)
    throw new ArgumentError(where, `${place}: probability ${bad} is ${probability[bad]}; expected a number ≥ 0`);
  const mass = probability.reduce((a, b) => a + b, 0);
  if (mass === 0) throw new ArgumentError(where, `${place}: all probabilities are 0`);
  return { states, probability: probability.map((p) => p / mass) };
}

/** dy/dt [T, P] from −C ∂ν/∂y dy/dt = d⟨φ⟩/dt. */
function tangentOf(
  family: SpeciesFamily,
  chart: Chart,
  { nu, path }: Pick<ProjectedStart, "nu" | "path">,
  rates: Float64Array,
): Float64Array {
  const P = family.labels.length;
  const out = new Float64Array(path.length);
  const C = new Float64Array(P * P);
  const unit = new Float64Array(P);
  const column = new Float64Array(P);
  for (let t = 0; t < path.length; t += P) {
    family.covariance(nu.slice(t, t + P), C);
    const A = new Float64Array(P * P);
    for (let j = 0; j < P; j++) {
      unit.fill(0);
      unit[j] = 1;
      chart.jvp(path.subarray(t, t + P), unit, column);
      for (let i = 0; i < P; i++) for (let k = 0; k < P; k++) A[i * P + j] -= C[i * P + k] * column[k];
    }
    const y = rates.slice(t, t + P);
    if (!solve(A, P, y)) y.fill(Number.NaN);
    out.set(y, t);
  }
  return out;
}
