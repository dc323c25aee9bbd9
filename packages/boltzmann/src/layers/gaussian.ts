import { drawNormal } from "@dbd/numerics/random/normal";
import { checkUnits, type Layer } from "./layer.ts";

/** Real units of unit variance about their field: q is the standard normal law, ⟨x⟩ = f, log Σ = f²/2. */
export function gaussian(units: number): Layer {
  checkUnits("gaussian", units);
  return {
    name: "Gaussian",
    size: units,
    states: undefined,
    logPartition(field, offset) {
      let sum = 0;
      for (let i = offset; i < offset + units; i++) sum += field[i] * field[i];
      return sum / 2;
    },
    mean(field, offset, out) {
      for (let i = offset; i < offset + units; i++) out[i] = field[i];
    },
    sample(field, offset, random, out) {
      for (let i = offset; i < offset + units; i++) out[i] = field[i] + drawNormal(random);
    },
  };
}
