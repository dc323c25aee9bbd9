import type { CompiledNetwork } from "../../compile.ts";

/** Reactions with the same reactants, whose propensities differ by their constants alone. */
export interface Channels {
  /** The network with one propensity a channel, the sum of its reactions'; firings are still those of single reactions. */
  readonly net: CompiledNetwork;
  /** First member of each channel; the last entry is their number. */
  readonly start: Int32Array;
  /** Reactions of each channel. */
  readonly members: Int32Array;
}

/** Gathers the reactions of a network of mass action: two that read the same counts need be followed only once. */
export function channelsOf(net: CompiledNetwork): Channels {
  const index = new Map<string, number>();
  const reactions: number[][] = [];
  const channelOf = Array.from(net.rate, (_, r): number => {
    const from = net.start[r];
    const to = net.start[r + 1];
    const key = `${net.species.subarray(from, to).join()} ${net.order.subarray(from, to).join()}`;
    const known = index.get(key) ?? reactions.push([]) - 1;
    index.set(key, known);
    reactions[known].push(r);
    return known;
  });
  const start = new Int32Array(reactions.length + 1);
  for (const [c, members] of reactions.entries()) start[c + 1] = start[c] + members.length;
  const entries = reactions.map(([r]) => [net.start[r], net.start[r + 1]] as const);
  const flat = (array: Int32Array): Int32Array =>
    Int32Array.from(entries.flatMap(([from, to]) => [...array.subarray(from, to)]));
  const starts = new Int32Array(reactions.length + 1);
  for (const [c, [from, to]] of entries.entries()) starts[c + 1] = starts[c] + to - from;
  const dependents = Array.from(net.rate, (_, r) => [
    ...new Set(
      Array.from(net.dependent.subarray(net.dependentStart[r], net.dependentStart[r + 1]), (q) => channelOf[q]),
    ),
  ]);
  const dependentStart = new Int32Array(dependents.length + 1);
  for (const [r, list] of dependents.entries()) dependentStart[r + 1] = dependentStart[r] + list.length;
  const merged: CompiledNetwork = {
    ...net,
    rate: Float64Array.from(reactions, (members) => members.reduce((sum, r) => sum + net.rate[r], 0)),
    start: starts,
    species: flat(net.species),
    order: flat(net.order),
    dependentStart,
    dependent: Int32Array.from(dependents.flat()),
    laws: [],
    formulas: [],
  };
  return { net: merged, start, members: Int32Array.from(reactions.flat()) };
}
