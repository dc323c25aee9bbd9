/** √(Σ_p (error_p / (atol_p + rtol · max(|y_p|, |next_p|)))² / P): at most 1 means accepted. Hot path. */
export function errorNorm(
  error: Float64Array,
  y: Float64Array,
  next: Float64Array,
  rtol: number,
  atol: Float64Array,
): number {
  const P = y.length;
  let sum = 0;
  for (let p = 0; p < P; p++) {
    const scaled = error[p] / (atol[p] + rtol * Math.max(Math.abs(y[p]), Math.abs(next[p])));
    sum += scaled * scaled;
  }
  return P === 0 ? 0 : Math.sqrt(sum / P);
}

/** The component that weighs most in `errorNorm`. */
export function worstComponent(error: Float64Array, y: Float64Array, rtol: number, atol: Float64Array): number {
  let worst = 0;
  let most = -1;
  for (let p = 0; p < y.length; p++) {
    const scaled = Math.abs(error[p]) / (atol[p] + rtol * Math.abs(y[p]));
    if (scaled > most || Number.isNaN(scaled)) {
      most = Number.isNaN(scaled) ? Infinity : scaled;
      worst = p;
    }
  }
  return worst;
}
