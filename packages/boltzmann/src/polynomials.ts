import { ArgumentError } from "@dbd/numerics/errors";

/**
 * Polynomials ψ₁ … ψ_K in n, orthonormal and of mean zero under given weights: ∑ p ψᵢ ψⱼ = δᵢⱼ, ∑ p ψⱼ = 0. They are
 * ψⱼ(n) = const + Σ_{k≤j} map[j, k] C(n, k), so a linear map of the interactions, and the basis in which every fit here
 * is well conditioned: Cov(ψ) = map · C · mapᵀ = 1, hence C⁻¹ = mapᵀ · map.
 */
export interface OrthonormalPolynomials {
  readonly order: number;
  /** Lower triangular, [K, K]. */
  readonly map: Float64Array;
  /** Recurrence coefficients (α₀ β₁ α₁ β₂ …): β_{j+1} ψ_{j+1} = (n − αⱼ) ψⱼ − βⱼ ψ_{j−1}, [2K]. */
  readonly recurrence: Float64Array;
}

/** Writes ψ₁(n) … ψ_K(n) to out [K], by the recurrence (no cancellation between large powers). */
export function evaluatePolynomials(basis: OrthonormalPolynomials, n: number, out: Float64Array): void {
  const { order, recurrence } = basis;
  let before = 0;
  let now = 1;
  let beta = 0;
  for (let j = 0; j < order; j++) {
    const next = ((n - recurrence[2 * j]) * now - beta * before) / recurrence[2 * j + 1];
    before = now;
    now = next;
    beta = recurrence[2 * j + 1];
    out[j] = now;
  }
}

/**
 * The orthonormal polynomials of the weights w(n), n = 0, 1, … (Stieltjes' procedure; Gautschi 2004, Orthogonal
 * Polynomials, §2.2.3), with their coefficients in C(n, k) carried along by n C(n, k) = (k + 1) C(n, k + 1) + k C(n, k).
 *
 * @param weights - Non-negative, not necessarily normalised.
 * @returns undefined when fewer than K + 1 counts carry weight.
 */
export function orthonormalPolynomials(weights: Float64Array, order: number): OrthonormalPolynomials | undefined {
  const size = weights.length;
  const basis = { order, map: new Float64Array(order * order), recurrence: new Float64Array(2 * order) };
  let before = new Float64Array(size);
  let now = new Float64Array(size).fill(1);
  let spare = new Float64Array(size);
  let rowBefore = new Float64Array(order + 1); // coefficients of C(n, 0) … C(n, K)
  let row = new Float64Array(order + 1);
  row[0] = 1;
  let total = 0;
  for (let n = 0; n < size; n++) total += weights[n];
  let beta = 0;
  for (let j = 0; j < order; j++) {
    let alpha = 0;
    for (let n = 0; n < size; n++) alpha += weights[n] * n * now[n] * now[n];
    alpha /= total;
    let square = 0;
    for (let n = 0; n < size; n++) {
      const x = (n - alpha) * now[n] - beta * before[n];
      spare[n] = x;
      square += weights[n] * x * x;
    }
    const norm = Math.sqrt(square / total);
    if (!(norm > 4e-15 * (1 + alpha))) return undefined; // rounding: all weight lies on the zeros of ψⱼ
    for (let n = 0; n < size; n++) spare[n] /= norm;
    [before, now, spare] = [now, spare, before];
    const rowNext = new Float64Array(order + 1);
    for (let k = 0; k <= j + 1; k++) {
      const raised = k > 0 ? k * row[k - 1] : 0;
      rowNext[k] = (raised + (k - alpha) * row[k] - beta * rowBefore[k]) / norm;
    }
    rowBefore = row;
    row = rowNext;
    basis.map.set(row.subarray(1), j * order);
    basis.recurrence[2 * j] = alpha;
    basis.recurrence[2 * j + 1] = norm;
    beta = norm;
  }
  return basis;
}

/** As `orthonormalPolynomials`, for a caller who needs them: throws ArgumentError when too few counts carry weight. */
export function requirePolynomials(where: string, weights: Float64Array, order: number): OrthonormalPolynomials {
  const basis = orthonormalPolynomials(weights, order);
  if (basis === undefined)
    throw new ArgumentError(where, `fewer than ${order + 1} counts carry weight, too few for ${order} interactions`, {
      hint: "Use fewer interactions, or weights that spread over more counts",
    });
  return basis;
}
