import { NumericalError } from "@dbd/numerics/errors";
import { exp, logPoissonMass } from "@dbd/numerics/special";
import { accumulate, type Chain, chainOf, flush, step } from "./chain.ts";
import type { StateSpace } from "./stateSpace.ts";

/** Poisson weights left … left + weights.length − 1; what is outside sums to less than the tail asked for. */
interface PoissonWeights {
  readonly left: number;
  readonly weights: Float64Array;
}

/**
 * Weights e^−λ λᵏ/k! from the mode outwards, scaled to sum to 1 (Fox & Glynn 1988, doi:10.1145/42404.42409; the bounds
 * come from the geometric series that dominates each tail).
 */
export function poissonWeights(lambda: number, tail: number): PoissonWeights {
  const mode = Math.floor(lambda);
  const peak = exp(logPoissonMass(mode, lambda));
  const up = [peak];
  for (let k = mode + 1, w = peak; ; k++) {
    w *= lambda / k;
    up.push(w);
    const ratio = lambda / (k + 1);
    if ((w * ratio) / (1 - ratio) < tail / 2) break;
  }
  const down: number[] = [];
  for (let k = mode, w = peak; k > 0; k--) {
    const ratio = k / lambda;
    if (ratio < 1 && (w * ratio) / (1 - ratio) < tail / 2) break;
    w *= ratio;
    down.push(w);
  }
  const weights = Float64Array.from([...down.toReversed(), ...up]);
  const sum = weights.reduce((total, w) => total + w, 0);
  return { left: mode - down.length, weights: weights.map((w) => w / sum) };
}

function distance(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += Math.abs(p[i] - q[i]);
  return sum;
}

/** More products than this for one interval mean that the problem is too stiff for this method. */
const mostProducts = 2e7;

export interface Propagation {
  /** Lower bounds of the probabilities at the end. */
  readonly p: Float64Array;
  /** Mass that left the box, and the method's own error. */
  readonly leaked: number;
  /** False when the allowance or the work was passed, and the rest was not computed; p is then where that was noticed. */
  readonly complete: boolean;
  /** States updated. */
  readonly work: number;
}

interface Buffers {
  readonly space: StateSpace;
  readonly chain: Chain;
  readonly one: Float64Array;
  readonly two: Float64Array;
}

/** Looks whether to go on only every so many products. */
const LOOK = 31;

function propagate(buffers: Buffers, p: Float64Array, span: Span): Propagation {
  const { space, chain } = buffers;
  const { dt, accuracy, allowance } = span;
  const { left, weights } = poissonWeights(chain.lambda * dt, accuracy / 2);
  const last = left + weights.length - 1;
  const out = new Float64Array(space.size);
  let current = buffers.one;
  let next = buffers.two;
  let remaining = 1;
  let leaked = 0;
  let gone = 0;
  current.set(p);
  for (let k = 0; ; k++) {
    if (k >= left) {
      const w = weights[k - left];
      accumulate(current, w, out);
      leaked += w * gone;
      remaining -= w;
    }
    if (k === last)
      return { p: out, leaked: leaked + accuracy / 2, complete: leaked <= allowance, work: k * space.size };
    gone += step(space, chain, current, next);
    const swap = current;
    current = next;
    next = swap;
    if ((k & LOOK) !== LOOK) continue;
    flush(current);
    const work = k * space.size;
    // What is gone now is gone at the end with the weight that remains.
    if (leaked + gone * Math.max(0, remaining) > allowance || work > span.work)
      return { p: current.slice(), leaked: gone, complete: false, work };
    // Steps of the chain contract, so no later state is further away than the number of steps times this one.
    const moved = distance(current, next) * (last - k);
    if (moved > accuracy / 4) continue;
    accumulate(current, remaining, out);
    return { p: out, leaked: leaked + remaining * gone + moved + accuracy / 2, complete: true, work };
  }
}

/** One interval of time. */
interface Span {
  readonly dt: number;
  /** Mass that the method itself may lose. */
  readonly accuracy: number;
  /** Gives up once more than this has left the box. */
  readonly allowance: number;
  /** Gives up after updating this many states. */
  readonly work: number;
}

/**
 * Makes the function that propagates the master equation on one state space (uniformisation: Jensen 1953; Grassmann
 * 1977, doi:10.1016/0305-0548(77)90007-7). Every term is positive, so nothing cancels, and what has left the box is a
 * sum of its own: the error bound of the finite state projection (Munsky & Khammash 2006, doi:10.1063/1.2145882).
 */
export function propagator(space: StateSpace): (p: Float64Array, span: Span) => Propagation {
  const chain = chainOf(space);
  const buffers: Buffers = { space, chain, one: new Float64Array(space.size), two: new Float64Array(space.size) };
  return (p, span) => {
    if (space.rate.length === 0 && chain.exits.length === 0) return { p, leaked: 0, complete: true, work: 0 }; // nothing moves
    const products = chain.lambda * span.dt;
    if (products < mostProducts) return propagate(buffers, p, span);
    throw new NumericalError("solveExact", `one interval needs ${products.toExponential(1)} products`, {}, stiffHint);
  };
}

const stiffHint =
  "Rates are too fast for the time span; shorten it, or remove the fast reactions (simulateEnsemble can run them)";
