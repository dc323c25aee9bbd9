import type { Statistic } from "@dbd/boltzmann";
import { cholesky, solveCholesky } from "@dbd/numerics/dense";
import { ArgumentError, NumericalError } from "@dbd/numerics/errors";

/** The transitions out of a state n [S]: calls `visit` with the rate of each (1/time) and the state after it. */
export type Transitions = (n: ArrayLike<number>, visit: (rate: number, after: ArrayLike<number>) => void) => void;

/** States with the values of statistics X and of their drifts LX, where LX(n) = Σ rate (X(after) − X(n)). */
export interface StatisticTable {
  readonly labels: readonly string[];
  /** X, shape [N, M]. */
  readonly values: Float64Array;
  /** LX, shape [N, M], in 1/time. */
  readonly drifts: Float64Array;
  /** Probability of every row, [N]. Without it rows are a sample of equal weights, and scores have a z. */
  readonly probability?: Float64Array;
}

/**
 * Tabulates statistics and their drifts over states: all that structure inference needs of a generator.
 * @param states - Shape [N, S].
 */
export function tabulate(
  states: ArrayLike<number> & { subarray(begin: number, end: number): ArrayLike<number> },
  statistics: readonly Statistic[],
  { size: S, transitions, probability }: StatesOptions,
): StatisticTable {
  const N = states.length / S;
  const M = statistics.length;
  if (!Number.isInteger(N) || N === 0)
    throw new ArgumentError("tabulate", `states must have length N·${S} ([N, S]), got ${states.length}`);
  const values = new Float64Array(N * M);
  const drifts = new Float64Array(N * M);
  for (let i = 0; i < N; i++) {
    const n = states.subarray(i * S, (i + 1) * S);
    for (let k = 0; k < M; k++) values[i * M + k] = statistics[k].value(n);
    transitions(n, (rate, after) => {
      for (let k = 0; k < M; k++) drifts[i * M + k] += rate * (statistics[k].value(after) - values[i * M + k]);
    });
  }
  const labels = statistics.map(({ label }) => label);
  return probability === undefined ? { labels, values, drifts } : { labels, values, drifts, probability };
}

interface StatesOptions {
  /** S. */
  readonly size: number;
  readonly transitions: Transitions;
  readonly probability?: Float64Array;
}

/** What the model leaves unexplained of one candidate X. */
export interface Score {
  readonly label: string;
  /** Column of the candidate table. */
  readonly index: number;
  /**
   * r = ⟨LX⟩ − Cov(X, φ) F with F = C⁻¹⟨Lφ⟩: the part of d⟨X⟩/dt that no motion of the model's own ν gives, in 1/time.
   */
  readonly residual: number;
  /** r²/Var(X|φ): how fast KL would fall off if X were added, in 1/time². */
  readonly gain: number;
  /** r over its standard error (influence function, from C and F too); NaN for exact probabilities. */
  readonly z: number;
}

/**
 * Ranks candidate statistics by how much of their motion a family with statistics φ cannot follow: the largest gain
 * first (docs/theory.md, eq. (16) and (17)). Three rules make the first one the generator's own (measured on rings of
 * 12 sites with 10⁴ samples): evaluate at a product state, avoid half filling for pair annihilation (its gain is 0
 * there), and use centred products, of which a triplet implies its pairs. At the model's states along t the same
 * ranking says what to add next.
 * @param model - φ and Lφ.   @param candidates - X and LX on the same states.
 * @throws ArgumentError when the tables do not fit; NumericalError when C is singular (a statistic is redundant).
 */
export function rankStatistics(model: StatisticTable, candidates: StatisticTable): readonly Score[] {
  const P = model.labels.length;
  const M = candidates.labels.length;
  const N = model.values.length / P;
  if (candidates.values.length !== N * M)
    throw new ArgumentError(
      "rankStatistics",
      `both tables need the same states, got ${N} and ${candidates.values.length / M}`,
    );
  const p = model.probability ?? new Float64Array(N).fill(1 / N);
  const phi = centred(model.values, p, P);
  const C = new Float64Array(P * P);
  for (let i = 0; i < N; i++)
    for (let k = 0; k < P; k++) for (let l = 0; l < P; l++) C[k * P + l] += p[i] * phi[i * P + k] * phi[i * P + l];
  const L = C.slice();
  if (!cholesky(L, P) || !wellConditioned(L, C, P))
    throw new NumericalError(
      "rankStatistics",
      "the covariance of the model's statistics is singular",
      {},
      "Leave out the redundant ones",
    );
  const F = means(model.drifts, p, P);
  solveCholesky(L, P, F);
  const scores = candidates.labels.map((label, index): Score => {
    const X = centred(column(candidates.values, M, index), p, 1);
    const LX = column(candidates.drifts, M, index);
    const B = new Float64Array(P); // regression of X on φ
    for (let i = 0; i < N; i++) for (let k = 0; k < P; k++) B[k] += p[i] * X[i] * phi[i * P + k];
    solveCholesky(L, P, B);
    let total = 0;
    let variance = 0;
    let residual = 0;
    const influence = new Float64Array(N);
    for (let i = 0; i < N; i++) {
      total += p[i] * X[i] * X[i];
      let rest = X[i]; // X⊥ = X − Bφ, so that r = ⟨LX⊥⟩
      let drift = LX[i];
      let along = 0;
      for (let k = 0; k < P; k++) {
        rest -= B[k] * phi[i * P + k];
        drift -= B[k] * model.drifts[i * P + k];
        along += phi[i * P + k] * F[k];
      }
      variance += p[i] * rest * rest;
      residual += p[i] * drift;
      influence[i] = drift - rest * along; // the second term is what B's own error does
    }
    const explained = !(variance > 1e-12 * total); // X is a function of φ
    const spread = influence.reduce((sum, v, i) => sum + p[i] * (v - residual) ** 2, 0);
    const z = model.probability === undefined ? residual / Math.sqrt(spread / N) : Number.NaN;
    return { label, index, residual, gain: explained ? 0 : residual ** 2 / variance, z: explained ? 0 : z };
  });
  return scores.toSorted((a, b) => b.gain - a.gain);
}

/** One round of `growStructure`: what was added, and what the others scored then. */
export interface Round {
  readonly added: Score;
  readonly ranking: readonly Score[];
}

/**
 * Proposes, adds, repeats: adds the first of the ranking to the model's statistics until no candidate is significant.
 * @returns The rounds, and the table of the grown model.
 */
export function growStructure(
  model: StatisticTable,
  candidates: StatisticTable,
  options: {
    /** Most statistics to add. */
    readonly most: number;
    /** Least |z| of an addition, for samples; 4 unless given. */
    readonly significance?: number;
    /** Least gain relative to the first round's, for exact probabilities; 1e-9 unless given. */
    readonly least?: number;
  },
): { readonly rounds: readonly Round[]; readonly model: StatisticTable } {
  const { most, significance = 4, least = 1e-9 } = options;
  const rounds: Round[] = [];
  let grown = model;
  while (rounds.length < most) {
    const taken = new Set(rounds.map(({ added }) => added.index));
    const ranking = rankStatistics(grown, candidates).filter(({ index }) => !taken.has(index));
    const found = ranking.find(({ z }) => !(Math.abs(z) < significance));
    if (found === undefined || !(found.gain > least * (rounds[0]?.added.gain ?? 0))) break;
    rounds.push({ added: found, ranking });
    grown = joined(grown, candidates, found.index);
  }
  return { rounds, model: grown };
}

function joined(model: StatisticTable, candidates: StatisticTable, index: number): StatisticTable {
  const P = model.labels.length;
  const append = (own: Float64Array, all: Float64Array): Float64Array => {
    const M = candidates.labels.length;
    const N = own.length / P;
    const out = new Float64Array(N * (P + 1));
    for (let i = 0; i < N; i++) {
      out.set(own.subarray(i * P, (i + 1) * P), i * (P + 1));
      out[i * (P + 1) + P] = all[i * M + index];
    }
    return out;
  };
  return {
    ...model,
    labels: [...model.labels, candidates.labels[index]],
    values: append(model.values, candidates.values),
    drifts: append(model.drifts, candidates.drifts),
  };
}

function column(table: Float64Array, M: number, index: number): Float64Array {
  return Float64Array.from({ length: table.length / M }, (_, i) => table[i * M + index]);
}

function means(table: Float64Array, p: Float64Array, P: number): Float64Array {
  const out = new Float64Array(P);
  for (let i = 0; i < p.length; i++) for (let k = 0; k < P; k++) out[k] += p[i] * table[i * P + k];
  return out;
}

function centred(table: Float64Array, p: Float64Array, P: number): Float64Array {
  const mean = means(table, p, P);
  return table.map((v, i) => v - mean[i % P]);
}

function wellConditioned(L: Float64Array, C: Float64Array, P: number): boolean {
  for (let k = 0; k < P; k++) if (!(L[k * P + k] ** 2 > 1e-12 * C[k * P + k])) return false;
  return true;
}
