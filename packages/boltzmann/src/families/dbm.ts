import { ArgumentError } from "@dbd/numerics/errors";
import type { RandomSource } from "@dbd/numerics/random/source";
import { addStatistics, visibleSide, writeBias } from "../bipartite.ts";
import { type LayerMoments, layerMoments } from "../conditionalMoments.ts";
import type { BoltzmannFamily, ExactFamily } from "../family.ts";
import { joined } from "../layers/joined.ts";
import { checkStates, type Layer } from "../layers/layer.ts";
import { type Rbm, rbm } from "./rbm.ts";

const WHERE = "dbm";

/** A connection as [unit component below, unit component above, weight number]. */
export type DeepEdge = readonly [below: number, above: number, weight: number];

/** Layers from the visible one up, and what joins neighbours. */
export interface DbmOptions {
  /** Two hidden layers at least: the visible layer first. */
  readonly layers: readonly Layer[];
  /** Connections of every gap between neighbours, weights numbered within the gap; undefined: all with all, none tied. */
  readonly edges?: readonly (readonly DeepEdge[] | undefined)[];
  /** Bias numbers of every layer, numbered within the layer, −1 for none; undefined: one for each component. */
  readonly biases?: readonly (ArrayLike<number> | undefined)[];
}

/**
 * A deep Boltzmann machine: layers of units, neighbours joined, nothing joined within a layer (Salakhutdinov & Hinton 2009,
 * Deep Boltzmann Machines, AISTATS). Its even and odd layers are the two sides of a bipartite graph, so it *is* a machine
 * of the kind `rbm` makes (`machine`), and every sampler, `ais` and the exact sums apply; only the awake phase differs:
 * given the visible layer, the hidden layers still depend on each other.
 *
 * Its ν are, in this order: biases of the even layers (visible first), of the odd layers, weights gap by gap. Exact awake
 * moments need at most 2²⁰ states of the odd layers or of the even hidden ones, exact asleep moments of either side.
 */
export interface Dbm extends BoltzmannFamily<Float64Array, null>, ExactFamily {
  readonly layers: readonly Layer[];
  /** Even layers (visible first, then the others in order) as one side, odd layers as the other. */
  readonly machine: Rbm;
  /** −log Σ over all hidden layers of the weight of one visible configuration v [V]. */
  freeEnergy(nu: Float64Array, v: Float64Array): number;
  /** Mean over rows of log p̃(v), in nats. */
  logLikelihood(nu: Float64Array, data: Float64Array): number;
  /** ⟨φ⟩ and all means given the data, hidden layers summed exactly. */
  posterior(nu: Float64Array, data: Float64Array, out: LayerMoments): void;
  /** Fills visible [count, V] with independent exact draws. */
  draw(nu: Float64Array, count: number, random: RandomSource, visible: Float64Array): void;
}

interface Gap {
  readonly edges: readonly DeepEdge[];
  readonly weights: number;
}

/** The graph with what finds its parts. */
interface Deep {
  readonly layers: readonly Layer[];
  readonly machine: Rbm;
  /** The hidden layers alone; the visible ones act through the biases of the odd side. */
  readonly hidden: Rbm;
  /** For every coefficient of `hidden` behind its odd biases, its place in ν: even biases first. */
  readonly evenBias: Int32Array;
  readonly deepWeight: Int32Array;
}

function biasesOf(layers: readonly Layer[], given: DbmOptions["biases"]): { numbers: Int32Array; count: number }[] {
  return layers.map((layer, l) => {
    const numbers = Int32Array.from(given?.[l] ?? Array.from({ length: layer.size }, (_, i) => i));
    if (numbers.length !== layer.size)
      throw new ArgumentError(
        WHERE,
        `biases of layer ${l} must have one number for each of ${layer.size} components, got ${numbers.length}`,
      );
    return { numbers, count: new Set(numbers.filter((x) => x >= 0)).size };
  });
}

function gapsOf(layers: readonly Layer[], given: DbmOptions["edges"]): Gap[] {
  return layers.slice(1).map((above, l) => {
    const [B, A] = [layers[l].size, above.size];
    const edges = given?.[l] ?? Array.from({ length: B * A }, (_, e): DeepEdge => [Math.floor(e / A), e % A, e]);
    for (const [i, j] of edges)
      if (!(Number.isInteger(i) && i >= 0 && i < B && Number.isInteger(j) && j >= 0 && j < A))
        throw new ArgumentError(
          WHERE,
          `the edge (${i}, ${j}) of gap ${l} does not fit layers of ${B} and ${A} components`,
        );
    return { edges, weights: new Set(edges.map((e) => e[2])).size };
  });
}

/** First component of every layer on its side of the graph, the even side counted from layer `firstEven`. */
function offsets(layers: readonly Layer[], firstEven: number): number[] {
  const next = [0, 0];
  return layers.map((layer, l) => {
    if (l < firstEven && l % 2 === 0) return 0;
    next[l % 2] += layer.size;
    return next[l % 2] - layer.size;
  });
}

const even = <T>(items: readonly T[], from: number): T[] => items.filter((_, l) => l >= from && l % 2 === 0);
const odd = <T>(items: readonly T[]): T[] => items.filter((_, l) => l % 2 === 1);

/** Concatenated bias numbers of some layers, each layer's after those before it. */
function chainNumbers(biases: readonly { numbers: Int32Array; count: number }[]): number[] {
  let before = 0;
  return biases.flatMap(({ numbers, count }) => {
    before += count;
    return Array.from(numbers, (x) => (x < 0 ? -1 : x + before - count));
  });
}

/** Edges of the gaps from `from` on as (even component, odd component, weight number). */
function crossEdges(gaps: readonly Gap[], at: readonly number[], from: number): [number, number, number][] {
  let before = 0;
  return gaps.flatMap(({ edges, weights }, l) => {
    if (l < from) return [];
    before += weights;
    return edges.map(([i, j, w]): [number, number, number] => {
      const [below, above] = [at[l] + i, at[l + 1] + j];
      return l % 2 === 0 ? [below, above, before - weights + w] : [above, below, before - weights + w];
    });
  });
}

function compile(options: DbmOptions): Deep {
  const { layers } = options;
  if (layers.length < 3)
    throw new ArgumentError(WHERE, `needs a visible and at least two hidden layers, got ${layers.length} layers`, {
      hint: "One hidden layer is rbm",
    });
  for (const [name, list, most] of [
    ["edges", options.edges, layers.length - 1] as const,
    ["biases", options.biases, layers.length] as const,
  ])
    if (list !== undefined && list.length !== most)
      throw new ArgumentError(
        WHERE,
        `${name} must have ${most} entries for ${layers.length} layers, got ${list.length}`,
      );
  const biases = biasesOf(layers, options.biases);
  const gaps = gapsOf(layers, options.edges);
  const machine = rbm({
    visible: joined(even(layers, 0)),
    hidden: joined(odd(layers)),
    edges: crossEdges(gaps, offsets(layers, 0), 0),
    visibleBias: chainNumbers(even(biases, 0)),
    hiddenBias: chainNumbers(odd(biases)),
  });
  const hidden = rbm({
    visible: joined(even(layers, 2)),
    hidden: joined(odd(layers)),
    edges: crossEdges(gaps, offsets(layers, 2), 1),
    visibleBias: chainNumbers(even(biases, 2)),
  });
  const count = (list: readonly { count: number }[]): number => list.reduce((sum, b) => sum + b.count, 0);
  const [evens, deepEvens] = [count(even(biases, 0)), count(even(biases, 2))];
  const firstDeep = evens + count(odd(biases)) + gaps[0].weights;
  const deepWeights = gaps.slice(1).reduce((sum, gap) => sum + gap.weights, 0);
  return {
    layers,
    machine,
    hidden,
    evenBias: Int32Array.from({ length: deepEvens }, (_, k) => biases[0].count + k),
    deepWeight: Int32Array.from({ length: deepWeights }, (_, k) => firstDeep + k),
  };
}

/** ν of the hidden layers once v [V] is given: [even biases, one bias per odd component, deep weights]. */
function writeHiddenNu(d: Deep, nu: Float64Array, v: Float64Array, out: Float64Array): void {
  const { graph } = d.machine;
  const H = graph.hidden.size;
  d.evenBias.forEach((k, i) => {
    out[i] = nu[k];
  });
  const at = d.evenBias.length;
  for (let j = 0; j < H; j++) out[at + j] = graph.hiddenBias[j] < 0 ? 0 : nu[graph.hiddenBias[j]];
  const { start, other, nu: index } = graph.byVisible;
  for (let i = 0; i < v.length; i++)
    for (let e = start[i]; e < start[i + 1]; e++) out[at + other[e]] += v[i] * nu[index[e]];
  d.deepWeight.forEach((k, i) => {
    out[at + H + i] = nu[k];
  });
}

/** Adds ⟨φ⟩ and the means of all units given one row v, times share. */
function addPosterior(d: Deep, nu: Float64Array, v: Float64Array, share: number, out: LayerMoments): void {
  const { machine, hidden } = d;
  const { graph } = machine;
  const [V, E, H] = [v.length, graph.visible.size, graph.hidden.size];
  const inner = new Float64Array(hidden.labels.length);
  writeHiddenNu(d, nu, v, inner);
  const means = hidden.marginals(inner);
  const phi = new Float64Array(inner.length);
  hidden.asleepMoments(inner, null, phi);
  const x = new Float64Array(E); // the visible layer alone: even hidden layers come with phi
  x.set(v);
  const part = new Float64Array(nu.length);
  addStatistics(graph, x, 0, means.hidden, 0, 1, part);
  d.evenBias.forEach((k, i) => {
    part[k] += phi[i];
  });
  d.deepWeight.forEach((k, i) => {
    part[k] += phi[d.evenBias.length + H + i];
  });
  for (let k = 0; k < part.length; k++) out.phi[k] += share * part[k];
  for (let i = 0; i < V; i++) out.visible[i] += share * v[i];
  for (let i = V; i < E; i++) out.visible[i] += share * means.visible[i - V];
  for (let j = 0; j < H; j++) out.hidden[j] += share * means.hidden[j];
}

function freeEnergyOf(d: Deep, nu: Float64Array, v: Float64Array): number {
  const bias = new Float64Array(d.machine.graph.visible.size);
  writeBias(visibleSide(d.machine.graph), nu, bias);
  let linear = 0;
  for (let i = 0; i < v.length; i++) linear += bias[i] * v[i];
  const inner = new Float64Array(d.hidden.labels.length);
  writeHiddenNu(d, nu, v, inner);
  return -linear - d.hidden.logZ(inner);
}

/** Names of ν: biases by layer, weights by gap. */
function labelsOf(d: Deep, biases: readonly number[], gaps: readonly number[]): string[] {
  const named = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name}[${i}]`);
  const layer = (l: number): string[] => named(`b${l}`, biases[l]);
  const places = d.layers.map((_, l) => l);
  return [
    ...even(places, 0).flatMap(layer),
    ...odd(places).flatMap(layer),
    ...gaps.flatMap((count, l) => named(`W${l}${l + 1}`, count)),
  ];
}

/** A deep Boltzmann machine on any layered graph with tying: see Dbm. */
export function dbm(options: DbmOptions): Dbm {
  const d = compile(options);
  const { machine, layers } = d;
  const visible = layers[0];
  const V = visible.size;
  const check = (where: string, nu: Float64Array, data: Float64Array): void => {
    if (nu.length !== machine.labels.length || !nu.every(Number.isFinite))
      throw new ArgumentError(where, `nu must be ${machine.labels.length} finite numbers (biases, then weights)`);
    checkStates(where, visible, data);
  };
  const posterior = (nu: Float64Array, data: Float64Array, out: LayerMoments): void => {
    check("dbm.posterior", nu, data);
    out.phi.fill(0);
    out.visible.fill(0);
    out.hidden.fill(0);
    const rows = data.length / V;
    for (let r = 0; r < rows; r++) addPosterior(d, nu, data.subarray(r * V, (r + 1) * V), 1 / rows, out);
  };
  return {
    layers,
    machine,
    labels: labelsOf(
      d,
      biasesOf(layers, options.biases).map((b) => b.count),
      gapsOf(layers, options.edges).map((g) => g.weights),
    ),
    support: machine.support,
    state: () => null,
    awakeMoments(nu, data, _state, out) {
      const moments = layerMoments(machine);
      posterior(nu, data, moments);
      out.set(moments.phi);
    },
    asleepMoments: (nu, _state, out) => machine.asleepMoments(nu, null, out),
    logZ: (nu) => machine.logZ(nu),
    covariance: (nu, out) => machine.covariance(nu, out),
    covarianceVjp: (nu, seed, out) => machine.covarianceVjp(nu, seed, out),
    posterior,
    freeEnergy(nu, v) {
      check("dbm.freeEnergy", nu, v);
      return freeEnergyOf(d, nu, v);
    },
    logLikelihood(nu, data) {
      check("dbm.logLikelihood", nu, data);
      let sum = 0;
      for (let at = 0; at < data.length; at += V) sum -= freeEnergyOf(d, nu, data.subarray(at, at + V));
      return sum / (data.length / V) - machine.logZ(nu);
    },
    draw(nu, count, random, out) {
      const E = machine.graph.visible.size;
      if (out.length < count * V) throw new ArgumentError("dbm.draw", `visible must hold ${count} rows of ${V} values`);
      const both = new Float64Array(count * E);
      machine.draw(nu, count, random, both, new Float64Array(count * machine.graph.hidden.size));
      for (let c = 0; c < count; c++) out.set(both.subarray(c * E, c * E + V), c * V);
    },
  };
}
