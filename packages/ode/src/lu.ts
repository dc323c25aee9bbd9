/** Diagonals that may be nonzero on either side of the main one. A full matrix of n rows has n − 1 and n − 1. */
export interface Bandwidth {
  readonly lower: number;
  readonly upper: number;
}

/**
 * LU factors with partial pivoting in place: multipliers below the diagonal, U on and above it, rows swapped from column
 * j on only, so that the band grows to `lower + upper` above the diagonal and no further. Work n · lower · (lower + upper).
 * False (and a spoilt `a`) when a pivot is 0 or not finite. No checks, no allocation.
 * Golub & Van Loan, Matrix Computations (2013), algorithms 3.4.1 and 4.3.1.
 * @param a - Shape [n, n], row-major.
 * @param pivots - Shape [n]. Overwritten by the row that was swapped with row j.
 */
export function factorLu(a: Float64Array, n: number, pivots: Int32Array, { lower, upper }: Bandwidth): boolean {
  for (let j = 0; j < n; j++) {
    const bottom = Math.min(n - 1, j + lower);
    const right = Math.min(n - 1, j + lower + upper);
    let pivot = j;
    for (let i = j + 1; i <= bottom; i++) if (Math.abs(a[i * n + j]) > Math.abs(a[pivot * n + j])) pivot = i;
    const head = a[pivot * n + j];
    if (!(Math.abs(head) > 0 && Math.abs(head) < Infinity)) return false;
    pivots[j] = pivot;
    if (pivot !== j)
      for (let k = j; k <= right; k++) {
        const swap = a[j * n + k];
        a[j * n + k] = a[pivot * n + k];
        a[pivot * n + k] = swap;
      }
    for (let i = j + 1; i <= bottom; i++) {
      const factor = a[i * n + j] / head;
      a[i * n + j] = factor;
      if (factor !== 0) for (let k = j + 1; k <= right; k++) a[i * n + k] -= factor * a[j * n + k];
    }
  }
  return true;
}

/** Solves A x = b with the factors of `factorLu`; `b`, shape [n], becomes x. No checks, no allocation. */
export function solveLu(
  a: Float64Array,
  n: number,
  pivots: Int32Array,
  { lower, upper }: Bandwidth,
  b: Float64Array,
): void {
  for (let j = 0; j < n; j++) {
    const swap = b[pivots[j]];
    b[pivots[j]] = b[j];
    b[j] = swap;
    const bottom = Math.min(n - 1, j + lower);
    for (let i = j + 1; i <= bottom; i++) b[i] -= a[i * n + j] * swap;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i];
    const right = Math.min(n - 1, i + lower + upper);
    for (let k = i + 1; k <= right; k++) sum -= a[i * n + k] * b[k];
    b[i] = sum / a[i * n + i];
  }
}

/** Solves Aᵀ x = b with the factors of `factorLu`; `b`, shape [n], becomes x. No checks, no allocation. */
export function solveLuTransposed(
  a: Float64Array,
  n: number,
  pivots: Int32Array,
  { lower, upper }: Bandwidth,
  b: Float64Array,
): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i];
    for (let k = Math.max(0, i - lower - upper); k < i; k++) sum -= a[k * n + i] * b[k];
    b[i] = sum / a[i * n + i];
  }
  for (let j = n - 1; j >= 0; j--) {
    const bottom = Math.min(n - 1, j + lower);
    let sum = b[j];
    for (let i = j + 1; i <= bottom; i++) sum -= a[i * n + j] * b[i];
    b[j] = b[pivots[j]];
    b[pivots[j]] = sum;
  }
}
