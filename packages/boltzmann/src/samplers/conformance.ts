/**
 * The largest |z| among the changes of all first and second moments from exact draws to the same chains after a kernel
 * has run: a kernel that leaves the law unchanged gives a draw from the largest of about size²/2 normal scores, so below
 * 4 to 4.5. This is the test of a sampler that needs nothing but exact draws: no drift.
 * @param before - Exact draws, shape [C, size].   @param after - The same chains later, shape [C, size].
 */
export function largestDrift(before: Float64Array, after: Float64Array, size: number): number {
  const count = before.length / size;
  let largest = 0;
  const compare = (statistic: (x: Float64Array, at: number) => number): void => {
    let sum = 0;
    let square = 0;
    for (let at = 0; at < count * size; at += size) {
      const change = statistic(after, at) - statistic(before, at);
      sum += change;
      square += change * change;
    }
    if (square > 0) largest = Math.max(largest, Math.abs(sum) / Math.sqrt(square));
  };
  for (let i = 0; i < size; i++) {
    compare((x, at) => x[at + i]);
    for (let j = 0; j <= i; j++) compare((x, at) => x[at + i] * x[at + j]);
  }
  return largest;
}
