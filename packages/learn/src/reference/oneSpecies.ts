/** A reaction of one species: n → n + jump at rate propensity(n). For the tests of this package only. */
export interface Jump {
  readonly jump: number;
  readonly propensity: (n: number) => number;
}

/**
 * The truncated chemical master equation of one species, solved by uniformisation (Jensen 1953): with Λ ≥ every exit
 * rate, p(t) = Σ_j Poisson(j; Λt) (1 + A/Λ)ʲ p(0), a sum of positive terms. Jumps out of the box 0…M are left out.
 * @param p0 - Probabilities at times[0], shape [M + 1].
 * @returns Probabilities at every time, [T] of [M + 1].
 */
export function masterEquation(
  reactions: readonly Jump[],
  p0: Float64Array,
  times: ArrayLike<number>,
): readonly Float64Array[] {
  const size = p0.length;
  const moves = reactions.map(({ jump, propensity }) => ({
    jump,
    rate: Float64Array.from({ length: size }, (_, n) => (n + jump >= 0 && n + jump < size ? propensity(n) : 0)),
  }));
  const exit = Float64Array.from({ length: size }, (_, n) => moves.reduce((sum, { rate }) => sum + rate[n], 0));
  const fastest = exit.reduce((a, b) => Math.max(a, b), 1e-300);
  const jumpOnce = (p: Float64Array): Float64Array => {
    const out = p.map((v, n) => v * (1 - exit[n] / fastest));
    for (const { jump, rate } of moves) for (let n = 0; n < size; n++) out[n + jump] += (p[n] * rate[n]) / fastest || 0;
    return out;
  };
  const paths = [p0.slice()];
  for (let i = 1; i < times.length; i++) {
    const mean = fastest * (times[i] - times[i - 1]);
    const last = Math.ceil(mean + 12 * Math.sqrt(mean) + 40);
    const next = new Float64Array(size);
    let term: Float64Array = paths[i - 1];
    let logWeight = -mean;
    for (let j = 0; j <= last; j++) {
      const weight = Math.exp(logWeight);
      if (j > mean && weight < 1e-18) break;
      if (weight > 0) for (let n = 0; n < size; n++) next[n] += weight * term[n];
      term = jumpOnce(term);
      logWeight += Math.log(mean / (j + 1));
    }
    paths.push(next);
  }
  return paths;
}

/** Poisson probabilities on 0…max. */
export function poissonTable(mean: number, max: number): Float64Array {
  const p = new Float64Array(max + 1);
  let log = -mean;
  for (let n = 0; n <= max; log += Math.log(mean / ++n)) p[n] = Math.exp(log);
  return p;
}

/** Mean and variance of a table. */
export function meanAndVariance(p: Float64Array): readonly [mean: number, variance: number] {
  const mean = p.reduce((sum, v, n) => sum + n * v, 0);
  return [mean, p.reduce((sum, v, n) => sum + (n - mean) ** 2 * v, 0)];
}
