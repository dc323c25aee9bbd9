import { errorNorm } from "./errorNorm.ts";
import type { Setup } from "./method.ts";

/**
 * A first step from the sizes of y, f and a difference of f, one more evaluation. Hairer, Nørsett & Wanner I, §II.4,
 * "Starting step size".
 * @param slope - f(t, y), shape [P].
 * @param order - Order of the method.
 * @returns Signed, never beyond the end.
 */
export function initialStep(setup: Setup, slope: Float64Array, order: number): number {
  const { field, t, y, end, rtol, atol, firstStep, maxStep, counts } = setup;
  const span = Math.abs(end - t);
  const sign = end < t ? -1 : 1;
  const most = Math.min(span, maxStep);
  if (firstStep !== undefined) return sign * Math.min(Math.abs(firstStep), most);
  const size = (v: Float64Array): number => errorNorm(v, y, y, rtol, atol);
  const d0 = size(y);
  const d1 = size(slope);
  const h0 = Math.min(d0 < 1e-5 || d1 < 1e-5 ? 1e-6 * Math.max(1, Math.min(span, 1)) : 0.01 * (d0 / d1), most);
  const trial = new Float64Array(y.length);
  for (let p = 0; p < y.length; p++) trial[p] = y[p] + sign * h0 * slope[p];
  const change = new Float64Array(y.length);
  field.evaluate(t + sign * h0, trial, change);
  counts.evaluations++;
  for (let p = 0; p < y.length; p++) change[p] -= slope[p];
  const d2 = size(change) / h0;
  if (!Number.isFinite(d2)) return sign * h0 * 1e-2;
  const steepest = Math.max(d1, d2);
  const h1 = steepest <= 1e-15 ? Math.max(1e-6, h0 * 1e-3) : (0.01 / steepest) ** (1 / (order + 1));
  return sign * Math.min(100 * h0, h1, most);
}
