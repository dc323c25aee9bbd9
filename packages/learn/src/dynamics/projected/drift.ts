import type { CountsFamily, SpeciesFamily } from "@dbd/boltzmann";
import { ArgumentError } from "@dbd/numerics/errors";

/** Drift of every statistic under one reaction at unit rate: entry k maps n to (L_r φ_k)(n), in 1/time. Length P. */
export type ReactionDrift = readonly ((n: number) => number)[];

/** The same for several species: writes (L_r φ)(n), in 1/time, to out [P] for the counts n [S]. */
export type SpeciesDrift = (n: ArrayLike<number>, out: Float64Array) => void;

/** The drift of one reaction of one species: n → n + jump at rate propensity(n). */
export function jumpDrift(
  family: Pick<CountsFamily, "labels" | "statistics">,
  jump: number,
  propensity: (n: number) => number,
): ReactionDrift {
  const before = new Float64Array(family.labels.length);
  const after = new Float64Array(family.labels.length);
  return family.labels.map((_, k) => (n) => {
    const rate = propensity(n);
    if (rate === 0) return 0;
    family.statistics(n, before);
    family.statistics(n + jump, after);
    return rate * (after[k] - before[k]);
  });
}

/**
 * The drift of one reaction of several species: n → n + jump at rate propensity(n), any process that has such jumps
 * (a reaction, a hop from site to site). Propensities must vanish where a count would become negative.
 * @param jump - Change of every count, shape [S].
 * @throws ArgumentError when jump has the wrong length.
 */
export function speciesDrift(
  family: Pick<SpeciesFamily, "labels" | "species" | "evaluate">,
  jump: readonly number[],
  propensity: (n: ArrayLike<number>) => number,
): SpeciesDrift {
  const S = family.species.length;
  if (jump.length !== S || !jump.every(Number.isInteger))
    throw new ArgumentError(
      "speciesDrift",
      `jump must be ${S} whole numbers (${family.species.join(", ")}), got [${jump.join(", ")}]`,
    );
  const before = new Float64Array(family.labels.length);
  const after = new Int32Array(S);
  return (n, out) => {
    const rate = propensity(n);
    out.fill(0);
    if (rate === 0) return;
    for (let s = 0; s < S; s++) after[s] = n[s] + jump[s];
    family.evaluate(n, before);
    family.evaluate(after, out);
    for (let k = 0; k < before.length; k++) out[k] = rate * (out[k] - before[k]);
  };
}
