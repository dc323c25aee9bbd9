import type { ClosureTerm } from "./closure.ts";
import { binomials, degree, type Exponents, keyOf, minus, plus, unit, upTo } from "./exponents.ts";

/** A product of raw moments, each listed as often as it occurs, by key. */
type Products = ReadonlyMap<string, { readonly moments: readonly Exponents[]; readonly coefficient: bigint }>;

/**
 * The joint cumulant κ_a as a polynomial of raw moments, from m_a = Σ_{c ≤ a − e} C(a − e, c) κ_{c + e} m_{a − e − c},
 * where e is one copy of the first species in a. Smith (1995), Amer. Statist. 49, 217, doi:10.1080/00031305.1995.10476146.
 */
function cumulantOf(a: Exponents, known: Map<string, Products>): Products {
  const key = keyOf(a);
  const found = known.get(key);
  if (found !== undefined) return found;
  const sums = new Map<string, { moments: readonly Exponents[]; coefficient: bigint }>();
  const add = (moments: readonly Exponents[], coefficient: bigint): void => {
    const sorted = moments.toSorted((x, y) => (keyOf(x) < keyOf(y) ? -1 : 1));
    const name = sorted.map(keyOf).join(";");
    sums.set(name, { moments: sorted, coefficient: coefficient + (sums.get(name)?.coefficient ?? 0n) });
  };
  add([a], 1n);
  const e = unit(
    a.length,
    a.findIndex((power) => power > 0),
  );
  const rest = minus(a, e);
  for (const c of upTo(rest)) {
    if (degree(c) === degree(rest)) continue; // κ_a itself
    const factor = binomials(rest, c);
    for (const { moments, coefficient } of cumulantOf(plus(c, e), known).values()) {
      add([...moments, minus(rest, c)], -factor * coefficient);
    }
  }
  known.set(key, sums);
  return sums;
}

/** The raw moment as a polynomial of lower ones when its cumulant is set to 0: m_a = −(κ_a − m_a). */
export function withoutCumulant(moment: Exponents): readonly ClosureTerm[] {
  return [...cumulantOf(moment, new Map()).values()]
    .filter(({ moments, coefficient }) => coefficient !== 0n && moments.length > 1)
    .map(({ moments, coefficient }) => {
      const powers = new Map<string, { moment: Exponents; power: number }>();
      for (const m of moments) powers.set(keyOf(m), { moment: m, power: (powers.get(keyOf(m))?.power ?? 0) + 1 });
      return { coefficient: -Number(coefficient), factors: [...powers.values()] };
    });
}
