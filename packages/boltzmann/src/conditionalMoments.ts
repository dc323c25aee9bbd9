import { addStatistics } from "./bipartite.ts";
import type { Rbm } from "./families/rbm.ts";

/** ⟨φ⟩ and the mean of both layers over visible configurations, the hidden units by their conditional means. */
export interface LayerMoments {
  /** Shape [P]. */
  readonly phi: Float64Array;
  /** Shape [V]. */
  readonly visible: Float64Array;
  /** Shape [H]. */
  readonly hidden: Float64Array;
}

export const layerMoments = (machine: Rbm): LayerMoments => ({
  phi: new Float64Array(machine.labels.length),
  visible: new Float64Array(machine.graph.visible.size),
  hidden: new Float64Array(machine.graph.hidden.size),
});

/** Averages over rows [rows, V]. Overwrites out. */
export function conditionalMoments(machine: Rbm, nu: Float64Array, rows: Float64Array, out: LayerMoments): void {
  const { graph } = machine;
  const V = graph.visible.size;
  const share = V / rows.length;
  const h = new Float64Array(graph.hidden.size);
  out.phi.fill(0);
  out.visible.fill(0);
  out.hidden.fill(0);
  for (let at = 0; at < rows.length; at += V) {
    const v = rows.subarray(at, at + V);
    machine.hiddenMean(nu, v, h);
    addStatistics(graph, v, 0, h, 0, share, out.phi);
    for (let i = 0; i < V; i++) out.visible[i] += share * v[i];
    for (let j = 0; j < h.length; j++) out.hidden[j] += share * h[j];
  }
}
