import { ArgumentError } from "@dbd/numerics/errors";
import type { RandomSource } from "@dbd/numerics/random/source";
import { exp } from "@dbd/numerics/special";
import {
  addFields,
  addStatistics,
  type Bipartite,
  bipartite,
  type BipartiteOptions,
  hiddenSide,
  type Side,
  visibleSide,
  writeBias,
} from "../bipartite.ts";
import { decodeState, stateCount } from "../enumeration.ts";
import type { BoltzmannFamily, ExactFamily } from "../family.ts";
import { checkStates, unitsOf } from "../layers/layer.ts";
import {
  addThirdCumulants,
  fisherMatrix,
  joint,
  logWeights,
  subtractConditionalCovariance,
  sumSide,
} from "./rbmSums.ts";

/**
 * A restricted Boltzmann machine on any bipartite graph, with any layers and tying:
 *
 *     p̃(v, h; ν) = q(v) q(h) exp(Σ a v + Σ b h + Σ W v h)/Z,   ν = (a, b, W),
 *
 * that is, φ = −Σ v, −Σ h, −Σ v h summed over all that share a coefficient, so biases and weights keep their usual signs
 * and the family's sign rule holds. Data are visible configurations, shape [rows, V]; the awake phase averages the hidden
 * units exactly. Sums are exact while one side has at most 2²⁰ states (20 binary units); beyond, see `ais` and chains.
 * Smolensky 1986; Hinton 2002, doi:10.1162/089976602760128018.
 */
export interface Rbm extends BoltzmannFamily, ExactFamily {
  readonly graph: Bipartite;
  /** −log Σ_h of the weight of one visible configuration v [V]. */
  freeEnergy(nu: Float64Array, v: Float64Array): number;
  /** Energy −Σ a v − Σ b h − Σ W v h of one joint configuration. */
  energy(nu: Float64Array, v: Float64Array, h: Float64Array): number;
  /** ⟨h⟩ given v [V]. Writes out [H]. */
  hiddenMean(nu: Float64Array, v: Float64Array, out: Float64Array): void;
  /** ⟨v⟩ given h [H]. Writes out [V]. */
  visibleMean(nu: Float64Array, h: Float64Array, out: Float64Array): void;
  /** log Z by summing over the states of one side, whichever you say. */
  logZOver(nu: Float64Array, side: "visible" | "hidden"): number;
  /** Mean over rows of log p̃(v), in nats. Its gradient in ν is asleep − awake moments. */
  logLikelihood(nu: Float64Array, data: Float64Array): number;
  /**
   * Hessian of −logLikelihood (of KL, with p the data) in ν: C minus the mean over rows of Cov(φ, φ | v). With nothing
   * hidden it would be C, and convex; here it need not be positive. Writes out [P, P].
   */
  hessian(nu: Float64Array, data: Float64Array, out: Float64Array): void;
  /**
   * Fisher matrix of the visible law p̃(v): the covariance of ⟨φ | v⟩, the metric of natural-gradient learning. Needs at
   * most 2²⁰ visible states. Writes out [P, P].
   */
  fisher(nu: Float64Array, out: Float64Array): void;
  /** Exact ⟨v⟩ [V] and ⟨h⟩ [H]. */
  marginals(nu: Float64Array): { readonly visible: Float64Array; readonly hidden: Float64Array };
  /** Fills visible [count, V] and hidden [count, H] with independent exact draws. */
  draw(nu: Float64Array, count: number, random: RandomSource, visible: Float64Array, hidden: Float64Array): void;
  /** As `draw`, one in each of `count` slices of equal probability of the summed side: for means, never in that order. */
  drawStratified(
    nu: Float64Array,
    count: number,
    random: RandomSource,
    visible: Float64Array,
    hidden: Float64Array,
  ): void;
}

const MOST_STATES = 2 ** 20;

function checkNu(g: Bipartite, nu: Float64Array): void {
  if (nu.length === g.labels.length && nu.every(Number.isFinite)) return;
  const got = nu.length === g.labels.length ? "one that is not" : `${nu.length}`;
  throw new ArgumentError("rbm", `nu must be ${g.labels.length} finite numbers (biases, then weights), got ${got}`);
}

/** The side to sum over and the other one. */
function cheaperSides(g: Bipartite): [Side, Side] {
  const [visible, hidden] = [stateCount(g.visible), stateCount(g.hidden)];
  if (Math.min(visible, hidden) > MOST_STATES)
    throw new ArgumentError("rbm", `exact sums need a side with at most 2^20 states (${visible} and ${hidden} here)`, {
      hint: "Use ais for log Z and chains for moments",
    });
  return visible <= hidden ? [visibleSide(g), hiddenSide(g)] : [hiddenSide(g), visibleSide(g)];
}

function freeEnergyOf(g: Bipartite, nu: Float64Array, v: Float64Array): number {
  const bias = new Float64Array(g.visible.size);
  writeBias(visibleSide(g), nu, bias);
  let linear = 0;
  for (let i = 0; i < bias.length; i++) linear += bias[i] * v[i];
  const field = new Float64Array(g.hidden.size);
  writeBias(hiddenSide(g), nu, field);
  addFields(g.byVisible, nu, v, 0, field, 0);
  return -linear - g.hidden.logPartition(field, 0);
}

function meanGiven(from: Side, to: Side, nu: Float64Array, x: Float64Array, out: Float64Array): void {
  writeBias(to, nu, out);
  addFields(from.rows, nu, x, 0, out, 0);
  to.layer.mean(out, 0, out);
}

function addAwake(g: Bipartite, nu: Float64Array, data: Float64Array, out: Float64Array): void {
  const V = g.visible.size;
  const h = new Float64Array(g.hidden.size);
  const rows = data.length / V;
  for (let r = 0; r < rows; r++) {
    const v = data.subarray(r * V, (r + 1) * V);
    meanGiven(visibleSide(g), hiddenSide(g), nu, v, h);
    addStatistics(g, v, 0, h, 0, 1 / rows, out);
  }
}

/** Running sums of the weights of one side's states, kept for the last ν. */
type Cumulative = { readonly nu: Float64Array; readonly sums: Float64Array };

function cumulate(over: Side, other: Side, nu: Float64Array): Cumulative {
  const sums = logWeights(over, other, nu);
  const top = sums.reduce((a, b) => Math.max(a, b), -Infinity);
  let total = 0;
  for (let s = 0; s < sums.length; s++) {
    total += exp(sums[s] - top);
    sums[s] = total;
  }
  return { nu: nu.slice(), sums };
}

/** The first state whose running sum exceeds `at`. */
function find(sums: Float64Array, at: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Draws by `count` places in [0, 1). */
function drawAt(
  g: Bipartite,
  { nu, sums }: Cumulative,
  place: (c: number) => number,
  [count, random]: readonly [number, RandomSource],
  [visible, hidden]: readonly [Float64Array, Float64Array],
): void {
  const [over, other] = cheaperSides(g);
  const total = sums[sums.length - 1];
  const [x, y] = over.layer === g.visible ? [visible, hidden] : [hidden, visible];
  const [X, Y] = [over.layer.size, other.layer.size];
  for (let c = 0; c < count; c++) {
    decodeState(over.layer, find(sums, place(c) * total), x, c * X);
    writeBias(other, nu, y, c * Y);
    addFields(over.rows, nu, x, c * X, y, c * Y);
    other.layer.sample(y, c * Y, random, y);
  }
}

function supportOf(g: Bipartite): { min: number; max: number } {
  const values = new Set(unitsOf(g.visible).flatMap((unit) => unit.states?.flat() ?? [-Infinity, Infinity]));
  return { min: Math.min(...values), max: Math.max(...values) };
}

/** The machine of a graph; exact wherever one side can be summed over. See Rbm. */
export function rbm(options: BipartiteOptions): Rbm {
  const g = bipartite(options);
  const P = g.labels.length;
  const moments = (nu: Float64Array, out: Float64Array): void => {
    checkNu(g, nu);
    sumSide(g, ...cheaperSides(g), nu, out);
  };
  const jointAt = (nu: Float64Array): ReturnType<typeof joint> => {
    checkNu(g, nu);
    const states = stateCount(g.visible) * stateCount(g.hidden);
    if (states > MOST_STATES)
      throw new ArgumentError("rbm", `exact covariances need at most 2^20 joint states, got ${states}`);
    return joint(g, nu);
  };
  const logZ = (nu: Float64Array): number => {
    checkNu(g, nu);
    return sumSide(g, ...cheaperSides(g), nu).logZ;
  };
  let last: Cumulative | undefined;
  const cumulativeAt = (nu: Float64Array, count: number, visible: Float64Array, hidden: Float64Array): Cumulative => {
    checkNu(g, nu);
    if (visible.length < count * g.visible.size || hidden.length < count * g.hidden.size)
      throw new ArgumentError("rbm.draw", `the arrays must hold ${count} configurations`);
    if (last === undefined || !last.nu.every((x, k) => x === nu[k])) last = cumulate(...cheaperSides(g), nu);
    return last;
  };
  const free = (nu: Float64Array, v: Float64Array): number => {
    checkNu(g, nu);
    checkStates("rbm.freeEnergy", g.visible, v);
    return freeEnergyOf(g, nu, v);
  };
  return {
    graph: g,
    labels: g.labels,
    support: supportOf(g),
    state: () => null,
    awakeMoments(nu, data, _state, out) {
      checkNu(g, nu);
      checkStates("rbm.awakeMoments", g.visible, data);
      out.fill(0);
      addAwake(g, nu, data, out);
    },
    asleepMoments: (nu, _state, out) => moments(nu, out),
    logZ,
    covariance: (nu, out) => out.set(jointAt(nu).covariance),
    covarianceVjp(nu, seed, out) {
      const { mean } = jointAt(nu);
      addThirdCumulants(g, nu, mean, seed, out);
    },
    freeEnergy: free,
    energy(nu, v, h) {
      const phi = new Float64Array(P);
      addStatistics(g, v, 0, h, 0, 1, phi);
      return phi.reduce((sum, f, k) => sum + f * nu[k], 0);
    },
    hiddenMean: (nu, v, out) => meanGiven(visibleSide(g), hiddenSide(g), nu, v, out),
    visibleMean: (nu, h, out) => meanGiven(hiddenSide(g), visibleSide(g), nu, h, out),
    logZOver(nu, side) {
      checkNu(g, nu);
      const sides =
        side === "visible" ? ([visibleSide(g), hiddenSide(g)] as const) : ([hiddenSide(g), visibleSide(g)] as const);
      if (!(stateCount(sides[0].layer) <= MOST_STATES))
        throw new ArgumentError("rbm.logZOver", `too many ${side} states`);
      return sumSide(g, ...sides, nu).logZ;
    },
    logLikelihood(nu, data) {
      checkStates("rbm.logLikelihood", g.visible, data);
      const V = g.visible.size;
      let sum = 0;
      for (let at = 0; at < data.length; at += V) sum -= freeEnergyOf(g, nu, data.subarray(at, at + V));
      return sum / (data.length / V) - logZ(nu);
    },
    hessian(nu, data, out) {
      checkStates("rbm.hessian", g.visible, data);
      out.set(jointAt(nu).covariance);
      const V = g.visible.size;
      for (let at = 0; at < data.length; at += V)
        subtractConditionalCovariance(g, nu, data.subarray(at, at + V), V / data.length, out);
    },
    fisher(nu, out) {
      checkNu(g, nu);
      if (!(stateCount(g.visible) <= MOST_STATES))
        throw new ArgumentError("rbm.fisher", "there are more than 2^20 visible states", {
          hint: "Learn with persistent chains, from which the matrix can be estimated",
        });
      fisherMatrix(g, nu, out);
    },
    marginals(nu) {
      checkNu(g, nu);
      const [over, other] = cheaperSides(g);
      const sums = sumSide(g, over, other, nu, new Float64Array(P));
      const [visible, hidden] = over.layer === g.visible ? [sums.own, sums.other] : [sums.other, sums.own];
      return { visible, hidden };
    },
    draw(nu, count, random, visible, hidden) {
      drawAt(g, cumulativeAt(nu, count, visible, hidden), () => random(), [count, random], [visible, hidden]);
    },
    drawStratified(nu, count, random, visible, hidden) {
      const place = (c: number): number => (c + random()) / count;
      drawAt(g, cumulativeAt(nu, count, visible, hidden), place, [count, random], [visible, hidden]);
    },
  };
}
