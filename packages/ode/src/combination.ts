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
 * target = base + h Σ_j weights_j terms_j. Hot path: four terms a pass, so that `target` is written seldom.
 * @param base - Shape [P]; may be `target`.
 */
export function combine(target: Float64Array, base: Float64Array, h: number, { weights, terms }: Combination): void {
  const P = target.length;
  const count = weights.length;
  let from = base;
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const w0 = h * weights[j];
    const w1 = h * weights[j + 1];
    const w2 = h * weights[j + 2];
    const w3 = h * weights[j + 3];
    const k0 = terms[j];
    const k1 = terms[j + 1];
    const k2 = terms[j + 2];
    const k3 = terms[j + 3];
    for (let p = 0; p < P; p++) target[p] = from[p] + (w0 * k0[p] + w1 * k1[p] + w2 * k2[p] + w3 * k3[p]);
    from = target;
  }
  if (j + 2 <= count) {
    const w0 = h * weights[j];
    const w1 = h * weights[j + 1];
    const k0 = terms[j];
    const k1 = terms[j + 1];
    for (let p = 0; p < P; p++) target[p] = from[p] + (w0 * k0[p] + w1 * k1[p]);
    from = target;
    j += 2;
  }
  if (j < count) {
    const w0 = h * weights[j];
    const k0 = terms[j];
    for (let p = 0; p < P; p++) target[p] = from[p] + w0 * k0[p];
  } else if (count === 0) target.set(base);
}
