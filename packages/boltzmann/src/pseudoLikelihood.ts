import { ArgumentError } from "@dbd/numerics/errors";
import { logSumExp } from "@dbd/numerics/special";
import { addFields, hiddenSide, visibleSide, writeBias } from "./bipartite.ts";
import type { Rbm } from "./families/rbm.ts";
import { checkStates, unitsOf } from "./layers/layer.ts";

/**
 * Mean over rows of Σ_units log p(unit | all others), in nats: needs no log Z, so it follows learning on machines of any
 * size (Besag 1975, doi:10.2307/2987782). Every unit is used, none sampled. Cost per row: one free energy per state of
 * every visible unit.
 * @param data - Visible configurations, shape [rows, V].
 */
export function pseudoLikelihood(machine: Rbm, nu: Float64Array, data: Float64Array): number {
  const { graph } = machine;
  const { visible, hidden, byVisible } = graph;
  const units = unitsOf(visible);
  if (units.some((unit) => unit.states === undefined))
    throw new ArgumentError(
      "pseudoLikelihood",
      `needs visible units with finitely many states, not ${visible.name} ones`,
    );
  checkStates("pseudoLikelihood", visible, data);
  const V = visible.size;
  const bias = new Float64Array(V);
  writeBias(visibleSide(graph), nu, bias);
  const [field, changed] = [new Float64Array(hidden.size), new Float64Array(hidden.size)];
  let total = 0;
  for (let at = 0; at < data.length; at += V) {
    writeBias(hiddenSide(graph), nu, field);
    addFields(byVisible, nu, data, at, field, 0);
    const present = hidden.logPartition(field, 0);
    for (const { at: unit, width, states = [] } of units) {
      const logs = new Float64Array(states.length);
      for (let s = 0; s < states.length; s++) {
        changed.set(field);
        let linear = 0;
        for (let d = 0; d < width; d++) {
          const step = states[s][d] - data[at + unit + d];
          if (step === 0) continue;
          linear += step * bias[unit + d];
          for (let e = byVisible.start[unit + d]; e < byVisible.start[unit + d + 1]; e++)
            changed[byVisible.other[e]] += step * nu[byVisible.nu[e]];
        }
        logs[s] = linear + hidden.logPartition(changed, 0) - present; // against the row as it is
      }
      total -= logSumExp(logs);
    }
  }
  return total / (data.length / V);
}
