import { worstComponent } from "./errorNorm.ts";
import { notFinite, vectors } from "./vectors.ts";
import type { Setup } from "./method.ts";
import type { Attempt } from "./oneStep.ts";
import type { Integrator } from "./tableau.ts";

/** Whether the tableau has the shape of Dormand and Prince's: seven stages, the last one the next step's first. */
export const isSevenStage = ({ a, b, embedded, interpolant }: Integrator): boolean =>
  b.length === 7 &&
  b[6] === 0 &&
  a[6].every((w, i) => w === b[i]) &&
  embedded !== undefined &&
  embedded.lower === undefined &&
  interpolant !== undefined &&
  interpolant.stages === undefined;

/**
 * The step of `isSevenStage` tableaux written out: every stage is one pass over its slopes, and the error norm another
 * that stores nothing. The same numbers as the general loop, at a third of its cost for a few states.
 */
export function sevenStageAttempt(integrator: Integrator, setup: Setup, first: Float64Array): Attempt {
  const { field, rtol, atol, counts } = setup;
  const P = setup.y.length;
  const a = Float64Array.from(integrator.a.flat()); // row after row: 1, 2, …, 6 entries
  const c = Float64Array.from(integrator.c);
  const e = Float64Array.from(integrator.b, (w, i) => w - integrator.embedded!.weights[i]);
  const rows = integrator.interpolant!.rows;
  const from = setup.y.slice();
  const next = setup.y.slice();
  const point = new Float64Array(P);
  const slopes = vectors(7, P);
  const [k0, k1, k2, k3, k4, k5, k6] = slopes;
  k0.set(first);
  const within = new Float64Array(7);

  const stages = (t: number, h: number): void => {
    let w0 = h * a[0];
    for (let p = 0; p < P; p++) point[p] = from[p] + w0 * k0[p];
    field.evaluate(t + c[1] * h, point, k1);
    w0 = h * a[1];
    let w1 = h * a[2];
    for (let p = 0; p < P; p++) point[p] = from[p] + (w0 * k0[p] + w1 * k1[p]);
    field.evaluate(t + c[2] * h, point, k2);
    w0 = h * a[3];
    w1 = h * a[4];
    let w2 = h * a[5];
    for (let p = 0; p < P; p++) point[p] = from[p] + (w0 * k0[p] + w1 * k1[p] + w2 * k2[p]);
    field.evaluate(t + c[3] * h, point, k3);
    w0 = h * a[6];
    w1 = h * a[7];
    w2 = h * a[8];
    let w3 = h * a[9];
    for (let p = 0; p < P; p++) point[p] = from[p] + (w0 * k0[p] + w1 * k1[p] + w2 * k2[p] + w3 * k3[p]);
    field.evaluate(t + c[4] * h, point, k4);
    w0 = h * a[10];
    w1 = h * a[11];
    w2 = h * a[12];
    w3 = h * a[13];
    let w4 = h * a[14];
    for (let p = 0; p < P; p++) point[p] = from[p] + (w0 * k0[p] + w1 * k1[p] + w2 * k2[p] + w3 * k3[p] + w4 * k4[p]);
    field.evaluate(t + c[5] * h, point, k5);
    w0 = h * a[15];
    w1 = h * a[16];
    w2 = h * a[17];
    w3 = h * a[18];
    w4 = h * a[19];
    const w5 = h * a[20];
    for (let p = 0; p < P; p++)
      next[p] = from[p] + (w0 * k0[p] + w1 * k1[p] + w2 * k2[p] + w3 * k3[p] + w4 * k4[p] + w5 * k5[p]);
    field.evaluate(t + c[6] * h, next, k6);
  };

  const difference = (p: number, h: number): number =>
    h * (e[0] * k0[p] + e[1] * k1[p] + e[2] * k2[p] + e[3] * k3[p] + e[4] * k4[p] + e[5] * k5[p] + e[6] * k6[p]);

  const norm = (h: number): number => {
    const e0 = h * e[0];
    const e1 = h * e[1];
    const e2 = h * e[2];
    const e3 = h * e[3];
    const e4 = h * e[4];
    const e5 = h * e[5];
    const e6 = h * e[6];
    let sum = 0;
    for (let p = 0; p < P; p++) {
      const error = e0 * k0[p] + e1 * k1[p] + e2 * k2[p] + e3 * k3[p] + e4 * k4[p] + e5 * k5[p] + e6 * k6[p];
      const y0 = Math.abs(from[p]);
      const y1 = Math.abs(next[p]);
      const scaled = error / (atol[p] + rtol * (y0 > y1 ? y0 : y1));
      sum += scaled * scaled;
    }
    return P === 0 ? 0 : Math.sqrt(sum / P);
  };

  return {
    next,
    move() {
      for (let p = 0; p < P; p++) {
        from[p] = next[p];
        k0[p] = k6[p];
      }
    },
    try(t, h) {
      stages(t, h);
      counts.evaluations += 6;
      const error = norm(h);
      if (!(error <= 1)) return error;
      // a slope or state that is not finite makes the sum not finite
      let sum = 0;
      for (let p = 0; p < P; p++) sum += k6[p] - next[p];
      return Number.isFinite(sum) || (notFinite(k6) < 0 && notFinite(next) < 0) ? error : Number.NaN;
    },
    interpolate(theta, h, out) {
      for (let s = 0; s < 7; s++) within[s] = h * rows[s].reduceRight((sum, v) => (sum + v) * theta, 0);
      const [w0, w1, w2, w3, w4, w5, w6] = within;
      for (let p = 0; p < P; p++)
        out[p] = from[p] + (w0 * k0[p] + w1 * k1[p] + w2 * k2[p] + w3 * k3[p] + w4 * k4[p] + w5 * k5[p] + w6 * k6[p]);
    },
    fault(t, h) {
      const y = from.slice();
      for (let s = 0; s < 7; s++) {
        const component = notFinite(slopes[s]);
        if (component >= 0) return { time: t + c[s] * h, h, component, value: slopes[s][component], y };
      }
      const estimate = from.map((_, p) => difference(p, h));
      return { time: t, h, component: worstComponent(estimate, from, rtol, atol), y };
    },
  };
}
