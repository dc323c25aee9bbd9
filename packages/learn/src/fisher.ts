import type { Sensitivities } from "@dbd/ode";
import type { Problem } from "./problem.ts";

/**
 * The Fisher matrix in the chart's coordinates, G = (∂ν/∂y)ᵀ C (∂ν/∂y), which is the Hessian of KL at its minimum
 * (docs/theory.md, eq. (7)).
 * @returns A kernel that writes G at y into out [P, P].
 */
export function fisherMatrix({
  family,
  chart,
}: Pick<Problem, "family" | "chart">): (y: Float64Array, out: Float64Array) => void {
  const P = family.labels.length;
  const nu = new Float64Array(P);
  const C = new Float64Array(P * P);
  const unit = new Float64Array(P);
  const columns = Array.from({ length: P }, () => new Float64Array(P)); // column i is ∂ν/∂y_i
  return (y, out) => {
    chart.toNu(y, nu);
    family.covariance(nu, C);
    for (let i = 0; i < P; i++) {
      unit.fill(0);
      unit[i] = 1;
      chart.jvp(y, unit, columns[i]);
    }
    for (let i = 0; i < P; i++) {
      for (let j = 0; j < P; j++) {
        let sum = 0;
        for (let k = 0; k < P; k++) for (let l = 0; l < P; l++) sum += columns[i][k] * C[k * P + l] * columns[j][l];
        out[i * P + j] = sum;
      }
    }
  };
}

/**
 * out[Q, Q] += weight Jᵀ G J, lower triangle only, with J [P, Q], G [P, P] and scratch [P, Q]. Hot path: four rows of J at
 * a time (then two, then one), so that out is read and written P/4 times.
 */
export function addMetric(
  J: Float64Array,
  G: Float64Array,
  weight: number,
  scratch: Float64Array,
  out: Float64Array,
): void {
  const P = Math.round(Math.sqrt(G.length));
  const Q = J.length / P;
  scratch.fill(0); // weight G J
  for (let k = 0; k < P; k++)
    for (let l = 0; l < P; l++) {
      const g = weight * G[k * P + l];
      for (let q = 0; q < Q; q++) scratch[k * Q + q] += g * J[l * Q + q];
    }
  let k = 0;
  for (; k + 4 <= P; k += 4) {
    const [a, b, c, d] = [k * Q, (k + 1) * Q, (k + 2) * Q, (k + 3) * Q];
    for (let q = 0; q < Q; q++) {
      const s0 = scratch[a + q];
      const s1 = scratch[b + q];
      const s2 = scratch[c + q];
      const s3 = scratch[d + q];
      if (s0 === 0 && s1 === 0 && s2 === 0 && s3 === 0) continue; // grid functions that were not visited
      const row = q * Q;
      for (let r = 0; r <= q; r++) out[row + r] += s0 * J[a + r] + s1 * J[b + r] + s2 * J[c + r] + s3 * J[d + r];
    }
  }
  for (; k + 2 <= P; k += 2) {
    const [a, b] = [k * Q, (k + 1) * Q];
    for (let q = 0; q < Q; q++) {
      const s0 = scratch[a + q];
      const s1 = scratch[b + q];
      if (s0 === 0 && s1 === 0) continue;
      const row = q * Q;
      for (let r = 0; r <= q; r++) out[row + r] += s0 * J[a + r] + s1 * J[b + r];
    }
  }
  for (; k < P; k++)
    for (let q = 0; q < Q; q++) {
      const s = scratch[k * Q + q];
      if (s === 0) continue;
      for (let r = 0; r <= q; r++) out[q * Q + r] += s * J[k * Q + r];
    }
}

/** metric += Σ_t w_t sᵀ G s along a trajectory, lower triangle only; its first time is fixed and has s = 0. */
export function addFisher(problem: Problem, path: Sensitivities, metric: Float64Array): void {
  const [P, Q] = problem.dynamics.shape;
  const { weights } = problem;
  const fisher = fisherMatrix(problem);
  const G = new Float64Array(P * P);
  const scratch = new Float64Array(P * Q);
  for (let t = 1; t < weights.length; t++) {
    if (weights[t] === 0) continue;
    fisher(path.values.subarray(t * P, (t + 1) * P), G);
    addMetric(path.sensitivity.subarray(t * P * Q, (t + 1) * P * Q), G, weights[t], scratch, metric);
  }
}

/** Copies the lower triangle of a [Q, Q] matrix to the upper one. */
export function symmetrise(a: Float64Array, Q: number): void {
  for (let q = 0; q < Q; q++) for (let r = 0; r < q; r++) a[r * Q + q] = a[q * Q + r];
}
