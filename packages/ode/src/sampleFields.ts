import type { Dynamics } from "./dynamics.ts";

/** Logistic growth dy/dt = u y (1 − y), P = Q = 1. */
export const logistic: Dynamics = {
  shape: [1, 1],
  evaluate: ([y], [u], out) => {
    out[0] = u * y * (1 - y);
  },
  jvp: ([y], [u], [dy], [du], out) => {
    out[0] = u * (1 - 2 * y) * dy + y * (1 - y) * du;
  },
  vjp: ([y], [u], [seed], yBar, uBar) => {
    yBar[0] += u * (1 - 2 * y) * seed;
    uBar[0] += y * (1 - y) * seed;
  },
  second: ([y], [u], [seed], [dy], [du], yBar, uBar) => {
    yBar[0] += seed * ((1 - 2 * y) * du - 2 * u * dy);
    uBar[0] += seed * (1 - 2 * y) * dy;
  },
};

/** y(t) of `logistic` from y(0) = y0. */
export const logisticAt = (t: number, y0: number, u: number): number => y0 / (y0 + (1 - y0) * Math.exp(-u * t));

/**
 * A spiral onto the unit circle whose angular speed depends on the radius: dr/dt = r (1 − r²), dθ/dt = w + s r²,
 * in Cartesian coordinates, u = [w, s]. (The Hopf normal form.)
 */
export const spiral: Dynamics = {
  shape: [2, 2],
  evaluate([x, y], [w, s], out) {
    const r2 = x * x + y * y;
    const a = 1 - r2;
    const o = w + s * r2;
    out[0] = a * x - o * y;
    out[1] = a * y + o * x;
  },
  jvp([x, y], [w, s], [dx, dy], [dw, ds], out) {
    const r2 = x * x + y * y;
    const dr2 = 2 * (x * dx + y * dy);
    const a = 1 - r2;
    const o = w + s * r2;
    const dO = dw + ds * r2 + s * dr2;
    out[0] = a * dx - dr2 * x - o * dy - dO * y;
    out[1] = a * dy - dr2 * y + o * dx + dO * x;
  },
  vjp([x, y], [w, s], [p, q], yBar, uBar) {
    const r2 = x * x + y * y;
    const a = 1 - r2;
    const o = w + s * r2;
    const oBar = q * x - p * y;
    const r2Bar = s * oBar - (p * x + q * y);
    yBar[0] += a * p + o * q + 2 * x * r2Bar;
    yBar[1] += a * q - o * p + 2 * y * r2Bar;
    uBar[0] += oBar;
    uBar[1] += r2 * oBar;
  },
  second([x, y], [, s], [p, q], [dx, dy], [dw, ds], yBar, uBar) {
    const r2 = x * x + y * y;
    const dr2 = 2 * (x * dx + y * dy);
    const dO = dw + ds * r2 + s * dr2;
    const oBar = q * x - p * y;
    const dOBar = q * dx - p * dy;
    const r2Bar = s * oBar - (p * x + q * y);
    const dR2Bar = ds * oBar + s * dOBar - (p * dx + q * dy);
    yBar[0] += -dr2 * p + dO * q + 2 * (dx * r2Bar + x * dR2Bar);
    yBar[1] += -dr2 * q - dO * p + 2 * (dy * r2Bar + y * dR2Bar);
    uBar[0] += dOBar;
    uBar[1] += dr2 * oBar + r2 * dOBar;
  },
};

/** Position at t of `spiral` from (r0, 0). */
export function spiralAt(t: number, r0: number, [w, s]: ArrayLike<number> & Iterable<number>): [x: number, y: number] {
  const c = 1 / (r0 * r0) - 1;
  const r = 1 / Math.sqrt(1 + c * Math.exp(-2 * t));
  const angle = w * t + (s / 2) * Math.log((Math.exp(2 * t) + c) / (1 + c)); // ∫ r² dt in closed form
  return [r * Math.cos(angle), r * Math.sin(angle)];
}

/** dy/dt = −2 τ y² with its own clock, dτ/dt = 1; P = 2, no coefficients. From (1, 0): y = 1/(1 + t²). */
export const clocked: Dynamics = {
  shape: [2, 0],
  evaluate([y, tau], _u, out) {
    out[0] = -2 * tau * y * y;
    out[1] = 1;
  },
  jvp([y, tau], _u, [dy, dTau], _du, out) {
    out[0] = -4 * tau * y * dy - 2 * y * y * dTau;
    out[1] = 0;
  },
  vjp([y, tau], _u, [seed], yBar) {
    yBar[0] -= 4 * tau * y * seed;
    yBar[1] -= 2 * y * y * seed;
  },
  second([y, tau], _u, [seed], [dy, dTau], _du, yBar) {
    yBar[0] -= 4 * seed * (tau * dy + y * dTau);
    yBar[1] -= 4 * y * dy * seed;
  },
};

/** All quadratics: F_k = Σ_j u_kj m_j(y) with the monomials 1, y_l, y_l y_m (l ≤ m). Linear in u. */
export function quadraticField(P: number): Dynamics {
  const pairs: [l: number, m: number][] = [];
  for (let l = 0; l < P; l++) for (let m = l; m < P; m++) pairs.push([l, m]);
  const J = 1 + P + pairs.length;
  const monomials = (y: Float64Array): number[] => [1, ...y, ...pairs.map(([l, m]) => y[l] * y[m])];
  const changes = (y: Float64Array, dy: Float64Array): number[] => [
    0,
    ...dy,
    ...pairs.map(([l, m]) => dy[l] * y[m] + y[l] * dy[m]),
  ];
  const combine = (weights: ArrayLike<number>, k: number, terms: readonly number[]): number =>
    terms.reduce((total, term, j) => total + weights[k * J + j] * term, 0);
  return {
    shape: [P, P * J],
    evaluate(y, u, out) {
      const terms = monomials(y);
      for (let k = 0; k < P; k++) out[k] = combine(u, k, terms);
    },
    jvp(y, u, dy, du, out) {
      const terms = monomials(y);
      const dTerms = changes(y, dy);
      for (let k = 0; k < P; k++) out[k] = combine(u, k, dTerms) + combine(du, k, terms);
    },
    vjp(y, u, seed, yBar, uBar) {
      const terms = monomials(y);
      for (let k = 0; k < P; k++) {
        for (let j = 0; j < J; j++) uBar[k * J + j] += seed[k] * terms[j];
        for (let l = 0; l < P; l++) yBar[l] += seed[k] * u[k * J + 1 + l];
        pairs.forEach(([l, m], j) => {
          const w = seed[k] * u[k * J + 1 + P + j];
          yBar[l] += w * y[m];
          yBar[m] += w * y[l];
        });
      }
    },
    second(y, u, seed, dy, du, yBar, uBar) {
      const dTerms = changes(y, dy);
      for (let k = 0; k < P; k++) {
        for (let j = 0; j < J; j++) uBar[k * J + j] += seed[k] * dTerms[j];
        for (let l = 0; l < P; l++) yBar[l] += seed[k] * du[k * J + 1 + l];
        pairs.forEach(([l, m], j) => {
          const at = k * J + 1 + P + j;
          yBar[l] += seed[k] * (u[at] * dy[m] + du[at] * y[m]);
          yBar[m] += seed[k] * (u[at] * dy[l] + du[at] * y[l]);
        });
      }
    },
  };
}

/** One hidden layer: F_k = Σ_h A_kh tanh(Σ_l B_hl y_l + c_h), u = [A (P×H), B (H×P), c (H)]. Not linear in u. */
export function tanhField(P: number, H: number): Dynamics {
  const b = P * H;
  const c = 2 * P * H;
  const layer = (y: Float64Array, u: Float64Array): Float64Array =>
    Float64Array.from({ length: H }, (_, h) =>
      Math.tanh(y.reduce((total, v, l) => total + u[b + h * P + l] * v, u[c + h])),
    );
  return {
    shape: [P, c + H],
    evaluate(y, u, out) {
      const z = layer(y, u);
      for (let k = 0; k < P; k++) out[k] = z.reduce((total, v, h) => total + u[k * H + h] * v, 0);
    },
    jvp(y, u, dy, du, out) {
      out.fill(0);
      layer(y, u).forEach((z, h) => {
        let inner = du[c + h];
        for (let l = 0; l < P; l++) inner += u[b + h * P + l] * dy[l] + du[b + h * P + l] * y[l];
        for (let k = 0; k < P; k++) out[k] += du[k * H + h] * z + u[k * H + h] * (1 - z * z) * inner;
      });
    },
    vjp(y, u, seed, yBar, uBar) {
      layer(y, u).forEach((z, h) => {
        let outer = 0;
        for (let k = 0; k < P; k++) {
          uBar[k * H + h] += seed[k] * z;
          outer += seed[k] * u[k * H + h] * (1 - z * z);
        }
        uBar[c + h] += outer;
        for (let l = 0; l < P; l++) {
          uBar[b + h * P + l] += outer * y[l];
          yBar[l] += outer * u[b + h * P + l];
        }
      });
    },
    second(y, u, seed, dy, du, yBar, uBar) {
      layer(y, u).forEach((z, h) => {
        let inner = du[c + h];
        for (let l = 0; l < P; l++) inner += u[b + h * P + l] * dy[l] + du[b + h * P + l] * y[l];
        const dz = (1 - z * z) * inner;
        let weight = 0;
        let dWeight = 0;
        for (let k = 0; k < P; k++) {
          uBar[k * H + h] += seed[k] * dz;
          weight += seed[k] * u[k * H + h];
          dWeight += seed[k] * du[k * H + h];
        }
        const outer = weight * (1 - z * z);
        const dOuter = dWeight * (1 - z * z) - 2 * weight * z * dz;
        uBar[c + h] += dOuter;
        for (let l = 0; l < P; l++) {
          uBar[b + h * P + l] += dOuter * y[l] + outer * dy[l];
          yBar[l] += dOuter * u[b + h * P + l] + outer * du[b + h * P + l];
        }
      });
    },
  };
}
