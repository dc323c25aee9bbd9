import type { Closure } from "./closure.ts";
import { degree, type Exponents, graded, keyOf } from "./exponents.ts";

/** Raw moments of some distribution, ⟨n^a⟩. */
export type RawMoments = (a: Exponents) => number;

/** The closed moment, with moments up to the order from `moments` and those between from the closure itself. */
function closedMoment(closure: Closure, a: Exponents, order: number, moments: RawMoments): number {
  if (degree(a) <= order) return moments(a);
  return closure
    .express(a, order)
    .reduce(
      (sum, { coefficient, factors }) =>
        sum +
        factors.reduce(
          (p, { moment, power }) => p * closedMoment(closure, moment, order, moments) ** power,
          coefficient,
        ),
      0,
    );
}

const named = (a: Exponents): string => `⟨n^(${keyOf(a)})⟩`;

const near = (got: number, wanted: number): boolean => Math.abs(got - wanted) <= 1e-9 * Math.abs(wanted);

/** Only lower moments, whole powers, finite coefficients. */
function shapeProblems(closure: Closure, a: Exponents, order: number): string[] {
  const terms = closure.express(a, order);
  const factors = terms.flatMap(({ factors }) => factors);
  const isLower = (b: Exponents): boolean => b.length === a.length && degree(b) >= 1 && degree(b) < degree(a);
  const odd = terms.filter(({ coefficient }) => !Number.isFinite(coefficient));
  const high = factors.filter(({ moment }) => !isLower(moment));
  const broken = factors.filter(({ power }) => !Number.isInteger(power));
  return [
    ...odd.map(({ coefficient }) => `a coefficient of ${named(a)} is ${coefficient}`),
    ...high.map(({ moment }) => `${named(a)} is expressed by ${named(moment)}, which is not lower`),
    ...broken.map(({ power }) => `${named(a)} has the power ${power}, which is not whole`),
  ];
}

/**
 * Checks a closure at every order up to 4 that it allows, for the closed moments of one to three species: it refers to lower
 * moments only, does not depend on the order of the species, and is exact for a distribution of your choice.
 * @param exact - Raw moments, for any number of species, of a distribution that the closure describes without error at
 * this order; other than the point distribution, which many wrong formulas get right.
 * @returns Problems found, none when it conforms.
 */
export function closureConformance(closure: Closure, exact: (order: number) => RawMoments): string[] {
  const found: string[] = [];
  if (!/^[a-z][A-Za-z0-9]*$/.test(closure.name)) found.push(`the name "${closure.name}" is not camelCase`);
  const [least, most] = closure.orders ?? [1, 4];
  for (let order = least; order <= Math.min(most, 4); order++) {
    const moments = exact(order);
    for (const a of [1, 2, 3].flatMap((size) => graded(size, order + 1, order + 2))) {
      const wrong = shapeProblems(closure, a, order);
      found.push(...wrong.map((problem) => `order ${order}: ${problem}`));
      if (wrong.length > 0) continue;
      const got = closedMoment(closure, a, order, moments);
      if (!near(got, moments(a))) found.push(`order ${order}: ${named(a)} should be ${moments(a)}, got ${got}`);
      const turned = closedMoment(closure, a.toReversed(), order, (b) => moments(b.toReversed()));
      if (!near(turned, got)) found.push(`order ${order}: ${named(a)} depends on the order of the species`);
    }
  }
  return found;
}
