import { exp, log } from "@dbd/numerics/special";
import {
  addFields,
  addStatistics,
  type Bipartite,
  hiddenSide,
  type Side,
  visibleSide,
  writeBias,
} from "../bipartite.ts";
import { stateCount, visitStates, type WeightedRows } from "../enumeration.ts";
import { type Unit, unitsOf } from "../layers/layer.ts";

const weighted = ({ rows }: Side, nu: Float64Array): WeightedRows => ({
  start: rows.start,
  other: rows.other,
  weight: Float64Array.from(rows.nu, (k) => nu[k]),
});

function biasOf(side: Side, nu: Float64Array): Float64Array {
  const out = new Float64Array(side.layer.size);
  writeBias(side, nu, out);
  return out;
}

/** log weight of every state of one side, the other summed out, in the order of visitStates. */
export function logWeights(over: Side, other: Side, nu: Float64Array): Float64Array {
  const out = new Float64Array(stateCount(over.layer));
  let s = 0;
  visitStates(over.layer, biasOf(over, nu), weighted(over, nu), biasOf(other, nu), (_x, linear, field) => {
    out[s++] = linear + other.layer.logPartition(field, 0);
  });
  return out;
}

/** log Σ exp of many terms: neighbours are added in pairs, so that the rounding of a million terms stays near one ulp. */
function logSum(terms: Float64Array): number {
  const top = terms.reduce((a, b) => Math.max(a, b), -Infinity);
  const part = (from: number, to: number): number => {
    if (to - from > 64) {
      const middle = (from + to) >> 1;
      return part(from, middle) + part(middle, to);
    }
    let sum = 0;
    for (let s = from; s < to; s++) sum += exp(terms[s] - top);
    return sum;
  };
  return top + log(part(0, terms.length));
}

/** What a sum over one side gives: log Z, and (with `out` [P], which gets ⟨φ⟩) the means of both sides. */
export function sumSide(
  g: Bipartite,
  over: Side,
  other: Side,
  nu: Float64Array,
  out?: Float64Array,
): { readonly logZ: number; readonly own: Float64Array; readonly other: Float64Array } {
  const terms = logWeights(over, other, nu);
  const logZ = logSum(terms);
  const means = { logZ, own: new Float64Array(over.layer.size), other: new Float64Array(other.layer.size) };
  if (out === undefined) return means;
  out.fill(0);
  const y = new Float64Array(other.layer.size);
  const [v, h] = over.layer === g.visible ? [0, 1] : [1, 0];
  let s = 0;
  visitStates(over.layer, biasOf(over, nu), weighted(over, nu), biasOf(other, nu), (x, _linear, field) => {
    const p = exp(terms[s++] - logZ);
    if (p === 0) return;
    other.layer.mean(field, 0, y);
    for (let i = 0; i < x.length; i++) means.own[i] += p * x[i];
    for (let j = 0; j < y.length; j++) means.other[j] += p * y[j];
    const pair = [x, y];
    addStatistics(g, pair[v], 0, pair[h], 0, p, out);
  });
  return means;
}

/** Visits every joint state with its probability and φ. */
function visitJoint(g: Bipartite, nu: Float64Array, visit: (p: number, phi: Float64Array) => void): void {
  const [visible, hidden] = [visibleSide(g), hiddenSide(g)];
  const logZ = logSum(logWeights(visible, hidden, nu));
  const none = { start: new Int32Array(g.hidden.size + 1), other: new Int32Array(0), weight: new Float64Array(0) };
  const phi = new Float64Array(g.labels.length);
  visitStates(g.visible, biasOf(visible, nu), weighted(visible, nu), biasOf(hidden, nu), (v, linear, field) => {
    visitStates(g.hidden, field, none, none.weight, (h, inner) => {
      const p = exp(linear + inner - logZ);
      if (p === 0) return;
      phi.fill(0);
      addStatistics(g, v, 0, h, 0, 1, phi);
      visit(p, phi);
    });
  });
}

/** ⟨φ⟩ [P] and Cov(φ, φ) [P, P] by the sum over all joint states. */
export function joint(
  g: Bipartite,
  nu: Float64Array,
): { readonly mean: Float64Array; readonly covariance: Float64Array } {
  const P = g.labels.length;
  const mean = new Float64Array(P);
  visitJoint(g, nu, (p, phi) => {
    for (let k = 0; k < P; k++) mean[k] += p * phi[k];
  });
  const covariance = new Float64Array(P * P);
  visitJoint(g, nu, (p, phi) => {
    for (let i = 0; i < P; i++) {
      const scaled = p * (phi[i] - mean[i]);
      for (let j = 0; j <= i; j++) covariance[i * P + j] += scaled * (phi[j] - mean[j]);
    }
  });
  mirror(P, covariance);
  return { mean, covariance };
}

/** out[k] −= Σᵢⱼ seedᵢⱼ κᵢⱼₖ. */
export function addThirdCumulants(
  g: Bipartite,
  nu: Float64Array,
  mean: Float64Array,
  seed: Float64Array,
  out: Float64Array,
): void {
  const P = mean.length;
  const d = new Float64Array(P);
  visitJoint(g, nu, (p, phi) => {
    for (let k = 0; k < P; k++) d[k] = phi[k] - mean[k];
    let form = 0;
    for (let i = 0; i < P; i++) for (let j = 0; j < P; j++) form += seed[i * P + j] * d[i] * d[j];
    for (let k = 0; k < P; k++) out[k] -= p * form * d[k];
  });
}

/** Covariance of the components of one unit in given fields; Gaussian units have variance one. Shape [width, width]. */
function unitCovariance({ at, width, states }: Unit, field: Float64Array): Float64Array {
  if (states === undefined) return Float64Array.of(1);
  const logs = states.map((s) => s.reduce((sum, x, d) => sum + x * field[at + d], 0));
  const top = Math.max(...logs);
  const weights = logs.map((w) => exp(w - top));
  const total = weights.reduce((a, b) => a + b);
  const out = new Float64Array(width * width);
  const mean = Array.from({ length: width }, (_, d) =>
    states.reduce((sum, s, m) => sum + (weights[m] * s[d]) / total, 0),
  );
  states.forEach((s, m) => {
    for (let d = 0; d < width; d++)
      for (let e = 0; e < width; e++) out[d * width + e] += (weights[m] / total) * (s[d] - mean[d]) * (s[e] - mean[e]);
  });
  return out;
}

/**
 * out [P, P] −= share · Cov(φ, φ | v) of one visible configuration: hidden units are independent of each other then, and φ is
 * linear in each of them.
 */
export function subtractConditionalCovariance(
  g: Bipartite,
  nu: Float64Array,
  v: Float64Array,
  share: number,
  out: Float64Array,
): void {
  const P = g.labels.length;
  const { layer, bias, rows } = hiddenSide(g);
  const field = biasOf(hiddenSide(g), nu);
  addFields(g.byVisible, nu, v, 0, field, 0);
  for (const unit of unitsOf(layer)) {
    const C = unitCovariance(unit, field);
    const slopes = Array.from({ length: unit.width }, (_, d) => {
      const j = unit.at + d;
      const slope = new Map<number, number>(); // ∂φ/∂h_j by coefficient
      const add = (k: number, x: number): void => {
        if (x !== 0) slope.set(k, (slope.get(k) ?? 0) - x);
      };
      if (bias[j] >= 0) add(bias[j], 1);
      for (let e = rows.start[j]; e < rows.start[j + 1]; e++) add(rows.nu[e], v[rows.other[e]]);
      return [...slope];
    });
    slopes.forEach((left, d) => {
      slopes.forEach((right, e) => {
        const c = share * C[d * unit.width + e];
        for (const [i, x] of left) for (const [j, y] of right) out[i * P + j] -= c * x * y;
      });
    });
  }
}

/** φ averaged over the hidden units of one visible configuration. Overwrites out [P]; `mean` [H] is scratch. */
export function conditionalStatistics(
  g: Bipartite,
  nu: Float64Array,
  v: Float64Array,
  mean: Float64Array,
  out: Float64Array,
): void {
  const hidden = hiddenSide(g);
  writeBias(hidden, nu, mean);
  addFields(g.byVisible, nu, v, 0, mean, 0);
  hidden.layer.mean(mean, 0, mean);
  out.fill(0);
  addStatistics(g, v, 0, mean, 0, 1, out);
}

/** Fisher matrix of the visible law, Σ_v p̃(v) δφ̄(v) δφ̄(v)ᵀ with φ̄ = ⟨φ | v⟩, by the sum over visible states. [P, P] */
export function fisherMatrix(g: Bipartite, nu: Float64Array, out: Float64Array): void {
  const P = g.labels.length;
  const [visible, hidden] = [visibleSide(g), hiddenSide(g)];
  const mean = new Float64Array(P);
  const logZ = sumSide(g, visible, hidden, nu, mean).logZ;
  const [phi, h] = [new Float64Array(P), new Float64Array(hidden.layer.size)];
  out.fill(0);
  visitStates(g.visible, biasOf(visible, nu), weighted(visible, nu), biasOf(hidden, nu), (v, linear, field) => {
    const p = exp(linear + hidden.layer.logPartition(field, 0) - logZ);
    if (p === 0) return;
    conditionalStatistics(g, nu, v, h, phi);
    addOuter(phi, mean, p, out);
  });
  mirror(P, out);
}

/** Lower triangle of out [P, P] += weight · (x − mean)(x − mean)ᵀ; x is spoilt. */
export function addOuter(x: Float64Array, mean: Float64Array, weight: number, out: Float64Array): void {
  const P = x.length;
  for (let i = 0; i < P; i++) {
    x[i] -= mean[i];
    const scaled = weight * x[i];
    if (scaled === 0) continue;
    for (let j = 0; j <= i; j++) out[i * P + j] += scaled * x[j];
  }
}

/** Copies the lower triangle of a [P, P] to the upper one. */
export function mirror(P: number, a: Float64Array): void {
  for (let i = 0; i < P; i++) for (let j = 0; j < i; j++) a[j * P + i] = a[i * P + j];
}
