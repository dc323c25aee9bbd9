import { type InitialDistribution, type InitialLaws, initialLaws } from "../initial.ts";
import type { Network } from "../network.ts";
import type { Exponents } from "./exponents.ts";
import { stirlingSecond } from "./polynomial.ts";

/** ⟨n^m⟩ of one species from its factorial moments: Σ S(m, j) ⟨n(n − 1)…(n − j + 1)⟩. */
const fromFactorial = (m: number, factorialMoment: (j: number) => number): number =>
  stirlingSecond(m).reduce((sum, s, j) => sum + Number(s) * factorialMoment(j), 0);

function rawMoment(law: InitialLaws[number], m: number): number {
  switch (law.kind) {
    case "fixed":
      return law.count ** m;
    case "poisson":
      return fromFactorial(m, (j) => law.mean ** j);
    case "binomial":
      return fromFactorial(m, (j) =>
        Array.from({ length: j }, (_, i) => (law.trials - i) * law.probability).reduce((p, x) => p * x, 1),
      );
    default:
      return law.probabilities.reduce((sum, p, n) => sum + p * n ** m, 0);
  }
}

/**
 * Raw moments at the start, where the species are independent.
 * @param moments - Over the species named, shape [P, S].
 */
export function initialMoments(
  network: Network,
  { species, moments }: { readonly species: readonly string[]; readonly moments: readonly Exponents[] },
  initial?: InitialDistribution | readonly InitialDistribution[],
): Float64Array {
  const all = initialLaws(network, initial);
  const laws = species.map((name) => all[network.species.indexOf(name)]);
  return Float64Array.from(moments, (a) => a.reduce((product, m, s) => product * rawMoment(laws[s], m), 1));
}
