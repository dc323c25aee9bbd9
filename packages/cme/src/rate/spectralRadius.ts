import type { Field } from "@dbd/ode";

/** Products with the Jacobian; the estimate only decides between methods. */
const iterations = 30;

/** About the largest |eigenvalue| of the Jacobian at y, by power iteration: the growth over the last two products. */
export function spectralRadius(field: Field, y: Float64Array): number {
  const size = y.length;
  const jacobian = new Float64Array(size * size);
  field.jacobian?.(0, y, jacobian);
  // no start is orthogonal to the vector that is sought for all networks alike: a pattern without symmetry
  let v = Float64Array.from({ length: size }, (_, i) => 1 + ((i * 7 + 3) % 11) / 11);
  let growth = 0;
  for (let n = 0; n < iterations; n++) {
    const norm = Math.hypot(...v);
    if (!(norm > 0 && norm < Infinity)) return 0;
    const w = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += jacobian[i * size + j] * (v[j] / norm);
      w[i] = sum;
    }
    const before = growth;
    growth = Math.hypot(...w);
    if (Math.abs(growth - before) < 1e-2 * growth) break;
    v = w;
  }
  return growth;
}
