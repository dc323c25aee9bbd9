import { ArgumentError } from "../errors.ts";
import { exp } from "../special.ts";
import type { ParametricFunction } from "./function.ts";

/** Radial symmetry functions of a particle's neighbourhood. */
export interface LocalFeatures {
  /** Number of particles n and of coordinates each, D. */
  readonly particles: number;
  readonly dimension: number;
  /** Neighbours beyond this distance do not count. */
  readonly cutoff: number;
  /** Centres r_m of the shells, [M]. */
  readonly centres: readonly number[];
  /** Sharpness η of the shells: exp(−η (r − r_m)²). */
  readonly sharpness: number;
}

/**
 * A function of n like particles that knows its symmetries: f(x; u) = Σ_i net(G_i; u), with the features
 *
 *     G_im = Σ_{j ≠ i} exp(−η (r_ij − r_m)²) ½ (1 + cos(π r_ij / r_c)),   0 beyond r_c,
 *
 * so that f is unchanged when particles are exchanged or all are moved or turned together, and changes smoothly (C¹)
 * when a neighbour passes the cutoff. Use it where F or an energy depends on local surroundings. O(n² M) an evaluation.
 * Behler & Parrinello (2007), doi:10.1103/PhysRevLett.98.146401, eq. 2 and 3; Smith, Isayev & Roitberg (2017),
 * doi:10.1039/C6SC05720A, eq. 3.
 * @param net - A function of M inputs, such as `network(M, [8])`; all particles share its coefficients.
 * @returns Inputs x are the coordinates, [n, D] row-major.
 * @throws ArgumentError when a size, the cutoff, the sharpness or the net does not fit.
 */
export function symmetricFunction(features: LocalFeatures, net: ParametricFunction): ParametricFunction {
  const { particles: n, dimension: D, cutoff, centres, sharpness } = features;
  const M = centres.length;
  check(features, net);
  const G = new Float64Array(n * M);
  const slopes = new Float64Array(n * M); // ∂net/∂G_i
  const gather = (x: Float64Array): void => {
    G.fill(0);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++) {
        const r = distance(x, i, j, D);
        if (r >= cutoff) continue;
        const fade = 0.5 * (1 + Math.cos((Math.PI * r) / cutoff));
        for (let m = 0; m < M; m++) {
          const off = r - centres[m];
          const g = exp(-sharpness * off * off) * fade;
          G[i * M + m] += g;
          G[j * M + m] += g;
        }
      }
  };
  const rowOf = (table: Float64Array, i: number): Float64Array => table.subarray(i * M, (i + 1) * M);
  const rows = Array.from({ length: n }, (_, i) => rowOf(G, i));
  const slopeRows = Array.from({ length: n }, (_, i) => rowOf(slopes, i));
  return {
    inputs: n * D,
    coefficients: net.coefficients,
    value(x, u, offset) {
      gather(x);
      let sum = 0;
      for (let i = 0; i < n; i++) sum += net.value(rows[i], u, offset);
      return sum;
    },
    gradient(x, u, offset, out) {
      gather(x);
      for (let i = 0; i < n; i++) net.gradient(rows[i], u, offset, slopeRows[i]);
      out.fill(0, 0, n * D);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < i; j++) {
          const r = distance(x, i, j, D);
          if (r >= cutoff || r === 0) continue; // at r = 0 the direction is undefined
          const angle = (Math.PI * r) / cutoff;
          const fade = 0.5 * (1 + Math.cos(angle));
          const fall = (-0.5 * Math.PI * Math.sin(angle)) / cutoff;
          let pull = 0;
          for (let m = 0; m < M; m++) {
            const off = r - centres[m];
            const shell = exp(-sharpness * off * off);
            pull += (slopes[i * M + m] + slopes[j * M + m]) * shell * (fall - 2 * sharpness * off * fade);
          }
          for (let d = 0; d < D; d++) {
            const along = (pull * (x[i * D + d] - x[j * D + d])) / r;
            out[i * D + d] += along;
            out[j * D + d] -= along;
          }
        }
    },
    addWeights(x, u, offset, scale, out) {
      gather(x);
      for (let i = 0; i < n; i++) net.addWeights(rows[i], u, offset, scale, out);
    },
  };
}

function distance(x: Float64Array, i: number, j: number, D: number): number {
  let square = 0;
  for (let d = 0; d < D; d++) square += (x[i * D + d] - x[j * D + d]) ** 2;
  return Math.sqrt(square);
}

function check({ particles, dimension, cutoff, centres, sharpness }: LocalFeatures, net: ParametricFunction): void {
  const refuse = (problem: string): never => {
    throw new ArgumentError("symmetricFunction", problem);
  };
  if (!Number.isInteger(particles) || particles < 2) refuse(`needs at least two particles, got ${particles}`);
  if (!Number.isInteger(dimension) || dimension < 1) refuse(`dimension must be a positive integer, got ${dimension}`);
  if (!(cutoff > 0 && cutoff < Infinity)) refuse(`cutoff must be positive and finite, got ${cutoff}`);
  if (!(sharpness > 0 && sharpness < Infinity)) refuse(`sharpness must be positive and finite, got ${sharpness}`);
  if (!centres.every(Number.isFinite)) refuse(`centres must be finite, got [${centres.join(", ")}]`);
  if (net.inputs !== centres.length) refuse(`the net has ${net.inputs} inputs for ${centres.length} centres`);
}
