/**
 * Proportional–integral step size control: h_new = h · 0.9 · e^(−1/k + 0.75 β) · e_before^β, within [0.2, 10].
 * Gustafsson (1991), ACM TOMS 17, 533; Hairer, Nørsett & Wanner I, §II.4 and §IV.2 of volume II, with β = 0.4/k.
 */
interface StepControl {
  /** Factor for the next step after one accepted with error norm `error` ≤ 1. */
  grow(error: number): number;
  /** Factor for another try after one rejected with error norm `error` > 1, or not finite. */
  shrink(error: number): number;
}

const safety = 0.9;
const smallest = 0.2;
const largest = 10;

/** @param k - The error estimate of one step falls as h^k. */
export function piControl(k: number): StepControl {
  const beta = 0.2 / k;
  const alpha = 1 / k - 0.75 * beta;
  const floor = Math.log(1e-4); // as in dopri5
  const before = Float64Array.of(floor); // the logarithm of the last accepted error: the first step may grow freely
  let afterRejection = false;
  return {
    grow(error) {
      const now = Math.log(Math.max(error, 1e-10));
      const factor = safety * Math.exp(beta * before[0] - alpha * now);
      before[0] = Math.max(now, floor);
      const most = afterRejection ? 1 : largest;
      afterRejection = false;
      return Math.min(most, Math.max(smallest, factor));
    },
    shrink(error) {
      afterRejection = true;
      return Number.isFinite(error) ? Math.max(smallest, safety * error ** (-1 / k)) : smallest;
    },
  };
}
