import { ArgumentError } from "@dbd/numerics/errors";
import type { RandomSource } from "@dbd/numerics/random/source";
import { exp } from "@dbd/numerics/special";
import {
  addChainCovarianceVjp,
  chainBackward,
  chainCovariance,
  chainLogZ,
  chainMeans,
  type ChainMeans,
  type ChainPlan,
  chainWords,
  heldLogZ,
} from "../chainJets.ts";
import type { BoltzmannFamily, ExactFamily } from "../family.ts";
import { checkStates, type Layer, unitsOf } from "../layers/layer.ts";

const WHERE = "chain";
const MOST_WINDOWS = 512;

/** A product over sites ahead of the first: offsets (component 0), or [offset, component] where units have several. */
export type ChainProduct = readonly (number | readonly [offset: number, component: number])[];

export interface SiteChainOptions {
  /** Number of sites N. */
  readonly sites: number;
  /** Closed to a ring (site N is site 0), or open. */
  readonly ring: boolean;
  /** What a site is: `binary(1)`, `spin(1)` or `potts(1, species)`. */
  readonly site: Layer;
  /** Fields [0], pairs [0, 1], triplets [0, 1, 2], longer range [0, 5]; for Potts sites [[0, 0], [1, 2]] and so on. */
  readonly products: readonly ChainProduct[];
  /** One coefficient per product (default), or one for every place where it fits. */
  readonly tied?: boolean;
}

/**
 * A line or ring of sites of any finite kind with products over neighbours, φ = Σ_i Π_d x(i + d) (tied) or each place by
 * itself (untied):
 *
 *     p̃(x; ν) = exp(−Σₖ νₖ φₖ(x)) / Z(ν),     fields h = −ν.
 *
 * Exact by transfer matrices of q^r windows (q states a site, r the reach; at most 512), in logarithms, so that no weight is
 * too large (Kramers & Wannier 1941, doi:10.1103/PhysRev.60.252). Derivatives are carried along. Cost: N q^(r+1) for an
 * open chain's moments, q^r times that for a ring's, and P times for the covariance. For long tied chains of binary
 * sites `chain1d` needs log N steps.
 */
export interface SiteChain extends BoltzmannFamily<Float64Array, null>, ExactFamily {
  readonly sites: number;
  readonly ring: boolean;
  readonly site: Layer;
  /** φ of one configuration [N × components]. Writes out [P]. */
  statistics(x: Float64Array, out: Float64Array): void;
  /** ⟨Π x⟩ over given sites, any distance apart; [site, component] where units have several. Cost: q^(their number). */
  correlation(nu: Float64Array, sites: ChainProduct): number;
  /** Fills out [count, N × components] with independent exact configurations. */
  draw(nu: Float64Array, count: number, random: RandomSource, out: Float64Array): void;
}

/** A product with its offsets ascending, components given. */
type Term = readonly (readonly [offset: number, component: number])[];

const refuse = (problem: string): never => {
  throw new ArgumentError(WHERE, problem);
};

function termOf(product: ChainProduct, width: number): Term {
  const term = product.map((x) => (typeof x === "number" ? ([x, 0] as const) : x));
  const name = JSON.stringify(product);
  const ascending = term.every(([d], i) => Number.isInteger(d) && (i === 0 ? d === 0 : d > term[i - 1][0]));
  if (term.length === 0 || !ascending) refuse(`product ${name} must be ascending whole offsets that start at 0`);
  const bad = term.find(([, c]) => !(Number.isInteger(c) && c >= 0 && c < width));
  if (bad !== undefined) refuse(`product ${name} names component ${bad[1]} of a site with ${width}`);
  return term;
}

const spanOf = (term: Term): number => term[term.length - 1][0];

interface Compiled {
  readonly plan: ChainPlan;
  readonly terms: readonly Term[];
  readonly states: readonly (readonly number[])[];
  readonly width: number;
  readonly labels: readonly string[];
}

/** Π x of each term at each word, [K, M q]. */
function tabulate(terms: readonly Term[], states: Compiled["states"], words: number): Float64Array {
  const q = states.length;
  const value = new Float64Array(terms.length * words);
  terms.forEach((term, k) => {
    for (let w = 0; w < words; w++) {
      let product = 1;
      for (const [d, c] of term) product *= states[Math.floor(w / q ** (spanOf(term) - d)) % q][c];
      value[k * words + w] = product;
    }
  });
  return value;
}

function checkOptions({ sites, site, products }: SiteChainOptions): Compiled["states"] {
  if (!Number.isSafeInteger(sites) || sites < 1) refuse(`sites must be a positive integer, got ${sites}`);
  const [unit, ...more] = unitsOf(site);
  if (more.length > 0)
    refuse(`site must be a layer of one unit, got ${more.length + 1} (binary(1), spin(1), potts(1, 3))`);
  if (products.length === 0) refuse("needs at least one product");
  return unit.states ?? refuse(`sites need finitely many states, which ${site.name} units have not`);
}

function compile(options: SiteChainOptions): Compiled {
  const states = checkOptions(options);
  const { sites: N, ring, products, tied = true } = options;
  const [q, width] = [states.length, states[0].length];
  const terms = products.map((product) => termOf(product, width));
  const names = terms.map((term) =>
    term.map(([d, c]) => `${width === 1 ? "x" : `x${c}`}(i${d === 0 ? "" : `+${d}`})`).join(" "),
  );
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice !== undefined) refuse(`the product ${twice} is there twice: its interactions could not be told apart`);
  const reach = Math.max(1, ...terms.map(spanOf));
  const M = q ** reach;
  if (M > MOST_WINDOWS)
    refuse(`${q} states a site and a reach of ${reach} make ${M} windows, more than ${MOST_WINDOWS}`);
  const K = terms.length;
  const index = new Int32Array(N * K).fill(-1);
  const labels: string[] = [];
  terms.forEach((term, k) => {
    const span = spanOf(term);
    const places = ring ? N : N - span;
    if (places < 1) refuse(`the product ${names[k]} does not fit an open chain of ${N} sites`);
    for (let i = 0; i < places; i++) {
      if (!tied || i === 0)
        labels.push(
          tied
            ? names[k]
            : names[k].replaceAll(/\(i(?:\+(\d+))?\)/g, (_, d: string | undefined) => `(${(i + Number(d ?? 0)) % N})`),
        );
      index[((i + span) % N) * K + k] = labels.length - 1;
    }
  });
  const value = tabulate(terms, states, M * q);
  return { plan: { N, ring, q, M, P: labels.length, value, index }, terms, states, width, labels };
}

function writeStatistics({ plan, terms, width }: Compiled, x: Float64Array, out: Float64Array): void {
  const { N, index } = plan;
  const K = terms.length;
  out.fill(0);
  for (let t = 0; t < N; t++)
    terms.forEach((term, k) => {
      const at = index[t * K + k];
      if (at < 0) return;
      let product = 1;
      for (const [d, c] of term) product *= x[((((t - spanOf(term) + d) % N) + N) % N) * width + c];
      out[at] += product;
    });
}

function correlationOf(c: Compiled, nu: Float64Array, product: ChainProduct): number {
  const { plan, states, width } = c;
  const sites = product.map((x) => (typeof x === "number" ? ([x, 0] as const) : x));
  for (const [site, component] of sites)
    if (!(Number.isInteger(site) && site >= 0 && site < plan.N && component >= 0 && component < width))
      throw new ArgumentError("chain.correlation", `site ${site}, component ${component} is not on the chain`);
  const places = [...new Set(sites.map(([site]) => site))];
  const words = chainWords(plan, nu);
  const all = heldLogZ(plan, words, new Map());
  let sum = 0;
  for (let code = 0; code < states.length ** places.length; code++) {
    const held = new Map(places.map((site, i) => [site, Math.floor(code / states.length ** i) % states.length]));
    let value = 1;
    for (const [site, component] of sites) value *= states[held.get(site) ?? 0][component];
    if (value !== 0) sum += value * exp(heldLogZ(plan, words, held) - all);
  }
  return sum;
}

/** First windows of `count` draws, by their weights. */
function drawWindows(plan: ChainPlan, words: Float64Array, count: number, random: RandomSource): Int32Array {
  if (!plan.ring) return new Int32Array(count);
  const logZ = chainLogZ(plan, words);
  const total = logZ[plan.M * 4];
  return Int32Array.from({ length: count }, () => {
    let left = random();
    let s = 0;
    while (s < plan.M - 1 && left >= exp(logZ[s * 4] - total)) left -= exp(logZ[s++ * 4] - total);
    return s;
  });
}

function drawAll(
  { plan, states, width }: Compiled,
  words: Float64Array,
  windows: Int32Array,
  random: RandomSource,
  out: Float64Array,
): void {
  const { N, M, q, ring } = plan;
  const after = new Float64Array((N + 1) * M * 4);
  for (const start of new Set(windows)) {
    chainBackward(plan, words, ring ? start : -1, after);
    windows.forEach((window, c) => {
      if (window !== start) return;
      let s = start;
      for (let t = 0; t < N; t++) {
        let left = random();
        let a = 0;
        for (; a < q - 1; a++) {
          const w = s * q + a;
          left -= exp(words[(t * M * q + w) * 4] + after[((t + 1) * M + (w % M)) * 4] - after[(t * M + s) * 4]);
          if (left < 0) break;
        }
        out.set(states[a], (c * N + t) * width);
        s = (s * q + a) % M;
      }
    });
  }
}

/** The family of chains of any sites, tied or not: see SiteChain. */
export function chain(options: SiteChainOptions): SiteChain {
  const c = compile(options);
  const { plan, width } = c;
  const { P, N } = plan;
  const check = (nu: Float64Array): void => {
    if (nu.length !== P || !nu.every(Number.isFinite))
      throw new ArgumentError(
        WHERE,
        `nu must be ${P} finite numbers, got ${nu.length === P ? "one that is not" : nu.length}`,
      );
  };
  let last: { readonly nu: Float64Array; readonly means: ChainMeans } | undefined;
  const at = (nu: Float64Array): ChainMeans => {
    if (last?.nu.length === nu.length && last.nu.every((x, k) => x === nu[k])) return last.means;
    check(nu);
    last = { nu: nu.slice(), means: chainMeans(plan, chainWords(plan, nu)) };
    return last.means;
  };
  const values = c.states.flat();
  const rows = { ...options.site, size: N * width };
  return {
    labels: c.labels,
    support: { min: Math.min(...values), max: Math.max(...values) },
    sites: N,
    ring: options.ring,
    site: options.site,
    state: () => null,
    awakeMoments: (_nu, data, _state, out) => out.set(data),
    asleepMoments: (nu, _state, out) => out.set(at(nu).mean),
    logZ: (nu) => at(nu).logZ,
    covariance(nu, out) {
      check(nu);
      chainCovariance(plan, nu, out);
    },
    covarianceVjp(nu, seed, out) {
      check(nu);
      addChainCovarianceVjp(plan, nu, seed, out);
    },
    statistics(x, out) {
      checkStates("chain.statistics", rows, x);
      writeStatistics(c, x, out);
    },
    correlation(nu, sites) {
      check(nu);
      return correlationOf(c, nu, sites);
    },
    draw(nu, count, random, out) {
      check(nu);
      if (out.length < count * N * width)
        throw new ArgumentError("chain.draw", `out must hold ${count} × ${N * width} values, got ${out.length}`);
      const words = chainWords(plan, nu);
      drawAll(c, words, drawWindows(plan, words, count, random), random, out);
    },
  };
}
