export { type BaseMeasure, binomial, counting, poisson } from "./base.ts";
export { counts, type CountsFamily, type CountsOptions } from "./families/counts.ts";
export type { BoltzmannFamily, ExactFamily, Support } from "./family.ts";
