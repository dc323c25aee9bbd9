import { expect, test } from "vitest";
import { closureConformance } from "../conformance.ts";
import { poissonClosure } from "./index.ts";

const means = [0.7, 2.5, 4];
/** ⟨n^m⟩ of the Poisson law by ⟨n^(m+1)⟩ = λ Σ C(m, k) ⟨n^k⟩. */
function touchard(m: number, mean: number): number {
  const rows = [1];
  for (let n = 0; n < m; n++) {
    let binomial = 1;
    let sum = 0;
    for (let k = 0; k <= n; k++) {
      sum += binomial * rows[k];
      binomial = (binomial * (n - k)) / (k + 1);
    }
    rows.push(mean * sum);
  }
  return rows[m];
}

test("poisson conforms: it is exact for independent Poisson distributions", () => {
  expect(closureConformance(poissonClosure, () => (a) => a.reduce((p, m, s) => p * touchard(m, means[s]), 1))).toEqual(
    [],
  );
});

test("mixed cumulants are 0, those of one species are its mean", () => {
  expect(poissonClosure.express([3, 0], 2)[0]).toEqual({ coefficient: 1, factors: [{ moment: [1, 0], power: 1 }] });
  expect(poissonClosure.express([2, 1], 2)).toHaveLength(3);
});
