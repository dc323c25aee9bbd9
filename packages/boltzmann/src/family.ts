import type { RandomSource } from "@dbd/numerics/random/source";

/** The counts a family lives on: the integers min … max, max = ∞ for all of them. Decides which ν are normalisable. */
export interface Support {
  readonly min: number;
  readonly max: number;
}

/**
 * An energy-based family with P interactions,
 *
 *     p̃(x; ν) = q(x) · exp(−Σₖ νₖ φₖ(x)) / Z(ν),
 *
 * q the base measure (always explicit), φ the sufficient statistics. This is the one sign of the whole project: for
 * every family ∂KL(p‖p̃)/∂νₖ = ⟨φₖ⟩_p − ⟨φₖ⟩_p̃ (awake minus asleep), ∂⟨φ⟩/∂ν = −C with C = Cov(φ, φ), and the Hessian
 * of KL in ν is C. `State` holds Markov chains as plain data (null for an exact family); `Data` is what the awake phase
 * averages over (with nothing hidden: the moments ⟨φ⟩ themselves, shape [P]).
 */
export interface BoltzmannFamily<Data = Float64Array, State = unknown> {
  /** Names of the interactions, length P. */
  readonly labels: readonly string[];
  readonly support: Support;
  state(random: RandomSource): State;
  /** ⟨φ⟩ of the data with hidden units, if any, averaged at ν. Writes out [P]. */
  awakeMoments(nu: Float64Array, dataAtT: Data, state: State, out: Float64Array): void;
  /** ⟨φ⟩ of the model at ν. Writes out [P]. */
  asleepMoments(nu: Float64Array, state: State, out: Float64Array): void;
}

/** What a family offers when its sums can be done exactly. */
export interface ExactFamily {
  /** log Z(ν) in nats. */
  logZ(nu: Float64Array): number;
  /** C = Cov(φ, φ) = ∂² log Z/∂ν². Writes out [P, P]. */
  covariance(nu: Float64Array, out: Float64Array): void;
  /**
   * Gradient of Σᵢⱼ seedᵢⱼ Cᵢⱼ(ν): out[k] += −Σᵢⱼ seedᵢⱼ κᵢⱼₖ with the third cumulants κ. seed [P, P] need not be
   * symmetric; out [P] is added to.
   */
  covarianceVjp(nu: Float64Array, seed: Float64Array, out: Float64Array): void;
}
