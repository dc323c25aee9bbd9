import type { Exponents } from "./exponents.ts";

/** coefficient · ∏ ⟨n^moment⟩^power; powers are whole numbers and may be negative. */
export interface ClosureTerm {
  readonly coefficient: number;
  readonly factors: readonly { readonly moment: Exponents; readonly power: number }[];
}

/**
 * A way to replace raw moments above an order by lower ones. Extension point: one folder per closure.
 * Contributions are checked with `closureConformance`.
 */
export interface Closure {
  /** The closure's name in the literature, camelCase. */
  readonly name: string;
  /** The lowest and the highest order at which the closure is defined; any when left out. */
  readonly orders?: readonly [least: number, most: number];
  /**
   * The raw moment ⟨n^moment⟩, whose total power exceeds `order`, as a sum of products of raw moments of lower total
   * power. Those that are themselves above `order` will be closed in the same way.
   */
  express(moment: Exponents, order: number): readonly ClosureTerm[];
}
