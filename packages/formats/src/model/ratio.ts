/** An exact fraction in lowest terms with a positive denominator. */
export interface Ratio {
  readonly top: bigint;
  readonly bottom: bigint;
}

export const zero: Ratio = { top: 0n, bottom: 1n };
export const one: Ratio = { top: 1n, bottom: 1n };

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a;
  for (let y = b; y !== 0n; ) [x, y] = [y, x % y];
  return x;
}

/** top / bottom in lowest terms; bottom must not be 0. */
export function ratio(top: bigint, bottom: bigint): Ratio {
  const common = greatestCommonDivisor(top, bottom < 0n ? -bottom : bottom) * (bottom < 0n ? -1n : 1n);
  return { top: top / common, bottom: bottom / common };
}

/** The exact value of a finite double: every double is a whole number times a power of two. */
export function ratioOf(value: number): Ratio {
  let scaled = value;
  let twos = 0n;
  for (; !Number.isInteger(scaled); twos++) scaled *= 2; // exact: only the exponent changes
  return ratio(BigInt(scaled), 1n << twos);
}

export function add(a: Ratio, b: Ratio): Ratio {
  return ratio(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom);
}

export function multiply(a: Ratio, b: Ratio): Ratio {
  return ratio(a.top * b.top, a.bottom * b.bottom);
}

/** The double nearest to a fraction, to within one unit in the last place. */
export function toNumber({ top, bottom }: Ratio): number {
  const negative = top < 0n;
  const size = negative ? -top : top;
  if (size === 0n) return 0;
  // Scale so that the whole quotient has 64 bits or so, more than a double holds; the scaling by 2^k is exact.
  const shift = 64 - (size.toString(2).length - bottom.toString(2).length);
  const quotient = shift >= 0 ? (size << BigInt(shift)) / bottom : size / (bottom << BigInt(-shift));
  let value = Number(quotient);
  for (let left = -shift; left !== 0; ) {
    const step = Math.max(-1000, Math.min(1000, left));
    value *= 2 ** step;
    left -= step;
  }
  return negative ? -value : value;
}
