import { drawNormal } from "@dbd/numerics/random/normal";
import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { rbm } from "./families/rbm.ts";
import { binary } from "./layers/binary.ts";
import { gaussian } from "./layers/gaussian.ts";
import { potts } from "./layers/potts.ts";
import { pseudoLikelihood } from "./pseudoLikelihood.ts";

test("pseudo-likelihood sums log p(unit | others) from free energies, on binary and Potts units", () => {
  const random = stream("pseudo", 0);
  for (const [visible, width] of [
    [binary(4), 1],
    [potts(2, 2), 2],
  ] as const) {
    const machine = rbm({ visible, hidden: binary(3) });
    const nu = Float64Array.from(machine.labels, () => drawNormal(random));
    const data = Float64Array.of(1, 0, 0, 1, 0, 0, 0, 1);
    let want = 0;
    for (let row = 0; row < 2; row++) {
      const v = data.slice(4 * row, 4 * row + 4);
      for (let unit = 0; unit < 4; unit += width) {
        const weights = (visible.states ?? []).map((state) => {
          const other = v.slice();
          other.set(state, unit);
          return Math.exp(machine.freeEnergy(nu, v) - machine.freeEnergy(nu, other));
        });
        want -= Math.log(weights.reduce((a, b) => a + b)) / 2;
      }
    }
    expect(Math.abs(pseudoLikelihood(machine, nu, data) - want)).toBeLessThan(1e-12);
  }
});

test("Gaussian visible units have no finite list of states to compare with", () => {
  const machine = rbm({ visible: gaussian(1), hidden: binary(1) });
  expect(() => pseudoLikelihood(machine, new Float64Array(3), new Float64Array(1))).toThrow("not Gaussian ones");
});
