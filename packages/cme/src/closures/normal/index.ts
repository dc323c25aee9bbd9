import type { Closure } from "../closure.ts";
import { withoutCumulant } from "../cumulant.ts";

/**
 * Cumulants above the order are 0, as in a normal distribution; order 1 is mean field. When to use it: many copies, one
 * mode, nothing near 0; then the mean is good to a fraction of a percent and order 3 or 4 improve it. Where copies get
 * few it diverges, sooner at higher order. Whittle (1957), J. R. Statist. Soc. B 19, 268,
 * doi:10.1111/j.2517-6161.1957.tb00263.x.
 */
export const normalClosure: Closure = { name: "normal", express: withoutCumulant };
