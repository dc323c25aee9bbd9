import type { StateSpace } from "./stateSpace.ts";

/**
 * The uniformised chain P = I + Q/Λ of a state space, Λ its largest exit rate. Flows between states of one distance in
 * their order are kept as a diagonal, where few distances occur (always for one species: a distance is a change of the
 * count); a diagonal is a straight loop, about three times as fast as compressed rows. Otherwise compressed rows.
 */
export interface Chain {
  /** Λ, in s⁻¹. */
  readonly lambda: number;
  /** Probability to stay in each state, shape [N]. */
  readonly stay: Float64Array;
  readonly diagonals: readonly Diagonal[] | undefined;
  /** Probabilities of the flows, in the order of the space. */
  readonly move: Float64Array;
  /** States from which the box can be left, and with which probability. */
  readonly exits: Int32Array;
  readonly exitMove: Float64Array;
}

interface Diagonal {
  /** State i receives from state i − distance. */
  readonly distance: number;
  /** By the receiving state, shape [N]. */
  readonly move: Float64Array;
}

const mostDiagonals = 24;

function diagonalsOf({ size, start, from }: StateSpace, move: Float64Array): Diagonal[] | undefined {
  const distances = new Set<number>();
  for (let i = 0; i < size; i++) {
    for (let e = start[i]; e < start[i + 1]; e++) distances.add(i - from[e]);
    if (distances.size > mostDiagonals) return undefined;
  }
  // Mostly empty diagonals cost more than rows.
  if (distances.size * size > 3 * move.length) return undefined;
  const rows = new Map([...distances].map((distance) => [distance, new Float64Array(size)]));
  for (let i = 0; i < size; i++) for (let e = start[i]; e < start[i + 1]; e++) rows.get(i - from[e])![i] += move[e];
  return [...rows].map(([distance, values]) => ({ distance, move: values }));
}

export function chainOf(space: StateSpace): Chain {
  const lambda = space.exit.reduce((most, rate) => Math.max(most, rate), 0) || 1;
  const move = space.rate.map((rate) => rate / lambda);
  const exits = Int32Array.from(space.leak.keys()).filter((i) => space.leak[i] > 0);
  return {
    lambda,
    stay: space.exit.map((rate) => 1 - rate / lambda),
    diagonals: diagonalsOf(space, move),
    move,
    exits,
    exitMove: Float64Array.from(exits, (i) => space.leak[i] / lambda),
  };
}

/** sum += weight·p. Hot path. */
export function accumulate(p: Float64Array, weight: number, sum: Float64Array): void {
  for (let i = 0; i < p.length; i++) sum[i] += weight * p[i];
}

/**
 * Sets probabilities below 1e-150 to 0. A lone start feeds ever smaller numbers to states far away; once they are
 * subnormal, every product with one takes a hundred times as long. Called every few dozen steps.
 */
export function flush(p: Float64Array): void {
  for (let i = 0; i < p.length; i++) if (p[i] < 1e-150) p[i] = 0;
}

function addDiagonal(distance: number, move: Float64Array, p: Float64Array, out: Float64Array): void {
  const first = Math.max(0, distance);
  const end = Math.min(p.length, p.length + distance);
  for (let i = first; i < end; i++) out[i] += move[i] * p[i - distance];
}

/** Stay and two diagonals in one pass, the commonest case. */
function multiplyTwo(stay: Float64Array, one: Diagonal, two: Diagonal, p: Float64Array, out: Float64Array): void {
  const size = p.length;
  const { distance: d1, move: m1 } = one;
  const { distance: d2, move: m2 } = two;
  const first = Math.min(size, Math.max(0, d1, d2));
  const end = Math.max(first, Math.min(size, size + d1, size + d2));
  for (let i = first; i < end; i++) out[i] = stay[i] * p[i] + m1[i] * p[i - d1] + m2[i] * p[i - d2];
  // Beyond the ends p is 0.
  for (let i = 0; i < first; i++) out[i] = stay[i] * p[i] + m1[i] * (p[i - d1] ?? 0) + m2[i] * (p[i - d2] ?? 0);
  for (let i = end; i < size; i++) out[i] = stay[i] * p[i] + m1[i] * (p[i - d1] ?? 0) + m2[i] * (p[i - d2] ?? 0);
}

function multiplyDiagonals(
  stay: Float64Array,
  diagonals: readonly Diagonal[],
  p: Float64Array,
  out: Float64Array,
): void {
  for (let i = 0; i < p.length; i++) out[i] = stay[i] * p[i];
  for (let d = 0; d < diagonals.length; d++) addDiagonal(diagonals[d].distance, diagonals[d].move, p, out);
}

function multiplyRows({ start, from }: StateSpace, { stay, move }: Chain, p: Float64Array, out: Float64Array): void {
  for (let i = 0; i < p.length; i++) {
    let sum = stay[i] * p[i];
    const end = start[i + 1];
    for (let e = start[i]; e < end; e++) sum += move[e] * p[from[e]];
    out[i] = sum;
  }
}

/** out = Pᵀ p; returns the mass that leaves the box. Hot path: no checks, no allocation. */
export function step(space: StateSpace, chain: Chain, p: Float64Array, out: Float64Array): number {
  const { stay, diagonals, exits, exitMove } = chain;
  if (diagonals === undefined) multiplyRows(space, chain, p, out);
  else if (diagonals.length === 2) multiplyTwo(stay, diagonals[0], diagonals[1], p, out);
  else multiplyDiagonals(stay, diagonals, p, out);
  let leaked = 0;
  for (let i = 0; i < exits.length; i++) leaked += exitMove[i] * p[exits[i]];
  return leaked;
}
