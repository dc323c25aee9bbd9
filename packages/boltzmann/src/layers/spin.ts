import { exp, log1p } from "@dbd/numerics/special";
import { checkUnits, type Layer } from "./layer.ts";

/** Units that are −1 or +1: ⟨x⟩ = tanh f. */
export function spin(units: number): Layer {
  checkUnits("spin", units);
  return {
    name: "spin",
    size: units,
    states: [[-1], [1]],
    logPartition(field, offset) {
      let sum = 0;
      for (let i = offset; i < offset + units; i++) {
        const f = Math.abs(field[i]);
        sum += f + log1p(exp(-2 * f));
      }
      return sum;
    },
    mean(field, offset, out) {
      for (let i = offset; i < offset + units; i++) {
        const e = exp(-2 * Math.abs(field[i]));
        const size = (1 - e) / (1 + e);
        out[i] = field[i] < 0 ? -size : size;
      }
    },
    sample(field, offset, random, out) {
      for (let i = offset; i < offset + units; i++) {
        const u = random();
        const e = exp(-2 * Math.abs(field[i]));
        const along = u * (1 + e) < 1; // with the field
        out[i] = along === field[i] >= 0 ? 1 : -1;
      }
    },
  };
}
