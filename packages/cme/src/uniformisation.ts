import { NumericalError } from "@dbd/numerics/errors";
import { exp, logPoissonMass } from "@dbd/numerics/special";
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
  const weights = Float64Array.from([...down.reverse(), ...up]);
  const sum = weights.reduce((total, w) => total + w, 0);
  return { left: mode - down.length, weights: weights.map((w) => w / sum) };
}

/** The generator scaled by the largest exit rate Λ: one step of the uniformised chain is a product with it. */
interface Chain {
  readonly lambda: number;
  readonly stay: Float64Array;
  readonly move: Float64Array;
  readonly lost: Float64Array;
}

function chainOf(space: StateSpace): Chain {
  const lambda = space.exit.reduce((most, rate) => Math.max(most, rate), 0) || 1;
  return {
    lambda,
    stay: space.exit.map((rate) => 1 - rate / lambda),
    move: space.rate.map((rate) => rate / lambda),
    lost: space.leak.map((rate) => rate / lambda),
  };
}

/** out = Pᵀ p; returns the mass that leaves the box. Hot path. */
function step(space: StateSpace, chain: Chain, p: Float64Array, out: Float64Array): number {
  const { start, from } = space;
  const { stay, move, lost } = chain;
  let leaked = 0;
  for (let i = 0; i < p.length; i++) {
    let sum = stay[i] * p[i];
    for (let e = start[i]; e < start[i + 1]; e++) sum += move[e] * p[from[e]];
    out[i] = sum;
    leaked += lost[i] * p[i];
  }
  return leaked;
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
  /** False when the allowance was passed, and the rest was not computed; p is then where that was noticed. */
  readonly complete: boolean;
}

/**
 * Propagates the master equation on one state space (uniformisation: Jensen 1953; Grassmann 1977,
 * doi:10.1016/0305-0548(77)90007-7). Every term is positive, so nothing cancels, and what has left the box is a sum of
 * its own: the error bound of the finite state projection (Munsky & Khammash 2006, doi:10.1063/1.2145882).
 * @param accuracy - Mass that the method itself may lose.   @param allowance - Gives up beyond this leak.
 */
export function propagator(
  space: StateSpace,
): (p: Float64Array, dt: number, accuracy: number, allowance: number) => Propagation {
  const chain = chainOf(space);
  let current = new Float64Array(space.size);
  let next = new Float64Array(space.size);
  return (p, dt, accuracy, allowance) => {
    const mean = chain.lambda * dt;
    if (!(mean < mostProducts)) {
      throw new NumericalError(
        "solveExact",
        `one interval needs ${mean.toExponential(1)} matrix products`,
        {},
        stiffHint,
      );
    }
    const { left, weights } = poissonWeights(mean, accuracy / 2);
    const last = left + weights.length - 1;
    const out = new Float64Array(space.size);
    let remaining = 1;
    let out_ = 0;
    let gone = 0;
    current.set(p);
    for (let k = 0; ; k++) {
      const w = k < left ? 0 : weights[k - left];
      if (w > 0) {
        for (let i = 0; i < out.length; i++) out[i] += w * current[i];
        out_ += w * gone;
        remaining -= w;
      }
      if (k === last) return { p: out, leaked: out_ + accuracy / 2, complete: out_ <= allowance };
      gone += step(space, chain, current, next);
      [current, next] = [next, current];
      if ((k & 31) !== 31) continue;
      // What is gone now is gone at the end with the weight that remains.
      if (out_ + gone * Math.max(0, remaining) > allowance)
        return { p: current.slice(), leaked: gone, complete: false };
      // Steps of the chain contract, so no later state is further away than the number of steps times this one.
      const moved = distance(current, next) * (last - k);
      if (moved > accuracy / 4) continue;
      for (let i = 0; i < out.length; i++) out[i] += remaining * current[i];
      return { p: out, leaked: out_ + remaining * gone + moved + accuracy / 2, complete: true };
    }
  };
}

const stiffHint =
  "Rates are too fast for the time span; shorten it, or remove the fast reactions (simulateEnsemble can run them)";
