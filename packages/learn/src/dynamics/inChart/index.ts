import type { Chart } from "@dbd/boltzmann";
import { solve } from "@dbd/numerics/dense";
import { ArgumentError, UnsupportedError } from "@dbd/numerics/errors";
import type { Dynamics } from "@dbd/ode";

export { inAsinh } from "./asinh.ts";
export { inLogMoments } from "./logMoments.ts";

/**
 * A field known in ν, expressed in the coordinates of a linear chart: with ν = A y, dy/dt = A⁻¹ F(A y; u). Use it to
 * add a learned rest to the projected field in orthonormal coordinates, or to compare fields in one chart. A non-linear
 * chart needs its second derivatives for an exact adjoint: see `inAsinh` and `inLogMoments`.
 * @throws UnsupportedError when the chart is not linear; ArgumentError when it is singular.
 */
export function inChart(dynamics: Dynamics, chart: Chart): Dynamics {
  const P = dynamics.shape[0];
  const A = linearMap(chart, P);
  const inverse = inverted(A, P);
  const nu = new Float64Array(P);
  const dNu = new Float64Array(P);
  const out = new Float64Array(P);
  const bar = new Float64Array(P);
  return {
    shape: dynamics.shape,
    evaluate(y, u, target) {
      apply(A, y, nu);
      dynamics.evaluate(nu, u, out);
      apply(inverse, out, target);
    },
    jvp(y, u, dy, du, target) {
      apply(A, y, nu);
      apply(A, dy, dNu);
      dynamics.jvp(nu, u, dNu, du, out);
      apply(inverse, out, target);
    },
    vjp(y, u, seed, yBar, uBar) {
      apply(A, y, nu);
      out.fill(0);
      addTransposed(inverse, seed, out);
      bar.fill(0);
      dynamics.vjp(nu, u, out, bar, uBar);
      addTransposed(A, bar, yBar);
    },
  };
}

/** out = A v. */
function apply(A: Float64Array, v: Float64Array, out: Float64Array): void {
  const P = v.length;
  for (let i = 0; i < P; i++) {
    let total = 0;
    for (let j = 0; j < P; j++) total += A[i * P + j] * v[j];
    out[i] = total;
  }
}

/** out += Aᵀ v. */
function addTransposed(A: Float64Array, v: Float64Array, out: Float64Array): void {
  const P = v.length;
  for (let i = 0; i < P; i++) for (let j = 0; j < P; j++) out[j] += A[i * P + j] * v[i];
}

/** The matrix of a linear chart, checked at one point that is not special. */
function linearMap(chart: Chart, P: number): Float64Array {
  const A = new Float64Array(P * P);
  const unit = new Float64Array(P);
  const column = new Float64Array(P);
  const point = Float64Array.from({ length: P }, (_, k) => 0.7 - 0.3 * k);
  const image = new Float64Array(P);
  const expected = new Float64Array(P);
  try {
    for (let j = 0; j < P; j++) {
      unit.fill(0);
      unit[j] = 1;
      chart.toNu(unit, column);
      for (let i = 0; i < P; i++) A[i * P + j] = column[i];
    }
    chart.toNu(point, image);
  } catch (cause) {
    throw notLinear(cause instanceof Error ? ` (${cause.message})` : "");
  }
  apply(A, point, expected);
  const size = expected.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-300);
  if (!image.every((v, k) => Math.abs(v - expected[k]) <= 1e-10 * size)) throw notLinear("");
  return A;
}

const notLinear = (why: string): UnsupportedError =>
  new UnsupportedError(`inChart with a chart that is not linear${why}`, {
    hint: "Use inAsinh or inLogMoments for those charts, or integrate the field in ν",
  });

function inverted(A: Float64Array, P: number): Float64Array {
  const inverse = new Float64Array(P * P);
  const column = new Float64Array(P);
  for (let j = 0; j < P; j++) {
    column.fill(0);
    column[j] = 1;
    if (!solve(A.slice(), P, column)) throw new ArgumentError("inChart", "the chart's map is singular");
    for (let i = 0; i < P; i++) inverse[i * P + j] = column[i];
  }
  return inverse;
}
