/** Powers of the copy numbers, shape [S]: n^a = ∏ n_s^(a_s). */
export type Exponents = readonly number[];

/** Total power. */
export const degree = (a: Exponents): number => a.reduce((sum, power) => sum + power, 0);

/** The same text for the same exponents. */
export const keyOf = (a: Exponents): string => a.join();

export const plus = (a: Exponents, b: Exponents): Exponents => a.map((power, s) => power + b[s]);

export const minus = (a: Exponents, b: Exponents): Exponents => a.map((power, s) => power - b[s]);

export const zeros = (size: number): Exponents => Array.from({ length: size }, () => 0);

/** 1 for one species and 0 for the others. */
export const unit = (size: number, species: number): Exponents =>
  Array.from({ length: size }, (_, s) => (s === species ? 1 : 0));

/** All exponents of one total power, the first species' highest power first: A², AB, B². */
function ofDegree(size: number, total: number): Exponents[] {
  if (size === 0) return total === 0 ? [[]] : [];
  if (size === 1) return [[total]];
  return Array.from({ length: total + 1 }, (_, i) => total - i).flatMap((first) =>
    ofDegree(size - 1, total - first).map((rest) => [first].concat(rest)),
  );
}

/** All exponents whose total power lies in [from, to], ascending. */
export const graded = (size: number, from: number, to: number): Exponents[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => ofDegree(size, from + i)).flat();

/** The order of `graded`: by total power, then the first species' power falling. */
export function ascending(a: Exponents, b: Exponents): number {
  const s = a.findIndex((power, i) => power !== b[i]);
  return degree(a) - degree(b) || (s < 0 ? 0 : b[s] - a[s]);
}

/** All c ≤ a, a itself last. */
export const upTo = (a: Exponents): Exponents[] =>
  a.reduce<number[][]>(
    (lists, power) => lists.flatMap((list) => Array.from({ length: power + 1 }, (_, i) => [...list, i])),
    [[]],
  );

export function binomial(n: number, k: number): bigint {
  let result = 1n;
  for (let i = 1; i <= k; i++) result = (result * BigInt(n - k + i)) / BigInt(i);
  return k > n ? 0n : result;
}

/** ∏ C(a_s, c_s). */
export const binomials = (a: Exponents, c: Exponents): bigint =>
  a.reduce((product, power, s) => product * binomial(power, c[s]), 1n);

export function factorial(n: number): bigint {
  let product = 1n;
  for (let i = 2; i <= n; i++) product *= BigInt(i);
  return product;
}
