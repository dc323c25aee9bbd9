import type { Dynamics } from "@dbd/ode";

/** Products with the Jacobian; the estimate only decides between methods. */
const iterations = 30;

const length = (v: Float64Array): number => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));

/** About the largest |eigenvalue| of the Jacobian at y, by power iteration: the growth over the last two products. */
export function spectralRadius(
  { shape, jvp }: Pick<Dynamics, "shape" | "jvp">,
  y: Float64Array,
  u: Float64Array,
): number {
  const size = y.length;
  const still = new Float64Array(shape[1]);
  // no start is orthogonal to the vector that is sought for all networks alike: a pattern without symmetry
  let v = Float64Array.from({ length: size }, (_, i) => 1 + ((i * 7 + 3) % 11) / 11);
  let growth = 0;
  for (let n = 0; n < iterations; n++) {
    const norm = length(v);
    if (!(norm > 0 && norm < Infinity)) return 0;
    const w = new Float64Array(size);
    for (let i = 0; i < size; i++) v[i] /= norm;
    jvp(y, u, v, still, w);
    const before = growth;
    growth = length(w);
    if (Math.abs(growth - before) < 1e-2 * growth) break;
    v = w;
  }
  return growth;
}
