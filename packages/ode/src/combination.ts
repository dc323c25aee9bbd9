/** A sum of vectors with fixed weights; zero weights are left out. */
export interface Combination {
  /** Shape [count]. */
  readonly weights: Float64Array;
  /** [count] of [P]. */
  readonly terms: readonly Float64Array[];
}

/** Σ_j weights[offset + j] terms[j], j < count. */
export function combination(
  weights: ArrayLike<number>,
  offset: number,
  count: number,
  terms: readonly Float64Array[],
): Combination {
  const used = Array.from({ length: count }, (_, j) => j).filter((j) => weights[offset + j] !== 0);
  return {
    weights: Float64Array.from(used, (j) => weights[offset + j]),
    terms: used.map((j) => terms[j]),
  };
}

/**
 * target = base + h Σ_j weights_j terms_j. Hot path: up to six terms in one pass, so that `target` is written seldom.
 * @param base - Shape [P]; may be `target`.
 */
export function combine(target: Float64Array, base: Float64Array, h: number, sum: Combination): void {
  const { weights } = sum;
  if (weights.length === 0) target.set(base);
  let from = base;
  for (let j = 0; j < weights.length; j += 6) {
    pass(target, from, h, sum, j, Math.min(6, weights.length - j));
    from = target;
  }
}

/** One pass over `count` terms from j on. */
function pass(
  target: Float64Array,
  base: Float64Array,
  h: number,
  { weights, terms }: Combination,
  j: number,
  count: number,
): void {
  const P = target.length;
  const w0 = h * weights[j];
  const k0 = terms[j];
  if (count === 1) {
    for (let p = 0; p < P; p++) target[p] = base[p] + w0 * k0[p];
    return;
  }
  const w1 = h * weights[j + 1];
  const k1 = terms[j + 1];
  if (count === 2) {
    for (let p = 0; p < P; p++) target[p] = base[p] + (w0 * k0[p] + w1 * k1[p]);
    return;
  }
  const w2 = h * weights[j + 2];
  const k2 = terms[j + 2];
  if (count === 3) {
    for (let p = 0; p < P; p++) target[p] = base[p] + (w0 * k0[p] + w1 * k1[p] + w2 * k2[p]);
    return;
  }
  const w3 = h * weights[j + 3];
  const k3 = terms[j + 3];
  if (count === 4) {
    for (let p = 0; p < P; p++) target[p] = base[p] + (w0 * k0[p] + w1 * k1[p] + w2 * k2[p] + w3 * k3[p]);
    return;
  }
  const w4 = h * weights[j + 4];
  const k4 = terms[j + 4];
  if (count === 5) {
    for (let p = 0; p < P; p++) target[p] = base[p] + (w0 * k0[p] + w1 * k1[p] + w2 * k2[p] + w3 * k3[p] + w4 * k4[p]);
    return;
  }
  const w5 = h * weights[j + 5];
  const k5 = terms[j + 5];
  for (let p = 0; p < P; p++)
    target[p] = base[p] + (w0 * k0[p] + w1 * k1[p] + w2 * k2[p] + w3 * k3[p] + w4 * k4[p] + w5 * k5[p]);
}
