import type { RandomSource } from "@dbd/numerics/random/source";
import type { BoltzmannFamily, ExactFamily } from "../family.ts";

/**
 * What every exact family must satisfy at ν (a point inside the normalisable region): moments = −∂log Z/∂ν, covariance =
 * −∂⟨φ⟩/∂ν and symmetric, covarianceVjp = the derivative of covariance. Returns the problems found, none when it conforms.
 *
 * @param step - Relative finite-difference step; the tolerance is 10³ step².
 */
export function familyConformance<State>(
  family: BoltzmannFamily<Float64Array, State> & ExactFamily,
  nu: Float64Array,
  random: RandomSource,
  step = 1e-4,
): string[] {
  const P = family.labels.length;
  if (P !== nu.length) return [`labels has length ${P}, nu ${nu.length}`];
  const problems: string[] = [];
  const state = family.state(random);
  const covariance = new Float64Array(P * P);
  const moments = new Float64Array(P);
  family.asleepMoments(nu, state, moments);
  family.covariance(nu, covariance);
  const seed = Float64Array.from({ length: P * P }, (_, i) => 1 + (i % 3) - i / (P * P));
  const vjp = new Float64Array(P).fill(0.5);
  family.covarianceVjp(nu, seed, vjp);
  const compare = (what: string, got: number, want: number, size: number): void => {
    if (!(Math.abs(got - want) <= 1e3 * step * step * size))
      problems.push(`${what}: ${got}, finite difference ${want}`);
  };
  for (let k = 0; k < P; k++) {
    const h = step * Math.max(Math.abs(nu[k]), 1e-3);
    const [up, down] = [shifted(family, state, nu, k, h), shifted(family, state, nu, k, -h)];
    compare(`moment ${k}`, moments[k], -(up.logZ - down.logZ) / (2 * h), Math.abs(moments[k]) + 1);
    let form = 0;
    let size = 1;
    for (let i = 0; i < P * P; i++) {
      form += (seed[i] * (up.covariance[i] - down.covariance[i])) / (2 * h);
      size += Math.abs(seed[i] * covariance[i]) * (1 + Math.sqrt(covariance[k * P + k]));
    }
    compare(`covarianceVjp ${k} (out is added to)`, vjp[k] - 0.5, form, size);
    for (let i = 0; i < P; i++) {
      const c = covariance[i * P + k];
      if (c !== covariance[k * P + i]) problems.push(`covariance is not symmetric at ${i}, ${k}`);
      const scale = Math.sqrt(covariance[i * P + i] * covariance[k * P + k]) + 1;
      compare(`covariance ${i}, ${k}`, c, -(up.moments[i] - down.moments[i]) / (2 * h), scale);
    }
  }
  return problems;
}

function shifted<State>(
  family: BoltzmannFamily<Float64Array, State> & ExactFamily,
  state: State,
  nu: Float64Array,
  k: number,
  h: number,
): { readonly logZ: number; readonly moments: Float64Array; readonly covariance: Float64Array } {
  const at = nu.slice();
  at[k] += h;
  const moments = new Float64Array(nu.length);
  const covariance = new Float64Array(nu.length ** 2);
  family.asleepMoments(at, state, moments);
  family.covariance(at, covariance);
  return { logZ: family.logZ(at), moments, covariance };
}
