import { binomial, type Exponents, keyOf, plus, upTo, zeros } from "./exponents.ts";

/** One monomial with its exact coefficient. */
export interface Monomial {
  readonly exponents: Exponents;
  readonly coefficient: bigint;
}

/** A polynomial of several variables: each monomial once, none with coefficient 0. */
export type Polynomial = readonly Monomial[];

/** Adds up equal monomials and drops those that cancel. */
export function collect(terms: Iterable<Monomial>): Polynomial {
  const sums = new Map<string, Monomial>();
  for (const { exponents, coefficient } of terms) {
    const key = keyOf(exponents);
    sums.set(key, { exponents, coefficient: coefficient + (sums.get(key)?.coefficient ?? 0n) });
  }
  return [...sums.values()].filter(({ coefficient }) => coefficient !== 0n);
}

export const times = (p: Polynomial, q: Polynomial): Polynomial =>
  collect(
    p.flatMap((a) =>
      q.map((b) => ({ exponents: plus(a.exponents, b.exponents), coefficient: a.coefficient * b.coefficient })),
    ),
  );

export const scaled = (p: Polynomial, factor: bigint): Polynomial =>
  p.map(({ exponents, coefficient }) => ({ exponents, coefficient: coefficient * factor }));

export const one = (size: number): Polynomial => [{ exponents: zeros(size), coefficient: 1n }];

/** n(n − 1)…(n − m + 1) = Σ s(m, j) n^j: the signed Stirling numbers of the first kind, j = 0 … m. */
export function stirlingFirst(m: number): bigint[] {
  let row = [1n];
  for (let i = 0; i < m; i++) {
    row = Array.from({ length: i + 2 }, (_, j) => (row[j - 1] ?? 0n) - BigInt(i) * (row[j] ?? 0n));
  }
  return row;
}

/** n^m = Σ S(m, j) n(n − 1)…(n − j + 1): the Stirling numbers of the second kind, j = 0 … m. */
export function stirlingSecond(m: number): bigint[] {
  let row = [1n];
  for (let i = 0; i < m; i++) {
    row = Array.from({ length: i + 2 }, (_, j) => (row[j - 1] ?? 0n) + BigInt(j) * (row[j] ?? 0n));
  }
  return row;
}

/** ∏ over species of Σ_j factors[s][j] n_s^j. */
export function separable(factors: readonly (readonly bigint[])[]): Polynomial {
  const top = factors.map((row) => row.length - 1);
  return upTo(top).flatMap((exponents) => {
    const coefficient = exponents.reduce((product, j, s) => product * factors[s][j], 1n);
    return coefficient === 0n ? [] : [{ exponents, coefficient }];
  });
}

/** ∏ n_s(n_s − 1)…(n_s − m_s + 1) in powers of n. */
export const fallingFactorial = (orders: Exponents): Polynomial => separable(orders.map(stirlingFirst));

/** ∏ (n_s + shift_s)^(a_s) in powers of n. */
export const shiftedPower = (a: Exponents, shift: Exponents): Polynomial =>
  separable(
    a.map((power, s) =>
      Array.from({ length: power + 1 }, (_, j) => binomial(power, j) * BigInt(shift[s]) ** BigInt(power - j)),
    ),
  );

/** The polynomial with n^b rewritten in another basis: `row(m)` holds the coefficients of basis elements 0 … m. */
export const inBasis = (p: Polynomial, row: (m: number) => readonly bigint[]): Polynomial =>
  collect(p.flatMap(({ exponents, coefficient }) => scaled(separable(exponents.map(row)), coefficient)));

/** p(n + shift). */
export const shifted = (p: Polynomial, shift: Exponents): Polynomial =>
  collect(p.flatMap(({ exponents, coefficient }) => scaled(shiftedPower(exponents, shift), coefficient)));

/** p − q. */
export const difference = (p: Polynomial, q: Polynomial): Polynomial => collect([...p, ...scaled(q, -1n)]);
