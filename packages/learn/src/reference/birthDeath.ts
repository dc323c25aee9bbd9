/** Birth and death rates of one species: n → n + 1 and n → n − 1. For the tests of this package only. */
export interface BirthDeath {
  readonly birth: (n: number) => number;
  readonly death: (n: number) => number;
}

/** Points of Weideman & Trefethen's hyperbola; the error of exp on the negative axis falls as 3.2^−points. */
const POINTS = 28;

/**
 * The truncated master equation of a birth–death process on 0…M at any times, by the inverse Laplace transform on a
 * hyperbola (Weideman & Trefethen 2007, doi:10.1090/S0025-5718-07-01945-X): each of the points costs one tridiagonal
 * solve, however stiff the process is. The births at M are left out.
 * @param p0 - Probabilities at t = 0, shape [M + 1].
 * @returns Probabilities at every time > 0, [T] of [M + 1].
 */
export function birthDeathEquation(
  { birth, death }: BirthDeath,
  p0: Float64Array,
  times: ArrayLike<number>,
): readonly Float64Array[] {
  const size = p0.length;
  const up = Float64Array.from({ length: size }, (_, n) => (n + 1 < size ? birth(n) : 0));
  const down = Float64Array.from({ length: size }, (_, n) => (n > 0 ? death(n) : 0));
  const solve = shiftedSolver(up, down, p0);
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  const h = 1.08179214 / POINTS;
  const mu = 4.492075287 * POINTS;
  const phi = 1.172104229;
  return Array.from({ length: times.length }, (_, i) => {
    const t = times[i];
    const p = new Float64Array(size);
    for (let k = 0; k < POINTS; k++) {
      // z = μ/t (1 + sin(iθ − φ)), dz/dθ = iμ/t cos(iθ − φ); the points below the axis are the conjugates.
      const theta = (k + 0.5) * h;
      const [zr, zi] = [(mu / t) * (1 - Math.sin(phi) * Math.cosh(theta)), (mu / t) * Math.cos(phi) * Math.sinh(theta)];
      const [dr, di] = [(-mu / t) * Math.sin(phi) * Math.sinh(theta), (mu / t) * Math.cos(phi) * Math.cosh(theta)];
      solve(zr, zi, re, im);
      const size1 = (Math.exp(zr * t) * h) / Math.PI;
      const [er, ei] = [size1 * Math.cos(zi * t), size1 * Math.sin(zi * t)];
      const [wr, wi] = [er * dr - ei * di, er * di + ei * dr];
      for (let n = 0; n < size; n++) p[n] += wr * im[n] + wi * re[n]; // Im(w x)
    }
    return p.map((v) => Math.max(v, 0)); // rounding about zero
  });
}

/** Solves (z − A) x = p0 by elimination; A is diagonally dominant by columns, so no pivoting is needed. */
function shiftedSolver(
  up: Float64Array,
  down: Float64Array,
  p0: Float64Array,
): (zr: number, zi: number, re: Float64Array, im: Float64Array) => void {
  const size = p0.length;
  const cr = new Float64Array(size);
  const ci = new Float64Array(size);
  return (zr, zi, re, im) => {
    let pr = 0;
    let pi = 0;
    for (let n = 0; n < size; n++) {
      // Row n: −up[n−1] x[n−1] + (z + up[n] + down[n]) x[n] − down[n+1] x[n+1] = p0[n].
      const below = n > 0 ? up[n - 1] : 0;
      const ar = zr + up[n] + down[n] - below * (n > 0 ? cr[n - 1] : 0);
      const ai = zi - below * (n > 0 ? ci[n - 1] : 0);
      const norm = ar * ar + ai * ai;
      const above = n + 1 < size ? down[n + 1] : 0;
      cr[n] = (above * ar) / norm;
      ci[n] = (-above * ai) / norm;
      const [br, bi] = [p0[n] + below * pr, below * pi];
      pr = (br * ar + bi * ai) / norm;
      pi = (bi * ar - br * ai) / norm;
      re[n] = pr;
      im[n] = pi;
    }
    for (let n = size - 2; n >= 0; n--) {
      re[n] += cr[n] * re[n + 1] - ci[n] * im[n + 1];
      im[n] += cr[n] * im[n + 1] + ci[n] * re[n + 1];
    }
  };
}

/**
 * Schlögl's bistable model with the classic constants; A = 10⁵ and B = 2·10⁵ are held. Schlögl (1972),
 * doi:10.1007/BF01379769.
 */
export const schlogl: BirthDeath = {
  birth: (n) => (3e-7 * 1e5 * n * (n - 1)) / 2 + 1e-3 * 2e5,
  death: (n) => (1e-4 * n * (n - 1) * (n - 2)) / 6 + 3.5 * n,
};
