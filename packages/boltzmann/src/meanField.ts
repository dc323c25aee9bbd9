import { addFields, hiddenSide, type Side, visibleSide, writeBias } from "./bipartite.ts";
import type { Dbm } from "./families/dbm.ts";
import { joined } from "./layers/joined.ts";

/** The best product law for the hidden units of a deep machine. */
export interface MeanField {
  /** Means of the even layers, the given visible ones first. */
  readonly visible: Float64Array;
  /** Means of the odd layers. */
  readonly hidden: Float64Array;
  /** A lower bound on log Σ_h of the weight of v, which is −F(v). */
  readonly bound: number;
  readonly sweeps: number;
}

const SWEEPS = 500;
const SETTLED = 1e-10;

/** Fields on one side exerted by the means of the other. */
function fieldsOn(to: Side, from: Side, nu: Float64Array, x: Float64Array, out: Float64Array): void {
  writeBias(to, nu, out);
  addFields(from.rows, nu, x, 0, out, 0);
}

/**
 * Mean-field means of the hidden layers given one visible configuration v [V]: the even and the odd layers in turn take
 * their means in the fields of the others, which raises the bound at every sweep (Salakhutdinov & Hinton 2009, Deep
 * Boltzmann Machines, §2.2; Neal & Hinton 1998). When to use: the awake phase of large deep machines, where it costs a few
 * sweeps a row; of several modes it finds one.
 */
export function meanField(machine: Dbm, nu: Float64Array, v: Float64Array): MeanField {
  const { graph } = machine.machine;
  const [even, odd] = [visibleSide(graph), hiddenSide(graph)];
  const deep = joined(machine.layers.filter((_, l) => l > 0 && l % 2 === 0));
  const [V, E, H] = [v.length, graph.visible.size, graph.hidden.size];
  const [visible, hidden, a, b] = [E, H, E, H].map((size) => new Float64Array(size));
  writeBias(even, nu, a);
  deep.mean(a, V, visible);
  visible.set(v);
  let sweeps = 0;
  for (let change = Infinity; change > SETTLED && sweeps < SWEEPS; sweeps++) {
    fieldsOn(odd, even, nu, visible, b);
    odd.layer.mean(b, 0, hidden);
    fieldsOn(even, odd, nu, hidden, a);
    const before = visible.slice(V);
    deep.mean(a, V, visible);
    change = before.reduce((most, x, i) => Math.max(most, Math.abs(x - visible[V + i])), 0);
  }
  // With the odd layers exactly in the fields of the even means, E + S of the odd layers is their log partition sum; the
  // entropy of an even unit in the field a with mean m is log Σ e^(a x) − a m.
  fieldsOn(odd, even, nu, visible, b);
  odd.layer.mean(b, 0, hidden);
  let bound = odd.layer.logPartition(b, 0) + deep.logPartition(a, V);
  for (let i = V; i < E; i++) bound -= a[i] * visible[i];
  writeBias(even, nu, a);
  for (let i = 0; i < E; i++) bound += a[i] * visible[i];
  return { visible, hidden, bound, sweeps };
}
