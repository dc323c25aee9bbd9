import { NumericalError } from "@dbd/numerics/errors";
import type { CompiledNetwork } from "./compile.ts";
import { propensities } from "./propensity.ts";
import { countFailure, propensityFailure } from "./ssa/failure.ts";

/**
 * States that can be reached inside a box, and the generator of the master equation on them, by the state that flow
 * arrives in: flow e goes from `from[e]` to i at `rate[e]` for start[i] ≤ e < start[i + 1].
 */
export interface StateSpace {
  /** N. */
  readonly size: number;
  /** Copy numbers, shape [N, S], ordered by the first species, then the second and so on. */
  readonly states: Int32Array;
  /** Largest count allowed per species, shape [S]. */
  readonly box: Int32Array;
  readonly start: Int32Array;
  readonly from: Int32Array;
  readonly rate: Float64Array;
  /** Total rate out of each state, out of the box included, shape [N]. */
  readonly exit: Float64Array;
  /** Rate out of the box, shape [N]. */
  readonly leak: Float64Array;
  /** Rate out of the box past each species' limit, shape [S, N]. */
  readonly leakPast: Float64Array;
}

/** Finds states by their counts. */
export interface StateIndex {
  /** Index of the state in `x`, or −1. */
  find(x: ArrayLike<number>, offset: number): number;
  /** Index of the state in `x`, which is appended when it is new. */
  add(x: ArrayLike<number>): number;
  readonly size: number;
}

type Key = number | string;

/** Counts as one number where that fits, else as text. */
function keyMaker(box: Int32Array): (x: ArrayLike<number>, offset: number) => Key {
  const size = box.length;
  const strides = new Float64Array(size);
  let cells = 1;
  for (let s = size - 1; s >= 0; s--) {
    strides[s] = cells;
    cells *= box[s] + 1;
  }
  if (cells > Number.MAX_SAFE_INTEGER)
    return (x, offset) => Array.prototype.slice.call(x, offset, offset + size).join();
  return (x, offset) => {
    let key = 0;
    for (let s = 0; s < size; s++) key += x[offset + s] * strides[s];
    return key;
  };
}

function createIndex(box: Int32Array, states: number[]): StateIndex {
  const keyOf = keyMaker(box);
  const known = new Map<Key, number>();
  return {
    find: (x, offset) => known.get(keyOf(x, offset)) ?? -1,
    add(x) {
      const key = keyOf(x, 0);
      let index = known.get(key);
      if (index === undefined) {
        index = known.size;
        known.set(key, index);
        for (let s = 0; s < box.length; s++) states.push(x[s]);
      }
      return index;
    },
    get size() {
      return known.size;
    },
  };
}

interface Flows {
  readonly from: number[];
  readonly to: number[];
  readonly rate: number[];
  readonly exit: number[];
  readonly leak: number[];
  readonly leakPast: number[][];
}

/** Walks one state's reactions. */
class Explorer {
  private readonly net: CompiledNetwork;
  private readonly box: Int32Array;
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private readonly a: Float64Array;

  constructor(net: CompiledNetwork, box: Int32Array) {
    this.net = net;
    this.box = box;
    this.x = new Float64Array(box.length);
    this.y = new Float64Array(box.length);
    this.a = new Float64Array(net.rate.length);
  }

  explore(states: number[], i: number, index: StateIndex, flows: Flows): void {
    const { net, box, x, y, a } = this;
    for (let s = 0; s < x.length; s++) x[s] = states[i * x.length + s];
    const total = propensities(net, x, a);
    if (!(total < Infinity) || a.some((value) => value < 0)) throw propensityFailure(net, a, x, 0);
    let leak = 0;
    let exit = 0;
    for (let r = 0; r < a.length; r++) {
      if (!(a[r] > 0) || net.changeStart[r] === net.changeStart[r + 1]) continue;
      y.set(x);
      for (let e = net.changeStart[r]; e < net.changeStart[r + 1]; e++) y[net.changeSpecies[e]] += net.change[e];
      if (y.some((n) => n < 0)) throw countFailure(net, r, y, 0);
      exit += a[r];
      let inside = true;
      for (let s = 0; s < y.length; s++) {
        if (y[s] <= box[s]) continue;
        inside = false;
        flows.leakPast[s][i] = (flows.leakPast[s][i] ?? 0) + a[r];
      }
      if (!inside) leak += a[r];
      else {
        flows.from.push(i);
        flows.to.push(index.add(y));
        flows.rate.push(a[r]);
      }
    }
    flows.exit[i] = exit;
    flows.leak[i] = leak;
  }
}

/** Ranks of the states in the order of their counts. */
function order(states: readonly number[], width: number): Int32Array {
  const count = width === 0 ? 1 : states.length / width;
  const sorted = Int32Array.from({ length: count }, (_, i) => i).sort((i, j) => {
    for (let s = 0; s < width; s++) {
      const difference = states[i * width + s] - states[j * width + s];
      if (difference !== 0) return difference;
    }
    return 0;
  });
  const rank = new Int32Array(count);
  for (let at = 0; at < count; at++) rank[sorted[at]] = at;
  return rank;
}

function pack(states: readonly number[], box: Int32Array, flows: Flows): StateSpace {
  const width = box.length;
  const rank = order(states, width);
  const size = rank.length;
  const start = new Int32Array(size + 1);
  for (const to of flows.to) start[rank[to] + 1]++;
  for (let i = 0; i < size; i++) start[i + 1] += start[i];
  const next = start.slice();
  const space: StateSpace = {
    size,
    box,
    start,
    states: new Int32Array(size * width),
    from: new Int32Array(flows.to.length),
    rate: new Float64Array(flows.to.length),
    exit: new Float64Array(size),
    leak: new Float64Array(size),
    leakPast: new Float64Array(width * size),
  };
  for (let e = 0; e < flows.to.length; e++) {
    const at = next[rank[flows.to[e]]]++;
    space.from[at] = rank[flows.from[e]];
    space.rate[at] = flows.rate[e];
  }
  for (let i = 0; i < size; i++) {
    for (let s = 0; s < width; s++) {
      space.states[rank[i] * width + s] = states[i * width + s];
      space.leakPast[s * size + rank[i]] = flows.leakPast[s][i] ?? 0;
    }
    space.exit[rank[i]] = flows.exit[i];
    space.leak[rank[i]] = flows.leak[i];
  }
  return space;
}

/**
 * Every state that can be reached from the seeds without leaving the box; undefined when there are more than `most`.
 * @param seeds - States to begin with, shape [·, S], inside the box.
 * @throws {NumericalError} For a propensity that is negative or not finite, or a law that takes a count below 0.
 */
export function reachable(
  net: CompiledNetwork,
  seeds: ArrayLike<number>,
  box: Int32Array,
  most: number,
): StateSpace | undefined {
  const states: number[] = [];
  const index = createIndex(box, states);
  const width = box.length;
  const count = width === 0 ? 1 : seeds.length / width;
  for (let i = 0; i < count; i++) index.add(Array.prototype.slice.call(seeds, i * width, (i + 1) * width));
  const flows: Flows = { from: [], to: [], rate: [], exit: [], leak: [], leakPast: Array.from(box, () => []) };
  const explorer = new Explorer(net, box);
  for (let i = 0; i < index.size; i++) {
    if (index.size > most) return undefined;
    explorer.explore(states, i, index, flows);
  }
  return pack(states, box, flows);
}

/** Moves probabilities from one state space to a larger one. */
export function embed(p: Float64Array, from: StateSpace, into: StateSpace): Float64Array {
  const width = from.box.length;
  const list: number[] = [];
  const index = createIndex(into.box, list);
  const x = new Float64Array(width);
  for (let i = 0; i < into.size; i++) {
    for (let s = 0; s < width; s++) x[s] = into.states[i * width + s];
    index.add(x);
  }
  const out = new Float64Array(into.size);
  for (let i = 0; i < from.size; i++) {
    if (p[i] === 0) continue;
    const at = index.find(from.states, i * width);
    if (at < 0) throw new NumericalError("embed", "a state of the smaller space is missing in the larger one");
    out[at] += p[i];
  }
  return out;
}
