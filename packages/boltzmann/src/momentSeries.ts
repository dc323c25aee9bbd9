/**
 * Truncated multivariate series of moments: coefficient a stands for E[Πₖ xₖ^αₖ]/Πₖ αₖ! of P quantities, |α| ≤ order. In
 * this form the moments of a sum of independent parts are the plain product of their series.
 */
export interface MomentSeries {
  readonly variables: number;
  readonly order: number;
  /** Number of coefficients; number 0 is the constant. */
  readonly size: number;
  /** The factors of each monomial, ascending, −1 where there is none. Shape [size, 3]. */
  readonly factors: Int32Array;
  /** Π αₖ! of each monomial. Shape [size]. */
  readonly factorial: Float64Array;
  /** All (a, b, c) with monomial a times monomial b = monomial c. Shape [products, 3]. */
  readonly products: Int32Array;
}

const MOST = 3;

const key = (factors: readonly number[]): string => factors.toSorted((a, b) => a - b).join();

/** All ascending lists of `length` numbers below P. */
function monomials(P: number, length: number, from = 0): number[][] {
  if (length === 0) return [[]];
  const all: number[][] = [];
  for (let k = from; k < P; k++) for (const rest of monomials(P, length - 1, k)) all.push([k, ...rest]);
  return all;
}

const repeats = (factors: readonly number[]): number => {
  let product = 1;
  let run = 0;
  factors.forEach((f, i) => {
    run = i > 0 && f === factors[i - 1] ? run + 1 : 1;
    product *= run;
  });
  return product;
};

/** The bookkeeping of series in `variables` quantities up to `order` ≤ 3, built once. */
export function momentSeries(variables: number, order: number): MomentSeries {
  const list: number[][] = [];
  for (let degree = 0; degree <= Math.min(order, MOST); degree++) list.push(...monomials(variables, degree));
  const place = new Map(list.map((factors, a) => [key(factors), a]));
  const products: number[] = [];
  list.forEach((left, a) => {
    list.forEach((right, b) => {
      const c = left.length + right.length <= order ? place.get(key([...left, ...right])) : undefined;
      if (c !== undefined) products.push(a, b, c);
    });
  });
  const factors = new Int32Array(list.length * MOST).fill(-1);
  list.forEach((f, a) => factors.set(f, a * MOST));
  const factorial = Float64Array.from(list, repeats);
  return { variables, order, size: list.length, factors, factorial, products: Int32Array.from(products) };
}

/** Writes the series of fixed values x [P] into out[offset …]. */
export function seriesOf(series: MomentSeries, x: Float64Array, out: Float64Array, offset: number): void {
  const { factors, factorial, size } = series;
  for (let a = 0; a < size; a++) {
    let product = 1 / factorial[a];
    for (let m = a * MOST; m < (a + 1) * MOST && factors[m] >= 0; m++) product *= x[factors[m]];
    out[offset + a] = product;
  }
}
