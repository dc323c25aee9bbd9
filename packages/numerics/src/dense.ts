/**
 * Factors a symmetric positive definite matrix in place: the lower triangle becomes L with A = L Lᵀ; the upper one is
 * neither read nor written. False (and a spoilt `a`) when A is not positive definite. No checks, no allocation.
 * @param a - Shape [n, n], row-major.
 */
export function cholesky(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
      if (j < i) a[i * n + j] = sum / a[j * n + j];
      else if (sum > 0) a[i * n + i] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** Solves L Lᵀ x = b for the L of `cholesky`; `b[offset … offset + n)` becomes x. No checks, no allocation. */
export function solveCholesky(l: Float64Array, n: number, b: Float64Array, offset = 0): void {
  for (let i = 0; i < n; i++) {
    let sum = b[offset + i];
    for (let k = 0; k < i; k++) sum -= l[i * n + k] * b[offset + k];
    b[offset + i] = sum / l[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[offset + i];
    for (let k = i + 1; k < n; k++) sum -= l[k * n + i] * b[offset + k];
    b[offset + i] = sum / l[i * n + i];
  }
}

/**
 * Solves A x = b by elimination with partial pivoting; `a` is spoilt, `b[offset … offset + n)` becomes x. False when A
 * is singular to working precision (a pivot of exactly 0 or not finite). No checks, no allocation.
 * @param a - Shape [n, n], row-major.
 */
export function solve(a: Float64Array, n: number, b: Float64Array, offset = 0): boolean {
  for (let j = 0; j < n; j++) {
    let pivot = j;
    for (let i = j + 1; i < n; i++) if (Math.abs(a[i * n + j]) > Math.abs(a[pivot * n + j])) pivot = i;
    const head = a[pivot * n + j];
    if (!(Math.abs(head) > 0 && Math.abs(head) < Infinity)) return false;
    if (pivot !== j) {
      for (let k = j; k < n; k++) {
        const swap = a[j * n + k];
        a[j * n + k] = a[pivot * n + k];
        a[pivot * n + k] = swap;
      }
      const swap = b[offset + j];
      b[offset + j] = b[offset + pivot];
      b[offset + pivot] = swap;
    }
    for (let i = j + 1; i < n; i++) {
      const factor = a[i * n + j] / head;
      for (let k = j + 1; k < n; k++) a[i * n + k] -= factor * a[j * n + k];
      b[offset + i] -= factor * b[offset + j];
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[offset + i];
    for (let k = i + 1; k < n; k++) sum -= a[i * n + k] * b[offset + k];
    b[offset + i] = sum / a[i * n + i];
  }
  return true;
}
