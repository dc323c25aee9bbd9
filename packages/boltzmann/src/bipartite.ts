import { ArgumentError } from "@dbd/numerics/errors";
import type { Layer } from "./layers/layer.ts";

/** Which interaction each connection and each bias belongs to: equal numbers share one coefficient (tying). */
export interface BipartiteOptions {
  readonly visible: Layer;
  readonly hidden: Layer;
  /** Connections as [visible component, hidden component, weight number]; by default all with all, none tied. */
  readonly edges?: readonly (readonly [visible: number, hidden: number, weight: number])[];
  /** Bias number of every visible component, −1 for none; by default one each. */
  readonly visibleBias?: ArrayLike<number>;
  /** Bias number of every hidden component, −1 for none; by default one each. */
  readonly hiddenBias?: ArrayLike<number>;
}

/** Connections row by row: those of component i are start[i] … start[i + 1] − 1. */
export interface Rows {
  /** Shape [size + 1]. */
  readonly start: Int32Array;
  /** The component at the other end. Shape [edges]. */
  readonly other: Int32Array;
  /** Index of the interaction in ν. Shape [edges]. */
  readonly nu: Int32Array;
}

/** A bipartite graph whose interactions are, in this order, visible biases, hidden biases, weights. */
export interface Bipartite {
  readonly visible: Layer;
  readonly hidden: Layer;
  readonly labels: readonly string[];
  /** Index in ν of each component's bias, −1 for none. */
  readonly visibleBias: Int32Array;
  readonly hiddenBias: Int32Array;
  readonly byVisible: Rows;
  readonly byHidden: Rows;
}

function biasNumbers(name: string, given: ArrayLike<number> | undefined, size: number): Int32Array {
  const numbers = given === undefined ? Int32Array.from({ length: size }, (_, i) => i) : Int32Array.from(given);
  if (numbers.length !== size)
    throw new ArgumentError(
      "rbm",
      `${name} must have one number for each of ${size} components, got ${numbers.length}`,
    );
  return numbers;
}

/** How many interactions the numbers name; all of 0 … largest must occur. */
function countNumbers(name: string, numbers: ArrayLike<number>): number {
  const present = new Set(Array.from(numbers).filter((x) => x !== -1));
  for (let i = 0; i < present.size; i++)
    if (!present.has(i)) throw new ArgumentError("rbm", `${name} numbers must be 0, 1, 2, …, and ${i} is missing`);
  return present.size;
}

function rowsOf(size: number, from: ArrayLike<number>, to: ArrayLike<number>, nu: ArrayLike<number>): Rows {
  const start = new Int32Array(size + 1);
  for (let e = 0; e < from.length; e++) start[from[e] + 1]++;
  for (let i = 0; i < size; i++) start[i + 1] += start[i];
  const next = start.slice();
  const rows = { start, other: new Int32Array(from.length), nu: new Int32Array(from.length) };
  for (let e = 0; e < from.length; e++) {
    const at = next[from[e]]++;
    rows.other[at] = to[e];
    rows.nu[at] = nu[e];
  }
  return rows;
}

function everyPair(V: number, H: number): [number, number, number][] {
  return Array.from({ length: V * H }, (_, e) => [Math.floor(e / H), e % H, e]);
}

/** Checks and compiles a graph. @throws ArgumentError when it does not fit its units. */
export function bipartite(options: BipartiteOptions): Bipartite {
  const { visible, hidden } = options;
  const [V, H] = [visible.size, hidden.size];
  const edges = options.edges ?? everyPair(V, H);
  for (const [v, h] of edges)
    if (!(Number.isInteger(v) && v >= 0 && v < V && Number.isInteger(h) && h >= 0 && h < H))
      throw new ArgumentError("rbm", `the edge (${v}, ${h}) does not fit ${V} visible and ${H} hidden components`);
  const visibleBias = biasNumbers("visibleBias", options.visibleBias, V);
  const hiddenBias = biasNumbers("hiddenBias", options.hiddenBias, H);
  const a = countNumbers("visibleBias", visibleBias);
  const b = countNumbers("hiddenBias", hiddenBias);
  const weights = edges.map((e) => e[2]);
  const w = countNumbers("weight", weights);
  const labels = [["a", a] as const, ["b", b] as const, ["W", w] as const].flatMap(([name, count]) =>
    Array.from({ length: count }, (_, i) => `${name}[${i}]`),
  );
  const from = edges.map((e) => e[0]);
  const to = edges.map((e) => e[1]);
  const nu = weights.map((i) => a + b + i);
  return {
    visible,
    hidden,
    labels,
    visibleBias,
    hiddenBias: hiddenBias.map((i) => (i < 0 ? -1 : a + i)),
    byVisible: rowsOf(V, from, to, nu),
    byHidden: rowsOf(H, to, from, nu),
  };
}

/** The two layers of a graph seen from one side. */
export interface Side {
  readonly layer: Layer;
  readonly bias: Int32Array;
  readonly rows: Rows;
}

export const visibleSide = (g: Bipartite): Side => ({ layer: g.visible, bias: g.visibleBias, rows: g.byVisible });
export const hiddenSide = (g: Bipartite): Side => ({ layer: g.hidden, bias: g.hiddenBias, rows: g.byHidden });

/** Biases of a side at ν, zero where there is none. Writes out[offset …]. */
export function writeBias(side: Side, nu: Float64Array, out: Float64Array, offset = 0): void {
  const { bias } = side;
  for (let i = 0; i < bias.length; i++) out[offset + i] = bias[i] < 0 ? 0 : nu[bias[i]];
}

/** out[outOffset …] += the fields that the states x[offset …] of `rows`' side exert on the other. Zeros cost nothing. */
export function addFields(
  rows: Rows,
  nu: Float64Array,
  x: Float64Array,
  offset: number,
  out: Float64Array,
  outOffset: number,
): void {
  const { start, other, nu: index } = rows;
  for (let i = 0; i + 1 < start.length; i++) {
    const value = x[offset + i];
    if (value === 0) continue;
    for (let e = start[i]; e < start[i + 1]; e++) out[outOffset + other[e]] += value * nu[index[e]];
  }
}

/** out [P] += scale · φ, φ = −Σ x over biases and −Σ v h over edges. x and y are states or conditional means. */
export function addStatistics(
  g: Bipartite,
  v: Float64Array,
  vOffset: number,
  h: Float64Array,
  hOffset: number,
  scale: number,
  out: Float64Array,
): void {
  const { visibleBias, hiddenBias, byVisible } = g;
  for (let i = 0; i < visibleBias.length; i++) if (visibleBias[i] >= 0) out[visibleBias[i]] -= scale * v[vOffset + i];
  for (let j = 0; j < hiddenBias.length; j++) if (hiddenBias[j] >= 0) out[hiddenBias[j]] -= scale * h[hOffset + j];
  const { start, other, nu } = byVisible;
  for (let i = 0; i < visibleBias.length; i++) {
    const value = scale * v[vOffset + i];
    if (value === 0) continue;
    for (let e = start[i]; e < start[i + 1]; e++) out[nu[e]] -= value * h[hOffset + other[e]];
  }
}
