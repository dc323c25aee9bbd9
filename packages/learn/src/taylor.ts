/** One step of a Taylor test. */
export interface TaylorRow {
  readonly h: number;
  /** |f(u + h d) − f(u)|, falls as h. */
  readonly remainder0: number;
  /** |f(u + h d) − f(u) − h g·d|, falls as h² exactly when g is the gradient and f is twice differentiable. */
  readonly remainder1: number;
  /** Observed order of remainder1 against the previous row; NaN in the first. Wanted: 2. */
  readonly slope: number;
}

/**
 * The Taylor remainder test: the order at which f departs from its linearisation tells whether `gradient` is its
 * gradient, without choosing a finite-difference step. On functions with kinks (hat grids) the slope is not 2 even
 * when the gradient is right, because a step crosses a kink; test those on the smooth Hermite grid.
 * @param f - The function.
 * @param gradient - Its claimed gradient at u, shape [Q].
 * @param at - The point u [Q], the direction d [Q] and the steps h, decreasing.
 */
export function taylorTest(
  f: (u: Float64Array) => number,
  gradient: Float64Array,
  at: { readonly u: Float64Array; readonly direction: Float64Array; readonly steps: readonly number[] },
): readonly TaylorRow[] {
  const { u, direction, steps } = at;
  const base = f(u);
  const linear = gradient.reduce((sum, g, q) => sum + g * direction[q], 0);
  const rows: TaylorRow[] = [];
  for (const h of steps) {
    const change = f(u.map((v, q) => v + h * direction[q])) - base;
    const remainder1 = Math.abs(change - h * linear);
    const previous = rows.at(-1);
    const slope =
      previous === undefined ? Number.NaN : Math.log(previous.remainder1 / remainder1) / Math.log(previous.h / h);
    rows.push({ h, remainder0: Math.abs(change), remainder1, slope });
  }
  return rows;
}
