/**
 * An autonomous vector field with coefficients, dy/dt = F(y; u), with its two directional derivatives.
 * P is the number of states and Q the number of coefficients. The members are hot paths: they check nothing,
 * allocate nothing and may be called at any y that an integrator visits.
 */
export interface Dynamics {
  /** [P, Q]. */
  readonly shape: readonly [P: number, Q: number];
  /** Writes F(y; u) into `out`, shape [P], in units of y per unit of time. */
  evaluate(y: Float64Array, u: Float64Array, out: Float64Array): void;
  /** Forward: out = ∂F/∂y · dy + ∂F/∂u · du, with dy [P], du [Q], out [P] (overwritten). */
  jvp(y: Float64Array, u: Float64Array, dy: Float64Array, du: Float64Array, out: Float64Array): void;
  /** Backward: yBar += (∂F/∂y)ᵀ seed and uBar += (∂F/∂u)ᵀ seed, with seed [P], yBar [P], uBar [Q]. */
  vjp(y: Float64Array, u: Float64Array, seed: Float64Array, yBar: Float64Array, uBar: Float64Array): void;
  /**
   * Second order: the change of `vjp` with (y, u) along (dy, du) at a fixed seed, for Hessian–vector products and for the
   * derivatives of Rosenbrock methods: yBar += Σ_k seed_k (∂²F_k/∂y² dy + ∂²F_k/∂y∂u du), uBar += Σ_k seed_k (∂²F_k/∂u∂y dy
   * + ∂²F_k/∂u² du), with dy [P], du [Q], yBar [P], uBar [Q]. `secondByDifferences` makes one where it is missing.
   */
  second?:
    | ((
        y: Float64Array,
        u: Float64Array,
        seed: Float64Array,
        dy: Float64Array,
        du: Float64Array,
        yBar: Float64Array,
        uBar: Float64Array,
      ) => void)
    | undefined;
}
