import { projectDistribution } from "@dbd/boltzmann";
import { ArgumentError, NumericalError, SourceError } from "@dbd/numerics/errors";
import type { Setup } from "./setup.ts";
import type { StartRequest } from "./starts.ts";
import type { Tables } from "./tables.ts";

/** What the awake phase knows of one start. NaN where the family has no member for the data. */
export interface AwakeData extends Tables {
  readonly request: StartRequest;
  /** ⟨φ⟩, shape [T, P]. */
  readonly moments: Float64Array;
  /** The constant that makes KL(p‖p̃) exact, Σ p log(p/q); for simulated data counted from the best member. Shape [T]. */
  readonly negEntropy: Float64Array;
  /** ν of the best member, shape [T, P], and its coordinates in the chart. */
  readonly nuBest: Float64Array;
  readonly path: Float64Array;
  /** KL of the best member, shape [T]; NaN for simulated data. */
  readonly floor: Float64Array;
  /** Mean and standard deviation of n, shape [T]. */
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  /** Start of the reduced model in the chart, shape [P]. */
  readonly y0: Float64Array;
}

/** Mean and variance of a table. */
export function meanAndVariance(p: Float64Array): readonly [mean: number, variance: number] {
  let mean = 0;
  for (let n = 0; n < p.length; n++) mean += n * p[n];
  let variance = 0;
  for (let n = 0; n < p.length; n++) variance += (n - mean) ** 2 * p[n];
  return [mean, variance];
}

/** Moments, entropy and projection on the family at every time. */
export function awakeData(setup: Setup, request: StartRequest, data: Tables): AwakeData {
  const { family, chart } = setup;
  const P = family.order;
  const T = data.tables.length;
  const moments = new Float64Array(T * P);
  const negEntropy = new Float64Array(T);
  const nuBest = new Float64Array(T * P).fill(Number.NaN);
  const path = new Float64Array(T * P).fill(Number.NaN);
  const floor = new Float64Array(T).fill(Number.NaN);
  const mean = new Float64Array(T);
  const sd = new Float64Array(T);
  const notes = [...data.notes];
  let previous: Float64Array | undefined;
  const tables = data.tables.map((p) => onSupport(p, family.support.max));
  for (const [t, p] of tables.entries()) {
    const [m, v] = meanAndVariance(p);
    mean[t] = m;
    sd[t] = Math.sqrt(v);
    writeMoments(family, p, moments.subarray(t * P, (t + 1) * P), negEntropy, t);
    try {
      const best = projectDistribution(family, p, previous === undefined ? {} : { start: previous });
      previous = best.nu;
      nuBest.set(best.nu, t * P);
      chart.fromNu(best.nu, path.subarray(t * P, (t + 1) * P));
      floor[t] = best.kl;
      if (!data.exact) negEntropy[t] = -crossEntropy(family, best.nu, moments.subarray(t * P, (t + 1) * P));
    } catch (error) {
      if (!(error instanceof ArgumentError || error instanceof NumericalError)) throw error;
      if (t === 0) throw noStart(setup, request, error);
      if (!notes.some((note) => note.startsWith("no member")))
        notes.push(`no member of the family fits ${request.label} at t = ${setup.grid.times[t]}: ${error.message}`);
    }
  }
  if (!data.exact) floor.fill(Number.NaN);
  const y0 = path.slice(0, P);
  if (request.law.kind === "family" && setup.grid.times[0] === 0) chart.fromNu(request.law.nu, y0);
  return { ...data, tables, notes, request, moments, negEntropy, nuBest, path, floor, mean, sd, y0 };
}

/** Probability beyond the family's support that is the solver's and not the law's. */
const NEGLIGIBLE = 1e-12;

/** The law without a negligible tail beyond the family's largest count; a larger one stays, and is refused by name. */
function onSupport(p: Float64Array, max: number): Float64Array {
  if (p.length <= max + 1) return p;
  const beyond = p.subarray(max + 1).reduce((sum, v) => sum + v, 0);
  return beyond > NEGLIGIBLE ? p : p.slice(0, max + 1).map((v) => v / (1 - beyond));
}

/** −⟨log p̃/q⟩ of data with these moments. */
function crossEntropy(family: Setup["family"], nu: Float64Array, moments: Float64Array): number {
  return nu.reduce((sum, v, k) => sum + v * moments[k], family.logZ(nu));
}

function writeMoments(
  family: Setup["family"],
  p: Float64Array,
  out: Float64Array,
  negEntropy: Float64Array,
  t: number,
): void {
  const phi = new Float64Array(out.length);
  let entropy = 0;
  for (let n = 0; n < p.length; n++) {
    if (!(p[n] > 0)) continue;
    family.statistics(n, phi);
    for (let k = 0; k < out.length; k++) out[k] += p[n] * phi[k];
    entropy += p[n] * (Math.log(p[n]) - family.logBase(n));
  }
  negEntropy[t] = entropy;
}

/** A start outside the family: at time 0 (a fixed count) the way out is to begin later. */
function noStart({ experiment, grid }: Setup, { path, label }: StartRequest, cause: Error): SourceError {
  const at = grid.times[0];
  return new SourceError(
    experiment.place(path),
    `found ${label}, which no ν represents at t = ${at} (${cause.message}); expected a distribution of the family there`,
    {
      cause,
      hint:
        at === 0
          ? "Let times start at some t₁ > 0, for example times.start: 0.02: the model then starts from the projection at t₁"
          : `Start later than t = ${at}, or take another family.order or family.base`,
    },
  );
}
