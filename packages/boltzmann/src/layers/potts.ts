import { exp, log } from "@dbd/numerics/special";
import { checkUnits, type Layer } from "./layer.ts";

/**
 * Sites that are empty or hold one of `species` kinds: component α is 1 where the site holds species α. Empty has energy
 * 0, so P(α) = e^f_α/(1 + Σ_β e^f_β).
 */
export function potts(units: number, species: number): Layer {
  checkUnits("potts", units);
  checkUnits("potts: species", species);
  const size = units * species;
  const states = Array.from({ length: species + 1 }, (_, s) =>
    Array.from({ length: species }, (_unused, a) => (a === s - 1 ? 1 : 0)),
  );
  /** The largest of 0 and the fields of one unit. */
  const top = (field: Float64Array, at: number): number => {
    let most = 0;
    for (let a = 0; a < species; a++) most = Math.max(most, field[at + a]);
    return most;
  };
  return {
    name: "Potts",
    size,
    states,
    logPartition(field, offset) {
      let total = 0;
      for (let at = offset; at < offset + size; at += species) {
        const most = top(field, at);
        let sum = exp(-most);
        for (let a = 0; a < species; a++) sum += exp(field[at + a] - most);
        total += most + log(sum);
      }
      return total;
    },
    mean(field, offset, out) {
      for (let at = offset; at < offset + size; at += species) {
        const most = top(field, at);
        let sum = exp(-most);
        for (let a = 0; a < species; a++) {
          out[at + a] = exp(field[at + a] - most);
          sum += out[at + a];
        }
        for (let a = 0; a < species; a++) out[at + a] /= sum;
      }
    },
    sample(field, offset, random, out) {
      for (let at = offset; at < offset + size; at += species) {
        const most = top(field, at);
        let sum = exp(-most);
        for (let a = 0; a < species; a++) {
          out[at + a] = exp(field[at + a] - most);
          sum += out[at + a];
        }
        let left = random() * sum;
        for (let a = 0; a < species; a++) {
          const here = left >= 0 && left < out[at + a];
          left = here ? -1 : left - out[at + a];
          out[at + a] = here ? 1 : 0;
        }
      }
    },
  };
}
