import type { Dynamics } from "./dynamics.ts";
import { addScaled, vectors } from "./vectors.ts";
import type { ExplicitScheme, Tangent } from "./stepKernel.ts";

/**
 * The exact derivative of the discrete scheme: stage i of the block solves K_i = J_y(Y_i) (S + h Σ_j a_ij K_j) + J_u(Y_i),
 * then S += h Σ b_i K_i. J_y comes from P calls of jvp and J_u from P calls of vjp with unit seeds, not from Q calls
 * of jvp, so that a stage costs O(P² C) whatever one evaluation costs in Q.
 * @param columns - C. With `driven` it is Q and column q follows u_q; without, the block sees J_y only.
 */
export function tangent(
  { P, Q, stages, a, b }: ExplicitScheme,
  dynamics: Dynamics,
  u: Float64Array,
  columns: number,
  driven: boolean,
): Tangent {
  const block = new Float64Array(P * columns);
  const stage = new Float64Array(P * columns);
  const slopes = vectors(stages, P * columns);
  const rows = slopes.map((k) => Array.from({ length: P }, (_, p) => k.subarray(p * columns, (p + 1) * columns)));
  const unit = new Float64Array(P);
  const column = new Float64Array(P);
  const unusedRow = new Float64Array(P);
  const noChange = new Float64Array(Q);

  const slope = (y: Float64Array, s: number): void => {
    slopes[s].fill(0);
    for (let l = 0; l < P; l++) {
      unit[l] = 1;
      if (driven) dynamics.vjp(y, u, unit, unusedRow, rows[s][l]); // row l of J_u
      dynamics.jvp(y, u, unit, noChange, column); // column l of J_y
      unit[l] = 0;
      for (let k = 0; k < P; k++) {
        const w = column[k];
        const out = rows[s][k];
        const from = l * columns;
        for (let q = 0; q < columns; q++) out[q] += w * stage[from + q];
      }
    }
  };

  return {
    block,
    advance(h, points) {
      for (let s = 0; s < stages; s++) {
        stage.set(block);
        addScaled(stage, h, a, s * stages, s, slopes);
        slope(points[s], s);
      }
      addScaled(block, h, b, 0, stages, slopes);
    },
  };
}
