import { ArgumentError } from "@dbd/numerics/errors";
import type { Dynamics } from "@dbd/ode";

/**
 * A field known in θ, expressed in y = asinh(θ/scale), the coordinates of `asinhChart`: dy_k/dt = F_k(scale sinh y)/(scale_k
 * cosh y_k). With `inChart` for the linear part it brings the projected field into the chart in which networks learn.
 * @param scale - As given to `asinhChart`, [P].
 * @throws ArgumentError when the scale does not fit.
 */
export function inAsinh(dynamics: Dynamics, scale: Float64Array): Dynamics {
  const P = dynamics.shape[0];
  if (scale.length !== P || !scale.every((s) => s > 0 && s < Infinity))
    throw new ArgumentError("inAsinh", `scale must be ${P} positive numbers, got [${scale.join(", ")}]`);
  const theta = new Float64Array(P);
  const slope = new Float64Array(P); // dθ/dy
  const F = new Float64Array(P);
  const tangent = new Float64Array(P);
  const bar = new Float64Array(P);
  const at = (y: Float64Array): void => {
    for (let k = 0; k < P; k++) {
      theta[k] = scale[k] * Math.sinh(y[k]);
      slope[k] = scale[k] * Math.cosh(y[k]);
    }
  };
  return {
    shape: dynamics.shape,
    evaluate(y, u, out) {
      at(y);
      dynamics.evaluate(theta, u, F);
      for (let k = 0; k < P; k++) out[k] = F[k] / slope[k];
    },
    jvp(y, u, dy, du, out) {
      at(y);
      dynamics.evaluate(theta, u, F);
      for (let k = 0; k < P; k++) tangent[k] = slope[k] * dy[k];
      dynamics.jvp(theta, u, tangent, du, out);
      for (let k = 0; k < P; k++) out[k] = (out[k] - F[k] * Math.tanh(y[k]) * dy[k]) / slope[k];
    },
    vjp(y, u, seed, yBar, uBar) {
      at(y);
      dynamics.evaluate(theta, u, F);
      for (let k = 0; k < P; k++) tangent[k] = seed[k] / slope[k];
      bar.fill(0);
      dynamics.vjp(theta, u, tangent, bar, uBar);
      for (let k = 0; k < P; k++) yBar[k] += bar[k] * slope[k] - tangent[k] * F[k] * Math.tanh(y[k]);
    },
  };
}
