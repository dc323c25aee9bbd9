import { ArgumentError } from "@dbd/numerics/errors";
import { exp, log, log1p } from "@dbd/numerics/special";
import { emptySums, normalise, type Sums } from "./partition.ts";
import { listStates, MAX_STATES, type SpeciesSpace } from "./speciesSpace.ts";
import { createProbes, type Probes, tabulate } from "./speciesTables.ts";
import type { Statistic } from "./statistics.ts";

// As for one species: what is left out of Σ max|φ|³ p̃ is below e^−36 = 2e-16 of its largest term.
const TAIL = 36;
// In a large box most states carry nothing. Sums run over a list that must hold all above e^−40 of the largest term and is
// made with a margin (e^−72), so that it serves while ν moves on.
const NEEDED = 40;
const LISTED = 72;
const FEW = 2048;

/** All states in the box. */
interface Boxed {
  /** Shape [N, S]. */
  readonly states: Int32Array;
  readonly phi: Float64Array;
  readonly logBase: Float64Array;
  /** 3 log max(1, max_k |φ_k|), [N]: tilts the tail check towards the third moments. */
  readonly tilt: Float64Array;
  /** log q − ν·φ of the last evaluation, [N]. */
  readonly exponent: Float64Array;
  /** 1 where the state is on the list, [N]. */
  readonly listed: Uint8Array;
}

/** Tables of a family on counts of several species and its last evaluation; the sums run over the list. */
export interface SpeciesPartition extends Sums {
  readonly space: SpeciesSpace;
  readonly statistics: readonly Statistic[];
  /** Largest count in the box, [S]. */
  readonly box: Int32Array;
  all: Boxed;
  /** Places in the box of the states on the list. */
  rows: Int32Array;
  /** The states on the list, [rows, S]; a new array whenever the list changes. */
  states: Int32Array;
  /** Per species without a bound: states in the two outermost layers but two, and in the two outermost. */
  edges: readonly { readonly species: number; readonly inner: Int32Array; readonly outer: Int32Array }[];
  probes: Probes | undefined;
  /** The ν of the last evaluation, [K]; NaN where there is none. */
  readonly nu: Float64Array;
}

/** Where a sum over states ended: done, or why not in words. */
export type SpeciesSummed = { readonly ok: true } | { readonly ok: false; readonly problem: string };

function layersOf(p: SpeciesPartition): SpeciesPartition["edges"] {
  const S = p.box.length;
  return p.space.max.flatMap((max, species) => {
    if (max < Infinity) return [];
    const pick = (from: number): Int32Array => {
      const list: number[] = [];
      for (let i = 0; i * S < p.all.states.length; i++) {
        const depth = p.box[species] - p.all.states[i * S + species];
        if (depth >= from && depth < from + 2) list.push(i);
      }
      return Int32Array.from(list);
    };
    return [{ species, inner: pick(2), outer: pick(0) }];
  });
}

const pickRows = (values: Float64Array, width: number, rows: Int32Array): Float64Array => {
  const out = new Float64Array(rows.length * width);
  for (let j = 0; j < rows.length; j++)
    for (let k = 0; k < width; k++) out[j * width + k] = values[rows[j] * width + k];
  return out;
};

/** Puts on the list what is above e^−LISTED of the largest term; everything where there are few states. */
function list(p: SpeciesPartition, top: number): void {
  const { exponent, tilt, listed, states, phi } = p.all;
  const S = p.box.length;
  const N = exponent.length;
  const keep = N > FEW ? top - LISTED : -Infinity;
  let count = 0;
  for (let i = 0; i < N; i++) {
    listed[i] = keep === -Infinity || exponent[i] + tilt[i] > keep ? 1 : 0;
    count += listed[i];
  }
  p.rows = new Int32Array(count);
  for (let i = 0, j = 0; i < N; i++) if (listed[i] === 1) p.rows[j++] = i;
  p.states = new Int32Array(count * S);
  p.rows.forEach((i, j) => p.states.set(states.subarray(i * S, (i + 1) * S), j * S));
  p.phi = pickRows(phi, p.order, p.rows);
  p.probability = new Float64Array(count);
  p.cumulative = new Float64Array(count);
}

/** Whether the list lacks a state that matters, or is far too long. */
function outdated(p: SpeciesPartition, top: number): boolean {
  const { exponent, tilt, listed } = p.all;
  if (p.rows.length === 0) return true;
  if (exponent.length <= FEW) return false;
  let needed = 0;
  for (let i = 0; i < exponent.length; i++) {
    if (!(exponent[i] + tilt[i] > top - NEEDED)) continue;
    if (listed[i] === 0) return true;
    needed++;
  }
  return p.rows.length > 8 * needed + FEW;
}

/** Tabulates the states of the present box. False when there are too many. */
function fill(p: SpeciesPartition): boolean {
  const states = listStates(p.space, p.box);
  if (states === undefined) return false;
  if (states.length === 0)
    throw new ArgumentError("countsOfSpecies", "no state obeys the conservation laws within the largest counts");
  const N = states.length / p.box.length;
  const tables = tabulate(p.space, p.statistics, states);
  p.all = { states, ...tables, exponent: new Float64Array(N), listed: new Uint8Array(N) };
  p.rows = new Int32Array(0);
  p.edges = layersOf(p);
  p.probes = createProbes(p.space, p.statistics, p.box);
  return true;
}

/** Tables on a first box; they grow with what ν asks for. */
export function createSpeciesPartition(space: SpeciesSpace, statistics: readonly Statistic[]): SpeciesPartition {
  const free = space.max.filter((max) => max === Infinity).length;
  const first = Math.max(7, Math.min(63, Math.floor(4096 ** (1 / Math.max(free, 1))) - 1));
  const p: SpeciesPartition = {
    ...emptySums(statistics.length),
    space,
    statistics,
    box: Int32Array.from(space.max, (max) => Math.min(max, first)),
    all: {
      states: new Int32Array(0),
      phi: new Float64Array(0),
      logBase: new Float64Array(0),
      tilt: new Float64Array(0),
      exponent: new Float64Array(0),
      listed: new Uint8Array(0),
    },
    rows: new Int32Array(0),
    states: new Int32Array(0),
    edges: [],
    probes: undefined,
    nu: new Float64Array(statistics.length).fill(Number.NaN),
  };
  space.max.forEach((max, s) => {
    if (max < Infinity) p.box[s] = max;
  });
  const boxed = space.weights.length > 0 ? 0 : p.box.reduce((product, most) => product * (most + 1), 1);
  if (boxed > MAX_STATES || !fill(p))
    throw new ArgumentError("countsOfSpecies", `there are more than ${MAX_STATES} states`, {
      hint: "Use smaller max, fewer species in one family, or conservation laws; walkMoments needs no list",
    });
  return p;
}

/** log q(n) − Σ νₖ φₖ(n) of every row. */
function exponents(phi: Float64Array, logBase: Float64Array, nu: Float64Array, out: Float64Array): void {
  const K = nu.length;
  for (let i = 0; i < logBase.length; i++) {
    let e = logBase[i];
    for (let k = 0; k < K; k++) e -= nu[k] * phi[i * K + k];
    out[i] = e;
  }
}

function layerSum(p: SpeciesPartition, rows: Int32Array, top: number): number {
  let sum = 0;
  for (const i of rows) sum += exp(p.all.exponent[i] + p.all.tilt[i] - top);
  return sum;
}

/** Species along which the two outermost layers say that the rest still matters. */
function opens(p: SpeciesPartition, top: number): number[] {
  return p.edges.flatMap(({ species, inner, outer }) => {
    const last = layerSum(p, outer, top);
    if (last === 0) return [];
    const ratio = log(last) - log(layerSum(p, inner, top));
    return ratio < 0 && log(last) + ratio - log1p(-exp(ratio)) < -TAIL ? [] : [species];
  });
}

/** What the probes say: how far the box must reach at least, [S], and the end of a direction that never falls off. */
interface Outside {
  readonly reach: Int32Array;
  readonly endless: Int32Array | undefined;
}

function outside(p: SpeciesPartition, nu: Float64Array, top: number): Outside {
  const { probes } = p;
  const S = p.box.length;
  const reach = p.box.slice();
  if (probes === undefined) return { reach, endless: undefined };
  const e = new Float64Array(probes.logBase.length);
  exponents(probes.phi, probes.logBase, nu, e);
  for (let i = 0; i < e.length; i++) {
    if (!(e[i] + probes.tilt[i] > top - TAIL)) continue;
    const state = probes.states.subarray(i * S, (i + 1) * S);
    if (i % probes.length === probes.length - 1) return { reach, endless: state };
    for (let s = 0; s < S; s++) reach[s] = Math.max(reach[s], state[s]);
  }
  return { reach, endless: undefined };
}

function describe(p: SpeciesPartition, state: Int32Array): string {
  return p.space.names.flatMap((name, s) => (state[s] > 0 ? [`${name} = ${state[s]}`] : [])).join(", ");
}

const tooBroad = `the sum needs more than ${MAX_STATES} states`;

/** Sums over all states at ν unless that is what was summed last. */
export function evaluateSpecies(p: SpeciesPartition, nu: Float64Array): SpeciesSummed {
  if (p.nu.every((x, k) => x === nu[k])) return { ok: true };
  p.nu.fill(Number.NaN); // no valid evaluation while the arrays change
  let top = -Infinity;
  for (;;) {
    const { phi, logBase, tilt, exponent } = p.all;
    exponents(phi, logBase, nu, exponent);
    top = -Infinity;
    for (let i = 0; i < exponent.length; i++) {
      const tilted = exponent[i] + tilt[i];
      if (tilted > top) top = tilted;
    }
    const { reach, endless } = outside(p, nu, top);
    if (endless !== undefined)
      return { ok: false, problem: `the weights have not fallen off at ${describe(p, endless)}` };
    const open = opens(p, top);
    if (open.length === 0 && reach.every((most, s) => most === p.box[s])) break;
    for (const s of open) reach[s] = Math.max(reach[s], Math.ceil(1.5 * p.box[s]));
    const before = p.box.slice();
    p.box.set(reach);
    const boxed = p.space.weights.length > 0 ? 0 : reach.reduce((product, most) => product * (most + 1), 1);
    if (boxed <= MAX_STATES && fill(p)) continue;
    p.box.set(before);
    return { ok: false, problem: tooBroad };
  }
  if (outdated(p, top)) list(p, top);
  const { rows, probability } = p;
  for (let j = 0; j < rows.length; j++) probability[j] = p.all.exponent[rows[j]];
  normalise(p, rows.length);
  p.nu.set(nu);
  return { ok: true };
}
