import { ArgumentError } from "@dbd/numerics/errors";

/**
 * Derivatives at the knots of the cubic spline with not-a-knot ends, which is exact for cubics; error O(h³) at the
 * knots, O(h⁴) inside on even knots. de Boor, A Practical Guide to Splines (1978), chapter IV.
 * @param x - Knots, shape [T], strictly increasing, at least 4.
 * @param y - Values, shape [T, P], row-major.
 * @returns dy/dx at the knots, shape [T, P].
 * @throws ArgumentError when there are fewer than 4 knots or they do not increase.
 */
export function splineDerivative(x: Float64Array, y: Float64Array): Float64Array {
  const T = x.length;
  if (T < 4) throw new ArgumentError("splineDerivative", `a spline needs at least 4 points, got ${T}`);
  const h = Float64Array.from({ length: T - 1 }, (_, i) => x[i + 1] - x[i]);
  if (!h.every((step) => step > 0)) throw new ArgumentError("splineDerivative", "the knots must increase strictly");
  const P = y.length / T;
  const out = new Float64Array(T * P);
  const chord = new Float64Array(T - 1);
  for (let p = 0; p < P; p++) {
    for (let i = 0; i < T - 1; i++) chord[i] = (y[(i + 1) * P + p] - y[i * P + p]) / h[i];
    const d = slopes(h, chord);
    for (let i = 0; i < T; i++) out[i * P + p] = d[i];
  }
  return out;
}

/** Solves the tridiagonal system for the slopes by elimination; every row is diagonally dominant but the two ends. */
function slopes(h: Float64Array, chord: Float64Array): Float64Array {
  const last = h.length;
  const diagonal = new Float64Array(last + 1);
  const above = new Float64Array(last + 1);
  const d = new Float64Array(last + 1);
  const end = (near: number, far: number): number => {
    const width = h[near] + h[far];
    return ((h[near] + 2 * width) * h[far] * chord[near] + h[near] * h[near] * chord[far]) / width;
  };
  diagonal[0] = h[1];
  above[0] = h[0] + h[1];
  d[0] = end(0, 1);
  for (let i = 1; i <= last; i++) {
    const atEnd = i === last;
    const below = atEnd ? h[last - 1] + h[last - 2] : h[i];
    const factor = below / diagonal[i - 1];
    diagonal[i] = (atEnd ? h[last - 2] : 2 * (h[i - 1] + h[i])) - factor * above[i - 1];
    above[i] = atEnd ? 0 : h[i - 1];
    const right = atEnd ? end(last - 1, last - 2) : 3 * (h[i] * chord[i - 1] + h[i - 1] * chord[i]);
    d[i] = right - factor * d[i - 1];
  }
  d[last] /= diagonal[last];
  for (let i = last - 1; i >= 0; i--) d[i] = (d[i] - above[i] * d[i + 1]) / diagonal[i];
  return d;
}
