import { ArgumentError } from "@dbd/numerics/errors";
import type { RandomSource } from "@dbd/numerics/random/source";
import { nextDouble } from "@dbd/numerics/random/xoshiro";
import { exp } from "@dbd/numerics/special";
import { type Mixing, mixing } from "../diagnostics.ts";
import type { SpeciesModel } from "../families/countsOfSpecies.ts";
import { randomState } from "./chains.ts";

/** Markov chains on copy numbers, as plain data. */
export interface Walkers {
  readonly count: number;
  /** Shape [C, S]. */
  readonly counts: Int32Array;
  /** State of their generator, shape [4]. */
  readonly random: Int32Array;
}

export interface WalkOptions {
  /** Steps that are kept, after `discard` steps that are not. */
  readonly steps: number;
  readonly discard?: number;
  /** Changes of state [S] to propose, both ways and at 1, 2, 4 … times; default one species at a time. */
  readonly moves?: readonly (readonly number[])[];
}

const WHERE = "walk";
const STRIDES = 7; // up to 64 copies at once
const MOST_VALUES = 2 ** 25;

/** Walkers at given states [C, S], which must be states of the model. */
export function startWalk(model: SpeciesModel, counts: Int32Array, random: RandomSource): Walkers {
  const S = model.species.length;
  if (counts.length === 0 || counts.length % S !== 0)
    throw new ArgumentError("startWalk", `needs one or more rows of ${S} counts, got ${counts.length} values`);
  for (let at = 0; at < counts.length; at += S)
    if (model.logBase(counts.subarray(at, at + S)) === -Infinity)
      throw new ArgumentError("startWalk", `row ${at / S} (${counts.subarray(at, at + S).join(", ")}) is not a state`);
  return { count: counts.length / S, counts: counts.slice(), random: randomState(random) };
}

function movesOf(model: SpeciesModel, given: WalkOptions["moves"]): readonly (readonly number[])[] {
  const { species, space } = model;
  const S = species.length;
  if (given === undefined && space.weights.length > 0)
    throw new ArgumentError(WHERE, "under conservation laws the moves must be given", {
      hint: "Use the stoichiometry of the reactions, such as [-1, -1, 1] for E + S → C",
    });
  const moves = given ?? species.map((_, s) => species.map((_n, i) => (i === s ? 1 : 0)));
  for (const move of moves) {
    const name = `move (${move.join(", ")})`;
    if (move.length !== S || !move.every(Number.isInteger) || move.every((x) => x === 0))
      throw new ArgumentError(WHERE, `${name} must be ${S} whole numbers, not all zero`);
    if (space.weights.some((w) => w.reduce((sum, x, s) => sum + x * move[s], 0) !== 0))
      throw new ArgumentError(WHERE, `${name} breaks a conservation law`);
  }
  if (moves.length === 0) throw new ArgumentError(WHERE, "needs at least one move");
  return moves;
}

/** log q(n) − ν·φ(n). */
function logWeight(model: SpeciesModel, nu: Float64Array, n: Int32Array, phi: Float64Array): number {
  let e = model.logBase(n);
  if (e === -Infinity) return e;
  model.evaluate(n, phi);
  for (let k = 0; k < nu.length; k++) e -= nu[k] * phi[k];
  return e;
}

/**
 * Metropolis steps of every walker, in place; one step proposes as many changes as there are moves (Metropolis et al. 1953,
 * doi:10.1063/1.1699114). Which move, which way and how many times is drawn without regard to the state, so proposals are
 * symmetric; what leaves the states is refused. When to use: several species with more states than a list may have.
 */
export function walk(
  model: SpeciesModel,
  nu: Float64Array,
  walkers: Walkers,
  steps: number,
  moves?: WalkOptions["moves"],
): void {
  const P = model.labels.length;
  if (nu.length !== P || !nu.every(Number.isFinite))
    throw new ArgumentError(WHERE, `nu must be ${P} finite numbers, got (${nu.join(", ")})`);
  const list = movesOf(model, moves);
  const { counts, count, random } = walkers;
  const S = model.species.length;
  const [trial, phi] = [new Int32Array(S), new Float64Array(P)];
  for (let c = 0; c < count; c++) {
    const n = counts.subarray(c * S, (c + 1) * S);
    let now = logWeight(model, nu, n, phi);
    for (let t = 0; t < steps * list.length; t++) {
      const move = list[Math.floor(nextDouble(random) * list.length)];
      const stride = (1 << Math.floor(nextDouble(random) * STRIDES)) * (nextDouble(random) < 0.5 ? -1 : 1);
      for (let s = 0; s < S; s++) trial[s] = n[s] + stride * move[s];
      const next = logWeight(model, nu, trial, phi);
      if (!(next >= now || nextDouble(random) < exp(next - now))) continue;
      n.set(trial);
      now = next;
    }
  }
}

/**
 * ⟨φ⟩ of several species by Metropolis walks, each with its standard error, R-hat and effective sample size. The walkers go
 * on from where they are, in place. That ν is normalisable is not checked: a walk that runs away shows in R-hat.
 * @returns One entry per statistic, length P.
 */
export function walkMoments(model: SpeciesModel, nu: Float64Array, walkers: Walkers, options: WalkOptions): Mixing[] {
  const { steps, discard = 0, moves } = options;
  const [P, S, C] = [model.labels.length, model.species.length, walkers.count];
  if (!Number.isSafeInteger(steps) || steps < 4)
    throw new ArgumentError("walkMoments", `steps must be an integer of at least 4, got ${steps}`);
  if (P * C * steps > MOST_VALUES)
    throw new ArgumentError("walkMoments", `${P} × ${C} × ${steps} values are more than it keeps (2^25)`, {
      hint: "Use fewer walkers or steps",
    });
  walk(model, nu, walkers, discard, moves);
  const trace = new Float64Array(P * C * steps);
  const phi = new Float64Array(P);
  for (let t = 0; t < steps; t++) {
    walk(model, nu, walkers, 1, moves);
    for (let c = 0; c < C; c++) {
      model.evaluate(walkers.counts.subarray(c * S, (c + 1) * S), phi);
      for (let k = 0; k < P; k++) trace[(k * C + c) * steps + t] = phi[k];
    }
  }
  return Array.from({ length: P }, (_, k) => mixing(trace.subarray(k * C * steps, (k + 1) * C * steps), C));
}
