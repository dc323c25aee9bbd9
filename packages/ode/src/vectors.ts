/** `count` vectors of one length. */
export const vectors = (count: number, length: number): Float64Array[] =>
  Array.from({ length: count }, () => new Float64Array(length));

/** out += h Σ_j weights[offset + j] terms[j], j < count. Hot path. */
export function addScaled(
  out: Float64Array,
  h: number,
  weights: Float64Array,
  offset: number,
  count: number,
  terms: readonly Float64Array[],
): void {
  for (let j = 0; j < count; j++) {
    const w = h * weights[offset + j];
    if (w === 0) continue;
    const v = terms[j];
    for (let i = 0; i < out.length; i++) out[i] += w * v[i];
  }
}

/** Index of the first entry that is NaN or infinite, −1 when there is none. */
export function notFinite(y: Float64Array): number {
  for (let p = 0; p < y.length; p++) if (!Number.isFinite(y[p])) return p;
  return -1;
}
