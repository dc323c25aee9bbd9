import { ArgumentError } from "@dbd/numerics/errors";
import { nextDouble } from "@dbd/numerics/random/xoshiro";
import { exp } from "@dbd/numerics/special";
import type { Chains, Sampler } from "./chains.ts";
import { gibbs } from "./gibbs.ts";

function swapRows(x: Float64Array, size: number, c: number, d: number): void {
  const keep = x.slice(c * size, (c + 1) * size);
  x.copyWithin(c * size, d * size, (d + 1) * size);
  x.set(keep, d * size);
}

/**
 * Parallel tempering (replica exchange; Swendsen & Wang 1986, doi:10.1103/PhysRevLett.57.2607): of C chains, C/M live at
 * each β_m ν, with the M values `betas` ascending to 1; each makes a Gibbs step and then offers its configuration to its
 * counterpart at the next β. The last C/M chains sample p̃(ν). When to use: modes that block Gibbs does not cross (R-hat
 * stays above 1.01).
 */
export function tempering(betas: readonly number[]): Sampler {
  const ascending = betas.every((b, m) => b >= 0 && (m === 0 || b > betas[m - 1]));
  if (betas.length < 2 || !ascending || betas.at(-1) !== 1)
    throw new ArgumentError("tempering", `betas must ascend to 1, at least two of them, got (${betas.join(", ")})`);
  const M = betas.length;
  return {
    name: "tempering",
    replicas: M,
    run(machine, nu, chains, steps) {
      if (chains.count % M !== 0)
        throw new ArgumentError("tempering", `the number of chains must be a multiple of ${M}, got ${chains.count}`);
      const { visible, hidden, random } = chains;
      const [V, H] = [machine.graph.visible.size, machine.graph.hidden.size];
      const count = chains.count / M;
      const levels = betas.map((beta, m) => {
        const [from, to] = [m * count, (m + 1) * count];
        const level: Chains = {
          count,
          visible: visible.subarray(from * V, to * V),
          hidden: hidden.subarray(from * H, to * H),
          random,
        };
        return { nu: nu.map((x) => beta * x), level };
      });
      const energy = (c: number): number =>
        machine.energy(nu, visible.subarray(c * V, (c + 1) * V), hidden.subarray(c * H, (c + 1) * H));
      for (let step = 0; step < steps; step++) {
        for (const { nu: at, level } of levels) gibbs.run(machine, at, level, 1);
        for (let c = 0; c + count < chains.count; c++) {
          const m = Math.floor(c / count);
          const gain = (betas[m + 1] - betas[m]) * (energy(c + count) - energy(c));
          if (gain < 0 && nextDouble(random) >= exp(gain)) continue;
          swapRows(visible, V, c, c + count);
          swapRows(hidden, H, c, c + count);
        }
      }
    },
  };
}
