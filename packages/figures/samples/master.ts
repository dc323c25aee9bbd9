/** Small exact solutions for sample data: one species, states 0…M. */

/** dp/dt for jumps of one species: rate(n) and change of each reaction. */
export interface Jump {
  readonly change: number;
  readonly rate: (n: number) => number;
}

function flow(jumps: readonly Jump[], p: Float64Array): Float64Array {
  const out = new Float64Array(p.length);
  for (const { change, rate } of jumps) {
    for (let n = 0; n < p.length; n++) {
      const to = n + change;
      if (to < 0 || to >= p.length) continue;
      const amount = rate(n) * (p[n] ?? 0);
      out[n] = (out[n] ?? 0) - amount;
      out[to] = (out[to] ?? 0) + amount;
    }
  }
  return out;
}

/** p(n, t) at each time, by RK4 with small steps. */
export function solveMaster(
  jumps: readonly Jump[],
  start: Float64Array,
  times: Float64Array,
  step: number,
): Float64Array[] {
  let p = start;
  let t = times[0] ?? 0;
  const out: Float64Array[] = [];
  for (const time of times) {
    const steps = Math.max(1, Math.ceil((time - t) / step));
    const h = (time - t) / steps;
    for (let s = 0; s < (time > t ? steps : 0); s++) {
      const k1 = flow(jumps, p);
      const k2 = flow(
        jumps,
        p.map((v, i) => v + (h / 2) * (k1[i] ?? 0)),
      );
      const k3 = flow(
        jumps,
        p.map((v, i) => v + (h / 2) * (k2[i] ?? 0)),
      );
      const k4 = flow(
        jumps,
        p.map((v, i) => v + h * (k3[i] ?? 0)),
      );
      p = p.map((v, i) => v + (h / 6) * ((k1[i] ?? 0) + 2 * (k2[i] ?? 0) + 2 * (k3[i] ?? 0) + (k4[i] ?? 0)));
    }
    t = time;
    out.push(p);
  }
  return out;
}

/** ⟨f⟩ under p. */
export function average(p: Float64Array, f: (n: number) => number): number {
  return p.reduce((sum, v, n) => sum + v * f(n), 0);
}

export function spread(p: Float64Array): number {
  const mean = average(p, (n) => n);
  return Math.sqrt(
    Math.max(
      0,
      average(p, (n) => (n - mean) ** 2),
    ),
  );
}

export function kullbackLeibler(p: Float64Array, q: Float64Array): number {
  return p.reduce((sum, v, n) => sum + (v > 0 && (q[n] ?? 0) > 0 ? v * Math.log(v / (q[n] ?? 0)) : 0), 0);
}

/** p̃(n) ∝ exp(−Σ ν_k C(n,k)), k = 1, 2. */
export function boltzmann(nu: readonly number[], size: number): Float64Array {
  const p = Float64Array.from({ length: size }, (_, n) => -(nu[0] ?? 0) * n - ((nu[1] ?? 0) * n * (n - 1)) / 2);
  const top = p.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = p.map((v) => Math.exp(v - top));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((v) => v / total);
}

const phi = [(n: number): number => n, (n: number): number => (n * (n - 1)) / 2] as const;

/** Covariance of n and C(n,2) under p. */
export function covariance(p: Float64Array): [number, number, number] {
  const m0 = average(p, phi[0]);
  const m1 = average(p, phi[1]);
  const of = (a: 0 | 1, b: 0 | 1): number =>
    average(p, (n) => phi[a](n) * phi[b](n)) - (a === 0 ? m0 : m1) * (b === 0 ? m0 : m1);
  return [of(0, 0), of(0, 1), of(1, 1)];
}

/** ν of the member with the moments of p (Newton, halved when it overshoots). */
export function project(p: Float64Array, guess: readonly [number, number]): [number, number] {
  let nu: [number, number] = [...guess];
  for (let i = 0; i < 200; i++) {
    const q = boltzmann(nu, p.length);
    const g0 = average(q, phi[0]) - average(p, phi[0]);
    const g1 = average(q, phi[1]) - average(p, phi[1]);
    const [a, b, d] = covariance(q);
    const det = a * d - b * b;
    const step = [(d * g0 - b * g1) / det, (a * g1 - b * g0) / det] as const;
    const scale = Math.min(1, 0.5 / Math.max(Math.abs(step[0]), Math.abs(step[1])));
    nu = [nu[0] + scale * step[0], nu[1] + scale * step[1]];
    if (Math.abs(g0) + Math.abs(g1) < 1e-12) break;
  }
  return nu;
}
