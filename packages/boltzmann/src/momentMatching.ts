import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import type { CountsFamily } from "./families/counts.ts";
import { subscript } from "./normalisable.ts";
import { type OrthonormalPolynomials, orthonormalPolynomials } from "./polynomials.ts";

/** The member of a family with given moments. */
export interface Projection {
  readonly nu: Float64Array;
  /** Newton steps taken. */
  readonly iterations: number;
  /** What is left of the moment error, in standard deviations of p̃ (Fisher norm). KL in excess is half its square. */
  readonly residual: number;
}

/** Writes ⟨ψ⟩ of the target to out [K] and returns how large its rounding error may be. */
export type Target = (basis: OrthonormalPolynomials, model: Float64Array, out: Float64Array) => number;

const EDGE = 1e-9; // a pull beyond ν_K = 0 of less than this is rounding
const ITERATIONS = 300;

const ROUNDED = 1e-6; // a search that cannot go on below this has met rounding, not a wall

interface Search {
  readonly family: CountsFamily;
  readonly where: string;
  readonly nu: Float64Array;
  readonly trial: Float64Array;
  readonly step: Float64Array;
  readonly model: Float64Array;
  /** ⟨ψ⟩ of the target: minus the gradient, and the Newton step, in the basis whose Hessian is 1. */
  readonly gap: Float64Array;
  readonly move: Float64Array;
  /** The polynomials of p̃ at ν, where they are known. */
  basis: OrthonormalPolynomials | undefined;
  /** How many of the highest coefficients are held at zero, on the edge of what is normalisable. */
  held: number;
}

function createSearch(where: string, family: CountsFamily, start: Float64Array): Search {
  const vector = (): Float64Array => new Float64Array(family.order);
  const [trial, step, model, gap, move] = [vector(), vector(), vector(), vector(), vector()];
  return { family, where, nu: start.slice(), trial, step, model, gap, move, basis: undefined, held: 0 };
}

/** True where ν_order must not be negative. */
const mustBePositive = (family: CountsFamily, order: number): boolean =>
  family.support.max === Infinity && order > Math.max(0, family.base.dominates);

function logZOrInfinity(family: CountsFamily, nu: Float64Array): number {
  if (family.normalisable(nu) !== undefined) return Infinity;
  try {
    return family.logZ(nu);
  } catch (error) {
    if (error instanceof ArgumentError) return Infinity; // too broad to sum: a step too far
    throw error;
  }
}

function basisAt(family: CountsFamily, nu: Float64Array): OrthonormalPolynomials | undefined {
  const p = family.distribution(nu);
  return orthonormalPolynomials(p, family.order);
}

/**
 * Backtracks along `step` until log Z + ν·m falls (Armijo) and p̃ still spreads over more than K counts; false when nothing
 * helps.
 */
function advance(s: Search, slope: number): boolean {
  const { family, nu, trial, step, model } = s;
  const K = nu.length;
  const logZ = family.logZ(nu);
  let linear = 0;
  let size = 1 + Math.abs(logZ);
  for (let k = 0; k < K; k++) {
    linear += step[k] * model[k];
    size += Math.abs(step[k] * model[k]);
  }
  for (let fraction = 1; fraction > 1e-18; fraction /= 2) {
    for (let k = 0; k < K; k++) trial[k] = nu[k] + fraction * step[k];
    const fall = logZOrInfinity(family, trial) - logZ + fraction * (linear - slope);
    if (!(fall <= -1e-4 * fraction * slope + 4e-15 * size)) continue;
    s.basis = basisAt(family, trial);
    if (s.basis === undefined) continue;
    nu.set(trial);
    return true;
  }
  return false;
}

/** Whether ν stays normalisable with coefficient number `order`, now the highest that is not zero, set to zero. */
function canHold(s: Search, order: number): boolean {
  s.trial.set(s.nu);
  s.trial[order - 1] = 0;
  return s.family.normalisable(s.trial) === undefined;
}

/**
 * Newton's step is move = gap in the orthonormal basis. The highest free coefficient depends on the last move alone, so
 * where it must stay positive that move is shortened to keep a tenth of it; once nothing else is left to do and it no
 * longer matters, it is held at zero instead. Returns false when ν was changed that way and must be evaluated again.
 */
function chooseMoves(s: Search, basis: OrthonormalPolynomials): boolean {
  const { gap, move, nu, family } = s;
  const K = gap.length;
  if (s.held > 0 && gap[K - 1] < -EDGE) s.held = 0; // it wants back inside
  const free = K - s.held;
  move.set(gap);
  move.fill(0, free);
  if (!mustBePositive(family, free)) return true;
  const scale = basis.map[(free - 1) * (K + 1)];
  if (nu[free - 1] > scale * gap[free - 1]) return true;
  move[free - 1] = (0.9 * nu[free - 1]) / scale;
  let rest = 0;
  for (let j = 0; j < free - 1; j++) rest = Math.max(rest, Math.abs(gap[j]));
  if (rest > 1e-4 || move[free - 1] > 1e-7 || !canHold(s, free)) return true;
  nu[free - 1] = 0;
  s.held++;
  return false;
}

/** Writes step = −mapᵀ move and returns the slope move·gap. */
function newtonStep(s: Search, basis: OrthonormalPolynomials): number {
  const { gap, move, step } = s;
  const K = gap.length;
  let slope = 0;
  step.fill(0);
  for (let j = 0; j < K; j++) {
    slope += move[j] * gap[j];
    for (let k = 0; k <= j; k++) step[k] -= basis.map[j * K + k] * move[j];
  }
  return slope;
}

/**
 * A start on the edge ν_K = 0 of a constrained family: with K = 2 it stays there until the gap pulls it inside, else it is
 * moved inside by a little ψ_K, so little that p̃ hardly changes. False: evaluate again.
 */
function leaveEdge(s: Search, basis: OrthonormalPolynomials): boolean {
  const { nu, trial, model, family } = s;
  const K = nu.length;
  if (nu[K - 1] !== 0 || !mustBePositive(family, K)) return true;
  if (K === 2) {
    s.held = 1;
    return true;
  }
  const logZ = family.logZ(nu);
  // At small means ψ_K is large at n = K: a shift of ν_K by more than ½ would empty that count.
  for (let amount = Math.min(0.01, 0.5 / basis.map[K * K - 1]); amount > 1e-12; amount /= 4) {
    let rise = -logZ;
    for (let k = 0; k < K; k++) {
      const step = amount * basis.map[(K - 1) * K + k];
      trial[k] = nu[k] + step;
      rise += step * model[k];
    }
    if (rise + logZOrInfinity(family, trial) > amount * amount) continue; // amount²/2 where p̃ hardly changes
    nu.set(trial);
    return false;
  }
  return true;
}

/** Length of the gap in the coefficients that are free. */
function residualOf(s: Search): number {
  let square = 0;
  for (let j = 0; j < s.gap.length - s.held; j++) square += s.gap[j] * s.gap[j];
  return Math.sqrt(square);
}

function refuseEdge(s: Search): void {
  const K = s.nu.length;
  let pull = 0;
  for (let j = K - s.held; j < K; j++) pull = Math.max(pull, Math.abs(s.gap[j]));
  if (s.held === 0 || pull <= EDGE) return;
  const { base } = s.family;
  const name = subscript(K - s.held + 1);
  const variance = K === 2 ? ` (the variance is above the ${base.name} base's largest for this mean)` : "";
  throw new ArgumentError(
    s.where,
    `these moments ask for a negative ν${name}, and no such distribution exists on 0…∞${variance}`,
    {
      hint: "Try a finite support (max, or the base binomial(N)), another base measure, or one interaction more or less",
    },
  );
}

function fail(s: Search, iteration: number, residual: number): never {
  throw new NumericalError(
    s.where,
    `moment matching stopped at residual ${residual.toExponential(2)} after ${iteration} steps`,
    { nu: [...s.nu], iteration },
    "The moments are probably at the edge of what counts can have (too few counts carry mass), or mass would escape to " +
      "infinity: project at a later time, use fewer interactions, or a finite support",
  );
}

/**
 * Damped Newton on the convex log Z(ν) + ν·m. Each step works in the polynomials that are orthonormal under the present
 * p̃, where the Hessian is the unit matrix, so that K = 6 at hundreds of copies is as easy as K = 1.
 */
export function matchMoments(
  where: string,
  family: CountsFamily,
  start: Float64Array,
  target: Target,
  tol: number,
): Projection {
  const s = createSearch(where, family, start);
  let best = { nu: s.nu.slice(), iterations: 0, residual: Infinity };
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const basis = s.basis ?? basisAt(family, s.nu);
    if (basis === undefined) fail(s, iteration, best.residual);
    s.basis = undefined;
    family.asleepMoments(s.nu, null, s.model);
    let rounding = target(basis, s.model, s.gap);
    for (let k = 0; k < s.nu.length; k++) rounding += Number.EPSILON * Math.abs(s.nu[k] * s.model[k]);
    const residual = residualOf(s);
    if (residual < best.residual) best = { nu: s.nu.slice(), iterations: iteration, residual };
    const stalled = iteration - best.iterations >= 6 && best.residual < ROUNDED;
    if (residual <= Math.max(tol, 4 * rounding) || stalled) {
      refuseEdge(s);
      return best;
    }
    if (iteration === 0 && !leaveEdge(s, basis)) continue;
    if (!chooseMoves(s, basis)) {
      best.residual = Infinity; // fewer coefficients are free: judge anew
      continue;
    }
    if (advance(s, newtonStep(s, basis))) continue;
    if (residual > ROUNDED) fail(s, iteration, residual);
    return best;
  }
  return fail(s, ITERATIONS, best.residual);
}
