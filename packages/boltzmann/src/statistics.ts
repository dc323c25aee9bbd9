import { ArgumentError } from "@dbd/numerics/errors";

/** A sufficient statistic φ(n) of S copy numbers; any finite function of the state. */
export interface Statistic {
  readonly label: string;
  /** φ(n), n of shape [S]. It must depend on n alone: values are kept. */
  value(n: ArrayLike<number>): number;
  /** The orders k [S] of Π C(n_s, k_s) where it is such a product: then what is normalisable is known beforehand. */
  readonly orders?: readonly number[];
}

const checkOrders = (where: string, species: readonly string[], orders: readonly number[]): void => {
  const fit = orders.length === species.length && orders.every((k) => Number.isInteger(k) && k >= 0);
  if (fit && orders.some((k) => k > 0)) return;
  throw new ArgumentError(
    where,
    `orders must be ${species.length} whole numbers (${species.join(", ")}), not all zero, got (${orders.join(", ")})`,
  );
};

const labelOf = (species: readonly string[], orders: readonly number[], one: (name: string, k: number) => string) =>
  species.flatMap((name, s) => (orders[s] === 0 ? [] : [orders[s] === 1 ? name : one(name, orders[s])])).join(" ");

/** Π_s C(n_s, k_s): the number of ways to choose k_s copies of every species, what reactions of these orders see. */
export function binomialProduct(species: readonly string[], orders: readonly number[]): Statistic {
  checkOrders("binomialProduct", species, orders);
  return {
    label: labelOf(species, orders, (name, k) => `C(${name}, ${k})`),
    orders,
    value(n) {
      let product = 1;
      for (let s = 0; s < orders.length; s++)
        for (let i = 1; i <= orders[s]; i++) product = (product * (n[s] - i + 1)) / i; // 0 where n < k: a factor is 0
      return product;
    },
  };
}

/** Π_s n_s^{p_s}, the raw moments. */
export function powerProduct(species: readonly string[], powers: readonly number[]): Statistic {
  checkOrders("powerProduct", species, powers);
  return {
    label: labelOf(species, powers, (name, k) => `${name}^${k}`),
    value(n) {
      let product = 1;
      for (let s = 0; s < powers.length; s++) for (let i = 0; i < powers[s]; i++) product *= n[s];
      return product;
    },
  };
}

/** The orders of all products over S species of total order 1 … `order`, lowest first: for S = 2, order 2 n, m, C(n,2), nm, C(m,2). */
export function productsUpTo(species: number, order: number): number[][] {
  if (![species, order].every((n) => Number.isSafeInteger(n) && n >= 1))
    throw new ArgumentError("productsUpTo", `needs positive whole numbers, got ${species} species and order ${order}`);
  const ofTotal = (left: number, total: number): number[][] =>
    left === 1
      ? [[total]]
      : Array.from({ length: total + 1 }, (_, i) => total - i).flatMap((k) =>
          ofTotal(left - 1, total - k).map((rest) => [k, ...rest]),
        );
  return Array.from({ length: order }, (_, k) => ofTotal(species, k + 1)).flat();
}
