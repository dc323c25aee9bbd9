/** An exact fraction in lowest terms with a positive denominator. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Greatest common divisor, positive unless both are 0. */
function divisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
}

export function rational(numerator: bigint, denominator: bigint): Rational {
  const common = divisor(numerator, denominator);
  return { numerator: numerator / common, denominator: denominator / common };
}

export const sumOf = (a: Rational, b: Rational): Rational =>
  rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);

export const scaledBy = (a: Rational, factor: bigint): Rational => rational(a.numerator * factor, a.denominator);

/** The nearest number, as long as neither part exceeds 1.8e308. */
export const valueOf = (a: Rational): number => Number(a.numerator) / Number(a.denominator);
