import { ArgumentError } from "@dbd/numerics/errors";
import { type SparseRows, sparseRows } from "@dbd/numerics/sparse";
import { unit, zeros } from "../closures/exponents.ts";
import { valueOf } from "../closures/rational.ts";
import type { Network } from "../network.ts";
import { type LadderOperator, type LadderTerm, ladderTerm } from "./ladder.ts";
import { generatorOperators } from "./reactionOperator.ts";

/** Largest count per species, shape [S]: the states 0 … box, the last species fastest. */
export type Cutoff = readonly number[];

const where = "operatorMatrix";
/** Most states of a matrix. */
const maximalStates = 1_000_000;

function sizeOf(cutoff: Cutoff): number {
  const wrong = cutoff.find((most) => !Number.isInteger(most) || most < 0);
  if (wrong !== undefined) throw new ArgumentError(where, `a cutoff must be a whole number ≥ 0, got ${wrong}`);
  const size = cutoff.reduce((product, most) => product * (most + 1), 1);
  if (size > maximalStates) throw new ArgumentError(where, `${size} states are more than ${maximalStates}`);
  return size;
}

/** Copy numbers of state i. */
function stateAt(cutoff: Cutoff, i: number): number[] {
  const x: number[] = [];
  for (let s = cutoff.length - 1; s >= 0; s--) {
    x.unshift(i % (cutoff[s] + 1));
    i = Math.floor(i / (cutoff[s] + 1));
  }
  return x;
}

/** Where a†^p a^q takes |x⟩, and its factor n(n − 1)…(n − q + 1); undefined when that is 0 or beyond the cutoff. */
function image(
  { creation, annihilation }: LadderTerm,
  x: readonly number[],
  cutoff: Cutoff,
): { index: number; factor: number } | undefined {
  let index = 0;
  let factor = 1;
  for (let s = 0; s < x.length; s++) {
    for (let k = 0; k < annihilation[s]; k++) factor *= x[s] - k;
    const to = x[s] - annihilation[s] + creation[s];
    if (factor === 0 || to > cutoff[s]) return undefined;
    index = index * (cutoff[s] + 1) + to;
  }
  return { index, factor };
}

function weightedMatrix(
  terms: readonly { readonly term: LadderTerm; readonly weight: number }[],
  cutoff: Cutoff,
): SparseRows {
  const size = sizeOf(cutoff);
  const rows = Array.from({ length: size }, () => new Map<number, number>());
  for (let column = 0; column < size; column++) {
    const x = stateAt(cutoff, column);
    for (const { term, weight } of terms) {
      const to = image(term, x, cutoff);
      if (to === undefined) continue;
      rows[to.index].set(column, (rows[to.index].get(column) ?? 0) + weight * to.factor);
    }
  }
  return sparseRows(
    size,
    rows.map((row) => [...row].filter(([, value]) => value !== 0).sort(([a], [b]) => a - b)),
  );
}

/**
 * The matrix of an operator on the states up to the cutoff: column n holds what it makes of |n⟩, shape [N, N]. What leads
 * beyond the cutoff is dropped, so that [a, a†] = 1 holds below it and reads −n on it.
 * @throws {ArgumentError} For a cutoff that is not a whole number, or more than 10⁶ states.
 */
export const operatorMatrix = (operator: LadderOperator, cutoff: Cutoff): SparseRows =>
  weightedMatrix(
    operator.map((term) => ({ term, weight: Number(term.coefficient) })),
    cutoff,
  );

/** a†_s: |n⟩ → |n + 1⟩. */
export const creationMatrix = (cutoff: Cutoff, species: number): SparseRows =>
  operatorMatrix(ladderTerm(unit(cutoff.length, species), zeros(cutoff.length)), cutoff);

/** a_s: |n⟩ → n|n − 1⟩. */
export const annihilationMatrix = (cutoff: Cutoff, species: number): SparseRows =>
  operatorMatrix(ladderTerm(zeros(cutoff.length), unit(cutoff.length, species)), cutoff);

/** The generator of the master equation on the truncated space, shape [N, N]; firings beyond the cutoff are losses. */
export const generatorMatrix = (network: Network, cutoff: Cutoff): SparseRows =>
  weightedMatrix(
    generatorOperators(network).terms.flatMap(({ constant, multiplier, operator }) =>
      operator.map((term) => ({ term, weight: constant.value * valueOf(multiplier) * Number(term.coefficient) })),
    ),
    cutoff,
  );
