import { logMomentsChart, type CountsFamily } from "@dbd/boltzmann";
import type { Dynamics } from "@dbd/ode";

/**
 * A field known in ν, expressed in the coordinates of `logMomentsChart`, (log m) or (log m, log v/m): the moments move as
 * dμ/dt = −C F. Derivatives are exact, through the third cumulants. Use it to add a learned rest to the projected field in
 * the coordinates where it is nearly linear.
 * @throws ArgumentError when the family has more than two interactions. At run time NumericalError where no member of the
 * family has the moments.
 */
export function inLogMoments(dynamics: Dynamics, family: CountsFamily): Dynamics {
  const chart = logMomentsChart(family);
  const P = family.order;
  const nu = new Float64Array(P);
  const C = new Float64Array(P * P);
  const F = new Float64Array(P);
  const g = new Float64Array(P); // dμ/dt
  const rate = new Float64Array(P); // dy/dt
  const dNu = new Float64Array(P);
  const dF = new Float64Array(P);
  const dg = new Float64Array(P);
  const seeds = new Float64Array(P * P);
  const bar = new Float64Array(P);
  const back = new Float64Array(P);
  let m = 0;
  let v = 0;
  let w = 0; // μ₂ = (v + m² − m)/2, so 2 dμ₂ = w d log m + v d log(v/m)
  const at = (y: Float64Array, u: Float64Array): void => {
    chart.toNu(y, nu);
    family.covariance(nu, C);
    dynamics.evaluate(nu, u, F);
    m = Math.exp(y[0]);
    v = P > 1 ? m * Math.exp(y[1]) : 0;
    w = v + 2 * m * m - m;
    for (let i = 0; i < P; i++) {
      g[i] = 0;
      for (let j = 0; j < P; j++) g[i] -= C[i * P + j] * F[j];
    }
    rate[0] = g[0] / m;
    if (P > 1) rate[1] = (2 * g[1] - w * rate[0]) / v;
  };
  return {
    shape: dynamics.shape,
    evaluate(y, u, out) {
      at(y, u);
      out.set(rate);
    },
    jvp(y, u, dy, du, out) {
      at(y, u);
      chart.jvp(y, dy, dNu);
      dynamics.jvp(nu, u, dNu, du, dF);
      for (let i = 0; i < P; i++) for (let j = 0; j < P; j++) seeds[i * P + j] = F[i] * dNu[j];
      dg.fill(0);
      family.covarianceVjp(nu, seeds, dg); // dC F: third cumulants are symmetric
      for (let i = 0; i < P; i++) {
        dg[i] = -dg[i];
        for (let j = 0; j < P; j++) dg[i] -= C[i * P + j] * dF[j];
      }
      out[0] = dg[0] / m - rate[0] * dy[0];
      if (P === 1) return;
      const dLogV = dy[0] + dy[1];
      const dw = v * dLogV + (4 * m * m - m) * dy[0];
      out[1] = (2 * dg[1] - dw * rate[0] - w * out[0]) / v - rate[1] * dLogV;
    },
    vjp(y, u, seed, yBar, uBar) {
      at(y, u);
      let first = seed[0];
      if (P > 1) {
        const a = seed[1];
        first -= (a * w) / v;
        const wBar = (-a * rate[0]) / v;
        yBar[0] += wBar * (v + 4 * m * m - m) - a * rate[1];
        yBar[1] += wBar * v - a * rate[1];
        dg[1] = (2 * a) / v;
      }
      dg[0] = first / m;
      yBar[0] -= first * rate[0];
      for (let i = 0; i < P; i++) {
        dF[i] = 0;
        for (let j = 0; j < P; j++) {
          dF[i] -= C[i * P + j] * dg[j];
          seeds[i * P + j] = -dg[i] * F[j];
        }
      }
      bar.fill(0);
      family.covarianceVjp(nu, seeds, bar);
      dynamics.vjp(nu, u, dF, bar, uBar);
      chart.vjp(y, bar, back);
      for (let k = 0; k < P; k++) yBar[k] += back[k];
    },
  };
}
