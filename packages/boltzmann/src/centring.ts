import type { Bipartite, Side } from "./bipartite.ts";
import { hiddenSide, visibleSide } from "./bipartite.ts";

/**
 * Where the origin of each unit is put while learning: offset = data · (mean under the data) + model · (mean under the
 * model). The gradient is then taken for the machine in v − μ and h − λ, which removes most of the coupling between
 * biases and weights, and carried back.
 */
export interface Centring {
  readonly name: string;
  readonly data: number;
  readonly model: number;
}

/** The gradient as it is. */
export const uncentred: Centring = { name: "uncentred", data: 0, model: 0 };

/** Offsets at the data's means (Montavon & Müller 2012, doi:10.1007/978-3-642-35289-8_33). */
export const centred: Centring = { name: "centred", data: 1, model: 0 };

/** Offsets midway between data and model: Cho, Raiko & Ilin's enhanced gradient (2013, doi:10.1162/NECO_a_00397). */
export const enhanced: Centring = { name: "enhanced", data: 0.5, model: 0.5 };

/** How many components share each bias: [P], zero elsewhere. */
function sharers(g: Bipartite): Float64Array {
  const count = new Float64Array(g.labels.length);
  for (const bias of [g.visibleBias, g.hiddenBias]) for (const k of bias) if (k >= 0) count[k]++;
  return count;
}

/** Calls back with weight index, bias index and the mean offset that couples them, edge by edge. */
function couplings(
  side: Side,
  offset: Float64Array,
  count: Float64Array,
  visit: (weight: number, bias: number, factor: number) => void,
): void {
  const { bias, rows } = side;
  for (let i = 0; i < bias.length; i++) {
    const k = bias[i];
    if (k < 0) continue;
    for (let e = rows.start[i]; e < rows.start[i + 1]; e++) visit(rows.nu[e], k, offset[rows.other[e]] / count[k]);
  }
}

/**
 * Replaces ∂KL/∂ν by the step of the centred machine, in place: weights get ⟨(v − μ)(h − λ)⟩ differences, biases are
 * corrected so that the energy's linear part stays with them. With tied biases whose units differ in their connections the
 * mean over the units is used: a linear change of coordinates still, so a descent direction.
 * @param mu - Visible offsets [V].   @param lambda - Hidden offsets [H].
 */
export function centreGradient(g: Bipartite, gradient: Float64Array, mu: Float64Array, lambda: Float64Array): void {
  const count = sharers(g);
  const sides: [Side, Float64Array][] = [
    [visibleSide(g), lambda],
    [hiddenSide(g), mu],
  ];
  for (const [side, offset] of sides)
    couplings(side, offset, count, (weight, bias, factor) => {
      gradient[weight] -= factor * gradient[bias]; // biases' own entries are still the plain ones
    });
  const change = new Float64Array(gradient.length);
  for (const [side, offset] of sides)
    couplings(side, offset, count, (weight, bias, factor) => {
      change[bias] -= factor * gradient[weight];
    });
  for (let k = 0; k < change.length; k++) gradient[k] += change[k];
}
