import { ArgumentError } from "@dbd/numerics/errors";
import type { RandomSource } from "@dbd/numerics/random/source";
import { exp } from "@dbd/numerics/special";
import type { BoltzmannFamily, ExactFamily } from "../family.ts";
import { type MomentSeries, momentSeries, seriesOf } from "../momentSeries.ts";
import { follow, followMany, mix, type PathTable, pathTable } from "../transfer.ts";
import { drawChains } from "./chainDraws.ts";

/** A cluster of sites as offsets from its first: [0] a site, [0, 1] neighbours, [0, 1, 2] triplets, [0, 2] … */
export type Cluster = readonly number[];

export interface ChainOptions {
  /** Number of sites N. */
  readonly sites: number;
  /** Closed to a ring (site N is site 0), or open. */
  readonly ring: boolean;
  /** The interactions; by default a field and nearest-neighbour pairs. Clusters span at most 9 sites. */
  readonly clusters?: readonly Cluster[];
}

/**
 * N sites that are empty (0) or occupied (1) on a line or a ring, with translation-invariant interactions
 * φₖ = Σᵢ Π_d n(i + d) over a cluster of offsets d (on an open chain, clusters that fit):
 *
 *     p̃(n; ν) = exp(−Σₖ νₖ φₖ(n)) / Z(ν).
 *
 * In the usual lattice notation exp(h Σ nᵢ + J Σ nᵢnᵢ₊₁ + K Σ nᵢnᵢ₊₁nᵢ₊₂) the fields are h = −ν₁, J = −ν₂, K = −ν₃. All
 * ν are normalisable. Everything is exact, by transfer matrix (Kramers & Wannier 1941, doi:10.1103/PhysRev.60.252) with
 * 2ʳ states for clusters that reach r sites ahead, in about log₂ N matrix products; no weight is too large.
 */
export interface ChainFamily extends BoltzmannFamily<Float64Array, null>, ExactFamily {
  readonly sites: number;
  readonly ring: boolean;
  readonly clusters: readonly Cluster[];
  /** φ of one configuration [N]. Writes out [P]. */
  statistics(n: ArrayLike<number>, out: Float64Array): void;
  /** The probability that all the given sites are occupied: the correlation ⟨Π n(i)⟩ of any order and distance. */
  correlation(nu: Float64Array, sites: readonly number[]): number;
  /** Fills out [count, N] with independent exact configurations. */
  draw(nu: Float64Array, count: number, random: RandomSource, out: Uint8Array): void;
}

const REACH = 8;

interface Evaluation {
  readonly nu: Float64Array;
  readonly order: number;
  readonly logZ: number;
  /** ⟨φ⟩ [P]. */
  readonly mean: Float64Array;
  /** Moments of φ − ⟨φ⟩ to the order. */
  readonly series: MomentSeries;
  readonly central: Float64Array;
}

interface Chain {
  readonly N: number;
  readonly ring: boolean;
  /** 2ʳ windows of the last r sites, the newest in bit 0. */
  readonly M: number;
  /** Bit masks of the clusters in a window of r + 1 sites. */
  readonly masks: Int32Array;
  readonly series: readonly MomentSeries[];
}

function createChain(options: ChainOptions, clusters: readonly Cluster[]): Chain {
  let reach = 1;
  for (const cluster of clusters) reach = Math.max(reach, ...cluster);
  const masks = Int32Array.from(clusters, (c) => c.reduce((mask, d) => mask | (1 << (Math.max(...c) - d)), 0));
  const P = clusters.length;
  const series = [0, 1, 2, 3].map((order) => momentSeries(P, order));
  return { N: options.sites, ring: options.ring, M: 1 << reach, masks, series };
}

/** One site added to a window: energies −log weight and the series of φ − centre. */
function stepTable(chain: Chain, nu: Float64Array, order: number, centre: Float64Array): PathTable {
  const { M, masks } = chain;
  const series = chain.series[order];
  const table = pathTable(M, series);
  const x = new Float64Array(nu.length);
  for (let word = 0; word < 2 * M; word++) {
    const at = (word >> 1) * M + (word & (M - 1));
    let energy = 0;
    for (let k = 0; k < masks.length; k++) {
      const present = (word & masks[k]) === masks[k];
      if (present) energy += nu[k];
      x[k] = (present ? 1 : 0) - centre[k];
    }
    table.logWeight[at] = -energy;
    seriesOf(series, x, table.moments, at * series.size);
  }
  return table;
}

/** The entries of a table over all N sites that make up Z: closed paths, or all that start before an empty window. */
const ends = (chain: Chain): number[] => Array.from({ length: chain.M }, (_, s) => (chain.ring ? s * chain.M + s : s));

function evaluate(chain: Chain, nu: Float64Array, order: number): Evaluation {
  const P = nu.length;
  let centre = new Float64Array(P);
  const mean = new Float64Array(P);
  // First the mean, then the higher moments about it: no large powers cancel.
  for (const pass of order > 1 ? [1, order] : [1]) {
    const series = chain.series[pass];
    const central = new Float64Array(series.size);
    const all = followMany(series, stepTable(chain, nu, pass, centre), chain.N);
    const logZ = mix(series, all, ends(chain), central);
    for (let k = 0; k < P; k++) mean[k] = central[1 + k] + chain.N * centre[k];
    centre = mean.map((m) => m / chain.N);
    if (pass === order) return { nu: nu.slice(), order, logZ, mean, series, central };
  }
  throw new RangeError("order must be at least 1");
}

function correlationOf(chain: Chain, nu: Float64Array, sites: readonly number[]): number {
  const series = chain.series[0];
  const step = stepTable(chain, nu, 0, new Float64Array(nu.length));
  const sorted = [...new Set(sites)].toSorted((a, b) => a - b);
  let done = 0;
  let path: PathTable | undefined;
  const extend = (steps: number): void => {
    if (steps === 0) return;
    const more = followMany(series, step, steps);
    if (path === undefined) path = { ...more, logWeight: more.logWeight.slice() };
    else {
      const next = pathTable(chain.M, series);
      follow(series, path, more, next);
      path = next;
    }
    done += steps;
  };
  for (const site of sorted) {
    extend(site + 1 - done);
    const logWeight = (path as unknown as PathTable).logWeight;
    for (let at = 0; at < logWeight.length; at += 2) logWeight[at] = -Infinity; // the newest site must be occupied
  }
  extend(chain.N - done);
  const out = new Float64Array(series.size);
  const constrained = mix(series, path as unknown as PathTable, ends(chain), out);
  return exp(constrained - mix(series, followMany(series, step, chain.N), ends(chain), out));
}

const refuse = (problem: string): never => {
  throw new ArgumentError("chain1d", problem);
};

function checkOptions({ sites }: ChainOptions, clusters: readonly Cluster[]): void {
  if (!Number.isSafeInteger(sites) || sites < 1) refuse(`sites must be a positive integer, got ${sites}`);
  if (clusters.length === 0) refuse("needs at least one cluster");
  const seen = new Set<string>();
  for (const cluster of clusters) {
    const name = `[${cluster.join(", ")}]`;
    const ascending = cluster.every((d, i) => Number.isInteger(d) && (i === 0 ? d === 0 : d > cluster[i - 1]));
    if (cluster.length === 0 || !ascending) refuse(`cluster ${name} must be ascending whole offsets that start at 0`);
    if ((cluster.at(-1) ?? 0) > REACH) refuse(`cluster ${name} reaches further than ${REACH} sites ahead`);
    if (seen.has(name)) refuse(`cluster ${name} is there twice: its interactions could not be told apart`);
    seen.add(name);
  }
}

function checkNu(nu: Float64Array, P: number): void {
  if (nu.length === P && nu.every(Number.isFinite)) return;
  throw new ArgumentError("chain1d", `nu must be ${P} finite numbers, got (${nu.join(", ")})`);
}

function addStatistics(
  { N, ring }: Chain,
  clusters: readonly Cluster[],
  n: ArrayLike<number>,
  out: Float64Array,
): void {
  for (let k = 0; k < clusters.length; k++) {
    let sum = 0;
    const cluster = clusters[k];
    const last = ring ? N : N - (cluster.at(-1) ?? 0);
    for (let i = 0; i < last; i++) sum += cluster.every((d) => n[(i + d) % N] === 1) ? 1 : 0;
    out[k] = sum;
  }
}

function writeCovariance({ central }: Evaluation, P: number, out: Float64Array): void {
  let c = 1 + P; // the monomials of degree two come in this order
  for (let i = 0; i < P; i++) {
    for (let j = i; j < P; j++) {
      const value = (i === j ? 2 : 1) * central[c++] - central[1 + i] * central[1 + j];
      out[i * P + j] = value;
      out[j * P + i] = value;
    }
  }
}

function addCovarianceVjp({ central, series }: Evaluation, P: number, seed: Float64Array, out: Float64Array): void {
  const { factors, factorial } = series;
  const symmetric = (i: number, j: number): number => seed[i * P + j] + seed[j * P + i];
  // Central moments of third order are the cumulants. Each monomial ijk serves every way to choose which factor is k.
  for (let c = 1 + P + (P * (P + 1)) / 2; c < series.size; c++) {
    const [i, j, k] = factors.subarray(c * 3, c * 3 + 3);
    const value = central[c] * factorial[c];
    const half = i === j && j === k ? 1 : i === j || j === k ? 2 : 3;
    if (half === 1) out[k] -= (value * symmetric(i, i)) / 2;
    else if (i === j) {
      out[k] -= (value * symmetric(i, i)) / 2;
      out[i] -= value * symmetric(i, k);
    } else if (j === k) {
      out[i] -= (value * symmetric(j, j)) / 2;
      out[j] -= value * symmetric(i, j);
    } else {
      out[i] -= value * symmetric(j, k);
      out[j] -= value * symmetric(i, k);
      out[k] -= value * symmetric(i, j);
    }
  }
}

/** The family of binary chains: see ChainFamily. */
export function chain1d(options: ChainOptions): ChainFamily {
  const clusters = options.clusters ?? [[0], [0, 1]];
  checkOptions(options, clusters);
  const { sites, ring } = options;
  const P = clusters.length;
  const chain = createChain(options, clusters);
  let last: Evaluation | undefined;
  const at = (nu: Float64Array, order: number): Evaluation => {
    if (last !== undefined && last.order >= order && last.nu.every((x, k) => x === nu[k]) && nu.length === P)
      return last;
    checkNu(nu, P);
    last = evaluate(chain, nu, order);
    return last;
  };
  return {
    labels: clusters.map((c) => c.map((d) => (d === 0 ? "n(i)" : `n(i+${d})`)).join(" ")),
    support: { min: 0, max: 1 },
    sites,
    ring,
    clusters,
    state: () => null,
    awakeMoments: (_nu, data, _state, out) => out.set(data),
    asleepMoments: (nu, _state, out) => out.set(at(nu, 1).mean),
    logZ: (nu) => at(nu, 1).logZ,
    covariance: (nu, out) => writeCovariance(at(nu, 2), P, out),
    covarianceVjp: (nu, seed, out) => addCovarianceVjp(at(nu, 3), P, seed, out),
    statistics: (n, out) => addStatistics(chain, clusters, n, out),
    correlation(nu, places) {
      checkNu(nu, P);
      const bad = places.find((site) => !Number.isInteger(site) || site < 0 || site >= sites);
      if (bad !== undefined)
        throw new ArgumentError("chain1d.correlation", `site ${bad} is not one of 0 … ${sites - 1}`);
      return correlationOf(chain, nu, places);
    },
    draw(nu, count, random, out) {
      checkNu(nu, P);
      if (out.length < count * sites)
        throw new ArgumentError("chain1d.draw", `out must hold ${count} × ${sites} sites, got ${out.length}`);
      const flat = chain.series[0];
      const step = stepTable(chain, nu, 0, new Float64Array(P));
      const all = ring ? followMany(flat, step, sites) : undefined;
      drawChains(step, all, sites, count, random, out);
    },
  };
}
