/** Highest order of the NDF family. */
export const highestOrder = 5;

const side = highestOrder + 1;

/** Entry (i, j) of the two matrices is ∏_{m ≤ i} (m − 1 − factor · j)/m. */
function changeMatrix(order: number, factor: number): Float64Array {
  const out = new Float64Array(side * side);
  for (let j = 1; j <= order; j++) {
    let product = 1;
    for (let i = 1; i <= order; i++) {
      product *= (i - 1 - factor * j) / i;
      out[i * side + j] = product;
    }
  }
  return out;
}

/**
 * Rescales the differences ∇¹ … ∇^order in place to a step `factor` times as long; the polynomial stays the same:
 * [∇¹ … ∇^order] R(factor) R(1). Shampine & Reichelt (1997), SIAM J. Sci. Comput. 18, 1, §2.2,
 * doi:10.1137/S1064827594276424. Called once in some steps; allocates the small matrices.
 */
export function rescaleDifferences(differences: readonly Float64Array[], order: number, factor: number): void {
  const stretched = changeMatrix(order, factor);
  const signed = changeMatrix(order, 1);
  const both = new Float64Array(side * side);
  for (let i = 1; i <= order; i++)
    for (let k = 1; k <= order; k++)
      for (let j = 1; j <= order; j++) both[i * side + j] += stretched[i * side + k] * signed[k * side + j];
  const row = new Float64Array(side);
  for (let p = 0; p < differences[0].length; p++) {
    row.fill(0);
    for (let i = 1; i <= order; i++) for (let j = 1; j <= order; j++) row[j] += differences[i][p] * both[i * side + j];
    for (let j = 1; j <= order; j++) differences[j][p] = row[j];
  }
}

/** The polynomial through the differences at t = tNow + s h, s ≤ 0, into `out`. Newton's backward formula. */
export function interpolateDifferences(
  differences: readonly Float64Array[],
  order: number,
  s: number,
  out: Float64Array,
): void {
  out.set(differences[0]);
  let weight = 1;
  for (let j = 1; j <= order; j++) {
    weight *= (s + j - 1) / j;
    const d = differences[j];
    for (let p = 0; p < out.length; p++) out[p] += weight * d[p];
  }
}
