import { nextDouble } from "@dbd/numerics/random/xoshiro";
import { drawNormal } from "@dbd/numerics/random/normal";
import { exp } from "@dbd/numerics/special";
import { type Side, hiddenSide, visibleSide, writeBias } from "../bipartite.ts";
import { type Unit, unitsOf } from "../layers/layer.ts";
import type { Sampler } from "./chains.ts";

/** One side of a machine with its present weights. */
interface Half {
  readonly units: readonly Unit[];
  readonly size: number;
  readonly bias: Float64Array;
  readonly start: Int32Array;
  readonly other: Int32Array;
  readonly weight: Float64Array;
}

function halfOf(side: Side, nu: Float64Array): Half {
  const { layer, rows } = side;
  const bias = new Float64Array(layer.size);
  writeBias(side, nu, bias);
  const weight = Float64Array.from(rows.nu, (k) => nu[k]);
  return { units: unitsOf(layer), size: layer.size, bias, start: rows.start, other: rows.other, weight };
}

/** Proposes a state for every unit of one side of one chain in turn. Hot path: no checks. */
function sweep(half: Half, x: Float64Array, xAt: number, y: Float64Array, yAt: number, random: () => number): void {
  const { units, bias, start, other, weight } = half;
  for (const { at, width, states } of units) {
    const proposed = states?.[Math.floor(random() * states.length)];
    let gain = 0;
    let moved = x[xAt + at];
    for (let d = 0; d < width; d++) {
      const i = at + d;
      let field = bias[i];
      for (let e = start[i]; e < start[i + 1]; e++) field += y[yAt + other[e]] * weight[e];
      const now = x[xAt + i];
      if (proposed === undefined) {
        moved = now + drawNormal(random);
        gain = field * (moved - now) - (moved * moved - now * now) / 2;
      } else gain += field * (proposed[d] - now);
    }
    if (gain < 0 && random() >= exp(gain)) continue;
    if (proposed === undefined) x[xAt + at] = moved;
    else for (let d = 0; d < width; d++) x[xAt + at + d] = proposed[d];
  }
}

/**
 * Metropolis sampling, unit by unit: a state drawn evenly from all of the unit's (a normal step for Gaussian units) is
 * accepted with probability min(1, e^−ΔE) (Metropolis et al. 1953, doi:10.1063/1.1699114). One step offers one proposal to
 * every hidden and then every visible unit. When to use: as an independent check of `gibbs`, which needs fewer sweeps here
 * because a proposal may be the present state (without that, units in no field would flip for ever in step).
 */
export const metropolis: Sampler = {
  name: "metropolis",
  replicas: 1,
  run(machine, nu, chains, steps) {
    const { visible, hidden, random: state } = chains;
    const [low, high] = [halfOf(visibleSide(machine.graph), nu), halfOf(hiddenSide(machine.graph), nu)];
    const random = (): number => nextDouble(state);
    for (let step = 0; step < steps; step++)
      for (let c = 0; c < chains.count; c++) {
        sweep(high, hidden, c * high.size, visible, c * low.size, random);
        sweep(low, visible, c * low.size, hidden, c * high.size, random);
      }
  },
};
