import { ascending, degree, type Exponents, keyOf } from "./exponents.ts";
import type { CoefficientPart, MomentTerm } from "./hierarchy.ts";
import { type Rational, sumOf, valueOf } from "./rational.ts";
import type { RateConstant } from "./rateTerms.ts";

const factorsOf = ({ means, moments }: MomentTerm): readonly Exponents[] => moments.concat([means]);

const powerOf = (factors: readonly Exponents[]): number => factors.reduce((sum, e) => sum + degree(e), 0);

/** By total power, number of moments, the moments, and the means: one order however the terms were found. */
function compare(a: MomentTerm, b: MomentTerm): number {
  const [left, right] = [factorsOf(a), factorsOf(b)];
  const coarse = powerOf(left) - powerOf(right) || left.length - right.length;
  const at = left.findIndex((e, i) => coarse === 0 && keyOf(e) !== keyOf(right[i]));
  return at < 0 ? coarse : ascending(left[at], right[at]);
}

/** Adds up terms of equal moments and, within them, of equal rate constants. */
export class MomentCollector {
  private readonly sums = new Map<
    string,
    { term: Omit<MomentTerm, "coefficient" | "parts">; parts: Map<string, CoefficientPart> }
  >();

  add(constant: RateConstant, multiplier: Rational, means: Exponents, moments: readonly Exponents[]): void {
    const sorted = moments.toSorted(ascending);
    const key = [means, ...sorted].map(keyOf).join(";");
    const sum = this.sums.get(key) ?? { term: { means, moments: sorted }, parts: new Map<string, CoefficientPart>() };
    this.sums.set(key, sum);
    const name = JSON.stringify(constant.expression, (field, value: unknown) =>
      field === "place" ? undefined : value,
    );
    const before = sum.parts.get(name);
    sum.parts.set(name, {
      constant,
      multiplier: before === undefined ? multiplier : sumOf(before.multiplier, multiplier),
    });
  }

  terms(): MomentTerm[] {
    return [...this.sums.values()]
      .map(({ term, parts }) => {
        const kept = [...parts.values()].filter(({ multiplier }) => multiplier.numerator !== 0n);
        const coefficient = kept.reduce((sum, p) => sum + p.constant.value * valueOf(p.multiplier), 0);
        return { coefficient, parts: kept, means: term.means, moments: term.moments };
      })
      .filter(({ parts }) => parts.length > 0)
      .sort(compare);
  }
}
