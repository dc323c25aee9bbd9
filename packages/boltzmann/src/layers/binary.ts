import { exp, log1p } from "@dbd/numerics/special";
import { checkUnits, type Layer } from "./layer.ts";

/** 1/(1 + e^−f) without overflow. */
const logistic = (f: number): number => {
  const e = exp(f < 0 ? f : -f);
  return f < 0 ? e / (1 + e) : 1 / (1 + e);
};

/** Units that are 0 or 1: ⟨x⟩ = 1/(1 + e^−f). */
export function binary(units: number): Layer {
  checkUnits("binary", units);
  return {
    name: "binary",
    size: units,
    states: [[0], [1]],
    logPartition(field, offset) {
      let sum = 0;
      for (let i = offset; i < offset + units; i++) {
        const f = field[i];
        sum += f > 0 ? f + log1p(exp(-f)) : log1p(exp(f));
      }
      return sum;
    },
    mean(field, offset, out) {
      for (let i = offset; i < offset + units; i++) out[i] = logistic(field[i]);
    },
    sample(field, offset, random, out) {
      for (let i = offset; i < offset + units; i++) out[i] = random() < logistic(field[i]) ? 1 : 0;
    },
  };
}
