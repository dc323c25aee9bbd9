import { cholesky } from "@dbd/numerics/dense";
import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import type { CountsFamily } from "./families/counts.ts";
import { requirePolynomials } from "./polynomials.ts";
import type { ExactFamily } from "./family.ts";
import { project } from "./projection.ts";
import { applyMap, applyTransposedMap, polynomialsAt } from "./solveCovariance.ts";

/**
 * Coordinates y for the interactions ν, both [P]. The dynamics F acts on y, so the chart decides how hard learning is;
 * results are always exported in ν. All methods overwrite `out`.
 */
export interface Chart {
  toNu(y: Float64Array, out: Float64Array): void;
  fromNu(nu: Float64Array, out: Float64Array): void;
  /** out = (∂ν/∂y)ᵀ nuBar at y. */
  vjp(y: Float64Array, nuBar: Float64Array, out: Float64Array): void;
  /** out = (∂ν/∂y) dy at y. */
  jvp(y: Float64Array, dy: Float64Array, out: Float64Array): void;
}

function checkSize(where: string, size: number): void {
  if (!Number.isInteger(size) || size < 1)
    throw new ArgumentError(where, `the number of interactions must be a positive integer, got ${size}`);
}

/** y = ν. Right for K ≤ 2 and well-scaled problems. */
export function identityChart(size: number): Chart {
  checkSize("identityChart", size);
  return {
    toNu: (y, out) => out.set(y),
    fromNu: (nu, out) => out.set(nu),
    vjp: (_y, nuBar, out) => out.set(nuBar),
    jvp: (_y, dy, out) => out.set(dy),
  };
}

/**
 * y are the coefficients of polynomials orthonormal under the weights: Σ yⱼ ψⱼ(n) = Σ νₖ C(n, k) + const. A linear map,
 * so the export is exact; use it for K ≥ 3, where raw ν is ill-conditioned.
 *
 * @param weights - w(n) ≥ 0 for n = 0, 1, …, not necessarily normalised: the time-averaged data distribution.
 */
export function orthonormalChart(family: CountsFamily, weights: Float64Array): Chart {
  const K = family.order;
  const { map } = requirePolynomials("orthonormalChart", weights, K);
  return {
    toNu: (y, out) => applyTransposedMap(map, y, out),
    fromNu(nu, out) {
      for (let j = K - 1; j >= 0; j--) {
        let rest = nu[j];
        for (let i = j + 1; i < K; i++) rest -= map[i * K + j] * out[i];
        out[j] = rest / map[j * K + j];
      }
    },
    vjp: (_y, nuBar, out) => applyMap(map, nuBar, out),
    jvp: (_y, dy, out) => applyTransposedMap(map, dy, out),
  };
}

/** out = L⁻¹ v or L⁻ᵀ v for a lower triangular L [P, P]; out may be v. */
function solveTriangle(L: Float64Array, v: Float64Array, out: Float64Array, transposed: boolean): void {
  const P = v.length;
  for (let m = 0; m < P; m++) {
    const i = transposed ? P - 1 - m : m;
    let sum = v[i];
    for (let n = 0; n < m; n++) {
      const j = transposed ? P - 1 - n : n;
      sum -= L[transposed ? j * P + i : i * P + j] * out[j];
    }
    out[i] = sum / L[i * P + i];
  }
}

/**
 * y are the coefficients of combinations of the statistics that are uncorrelated and of variance one at a reference ν:
 * y = Lᵀν with C(ν_ref) = L Lᵀ. What `orthonormalChart` does for one species, for any exact family: chains, several species.
 * @throws ArgumentError when C is singular at ν_ref (a redundant statistic, or one that hardly varies there).
 */
export function whitenedChart(family: ExactFamily, reference: Float64Array): Chart {
  const P = reference.length;
  checkSize("whitenedChart", P);
  const L = new Float64Array(P * P);
  family.covariance(reference, L);
  if (!cholesky(L, P))
    throw new ArgumentError("whitenedChart", "the covariance of the statistics at the reference ν is singular", {
      hint: "Take a reference at which every statistic varies, and leave out redundant ones",
    });
  return {
    toNu: (y, out) => solveTriangle(L, y, out, true),
    fromNu(nu, out) {
      for (let j = 0; j < P; j++) {
        let sum = 0;
        for (let i = j; i < P; i++) sum += L[i * P + j] * nu[i];
        out[j] = sum; // entries of ν before j are not read again: out may be ν
      }
    },
    vjp: (_y, nuBar, out) => solveTriangle(L, nuBar, out, false),
    jvp: (_y, dy, out) => solveTriangle(L, dy, out, true),
  };
}

/**
 * y = asinh(θ/scale) with θ the coordinates of `inner` (default ν itself): linear near zero, logarithmic far out, so that
 * coefficients of very different size reach F on one scale. Every y is allowed, which moment coordinates do not offer.
 *
 * @param scale - Positive, [P]; the median of |θ| along the data is a good choice.
 */
export function asinhChart(scale: Float64Array, inner: Chart = identityChart(scale.length)): Chart {
  checkSize("asinhChart", scale.length);
  const bad = scale.findIndex((s) => !(s > 0 && s < Infinity));
  if (bad >= 0) throw new ArgumentError("asinhChart", `scale[${bad}] must be positive and finite, got ${scale[bad]}`);
  const P = scale.length;
  const theta = new Float64Array(P);
  const tangent = new Float64Array(P);
  const expand = (y: Float64Array): void => {
    for (let k = 0; k < P; k++) theta[k] = scale[k] * Math.sinh(y[k]);
  };
  return {
    toNu(y, out) {
      expand(y);
      inner.toNu(theta, out);
    },
    fromNu(nu, out) {
      inner.fromNu(nu, theta);
      for (let k = 0; k < P; k++) out[k] = Math.asinh(theta[k] / scale[k]);
    },
    vjp(y, nuBar, out) {
      expand(y);
      inner.vjp(theta, nuBar, tangent);
      for (let k = 0; k < P; k++) out[k] = tangent[k] * scale[k] * Math.cosh(y[k]);
    },
    jvp(y, dy, out) {
      expand(y);
      for (let k = 0; k < P; k++) tangent[k] = dy[k] * scale[k] * Math.cosh(y[k]);
      inner.jvp(theta, tangent, out);
    },
  };
}

const MOMENTS = "logMomentsChart";

/** ⟨C(n, k)⟩ from y = (log m) or (log m, log v/m), written to out. */
function momentsFrom(y: Float64Array, out: Float64Array): void {
  const mean = Math.exp(y[0]);
  out[0] = mean;
  if (y.length > 1) out[1] = (mean * (Math.exp(y[1]) + mean - 1)) / 2;
}

/** The solution ν(y), found by Newton's method and remembered with the map that inverts its covariance. */
interface Solved {
  readonly y: Float64Array;
  readonly nu: Float64Array;
  readonly map: Float64Array;
  readonly moments: Float64Array;
}

function solveMoments(family: CountsFamily, s: Solved, y: Float64Array): void {
  if (s.y.every((value, k) => value === y[k])) return;
  momentsFrom(y, s.moments);
  try {
    const start = s.nu.every((value) => Number.isFinite(value)) ? { start: s.nu } : {};
    const { nu } = project(family, s.moments, start);
    const basis = polynomialsAt(MOMENTS, family, nu);
    s.nu.set(nu);
    s.map.set(basis.map);
    s.y.set(y);
  } catch (error) {
    s.y.fill(Number.NaN);
    s.nu.fill(Number.NaN);
    const why = error instanceof Error ? error.message : String(error);
    const mean = Math.exp(y[0]).toPrecision(6);
    const variance = y.length > 1 ? ` and v = ${Math.exp(y[0] + y[1]).toPrecision(6)}` : "";
    throw new NumericalError(
      MOMENTS,
      `no distribution of the family has m = ${mean}${variance} (${why})`,
      {},
      "The dynamics left the moments that exist: use smaller steps, a stronger penalty on F, or a chart in which every " +
        "point is allowed (asinhChart, orthonormalChart)",
    );
  }
}

/**
 * y = log m for one interaction, (log m, log v/m) for two, m and v the mean and variance of p̃. The coordinates in which F
 * is nearly linear for well-mixed reactions. Needs moments that a member has: otherwise NumericalError. Keeps its last
 * solution: the next search starts there.
 */
export function logMomentsChart(family: CountsFamily): Chart {
  const P = family.order;
  if (P > 2)
    throw new ArgumentError(MOMENTS, `is for one or two interactions, the family has ${P}`, {
      hint: "Use orthonormalChart or asinhChart",
    });
  const vector = (): Float64Array => new Float64Array(P).fill(Number.NaN);
  const s: Solved = { y: vector(), nu: vector(), moments: vector(), map: new Float64Array(P * P) };
  const work = vector();
  return {
    toNu(y, out) {
      solveMoments(family, s, y);
      out.set(s.nu);
    },
    fromNu(nu, out) {
      const covariance = new Float64Array(P * P);
      family.asleepMoments(nu, null, work);
      family.covariance(nu, covariance);
      out[0] = Math.log(work[0]);
      if (P > 1) out[1] = Math.log(covariance[0] / work[0]);
    },
    vjp(y, nuBar, out) {
      solveMoments(family, s, y);
      applyMap(s.map, nuBar, work); // ∂ν/∂m = −C⁻¹ = −mapᵀ map
      applyTransposedMap(s.map, work, work);
      const m = s.moments[0];
      out[0] = -work[0] * m;
      if (P === 1) return;
      const v = m * Math.exp(y[1]);
      out[0] -= (work[1] * (v + 2 * m * m - m)) / 2;
      out[1] = (-work[1] * v) / 2;
    },
    jvp(y, dy, out) {
      solveMoments(family, s, y);
      const m = s.moments[0];
      work[0] = m * dy[0];
      if (P > 1) {
        const v = m * Math.exp(y[1]);
        work[1] = ((v + 2 * m * m - m) * dy[0] + v * dy[1]) / 2;
      }
      applyMap(s.map, work, work);
      applyTransposedMap(s.map, work, work);
      for (let k = 0; k < P; k++) out[k] = -work[k];
    },
  };
}
