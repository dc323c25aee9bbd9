import type { CountsFamily } from "./families/counts.ts";
import { type OrthonormalPolynomials, requirePolynomials } from "./polynomials.ts";

/** out = map v for the lower triangular map [K, K]; out may be v. */
export function applyMap(map: Float64Array, v: Float64Array, out: Float64Array): void {
  const K = v.length;
  for (let j = K - 1; j >= 0; j--) {
    let sum = 0;
    for (let k = 0; k <= j; k++) sum += map[j * K + k] * v[k];
    out[j] = sum;
  }
}

/** out = mapᵀ v for the lower triangular map [K, K]; out may be v. */
export function applyTransposedMap(map: Float64Array, v: Float64Array, out: Float64Array): void {
  const K = v.length;
  for (let k = 0; k < K; k++) {
    let sum = 0;
    for (let j = k; j < K; j++) sum += map[j * K + k] * v[j];
    out[k] = sum;
  }
}

/** The polynomials orthonormal under p̃(ν): their map is a factor of C⁻¹ = mapᵀ map that never formed C. */
export function polynomialsAt(where: string, family: CountsFamily, nu: Float64Array): OrthonormalPolynomials {
  return requirePolynomials(where, family.distribution(nu), family.order);
}

/**
 * out = C(ν)⁻¹ v, [K], through the polynomials orthonormal under p̃: keeps its digits where C itself, with entries from 1
 * to 10³⁰, could not be factorised. out may be v.
 */
export function solveCovariance(family: CountsFamily, nu: Float64Array, v: Float64Array, out: Float64Array): void {
  const { map } = polynomialsAt("solveCovariance", family, nu);
  applyMap(map, v, out);
  applyTransposedMap(map, out, out);
}
