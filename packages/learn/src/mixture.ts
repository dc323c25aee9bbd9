import { ArgumentError } from "@dbd/numerics/errors";

/**
 * α p + (1 − α) p′ at every time. The master equation is linear, so a mixture of two solutions is a solution: free data
 * between the starts, where F would otherwise be interpolated blindly.
 * @throws ArgumentError when α is not within [0, 1] or the times do not fit.
 */
export function mixture(
  alpha: number,
  one: readonly Float64Array[],
  other: readonly Float64Array[],
): readonly Float64Array[] {
  if (!(alpha >= 0 && alpha <= 1)) throw new ArgumentError("mixture", `alpha must lie in [0, 1], got ${alpha}`);
  if (one.length !== other.length)
    throw new ArgumentError("mixture", `both need the same times, got ${one.length} and ${other.length}`);
  return one.map((p, t) => {
    const q = other[t];
    const mix = new Float64Array(Math.max(p.length, q.length));
    for (let n = 0; n < mix.length; n++) mix[n] = alpha * (p[n] ?? 0) + (1 - alpha) * (q[n] ?? 0);
    return mix;
  });
}
