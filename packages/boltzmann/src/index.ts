export { type BaseMeasure, binomial, counting, poisson } from "./base.ts";
export { asinhChart, type Chart, identityChart, logMomentsChart, orthonormalChart } from "./chart.ts";
export { counts, type CountsFamily, type CountsOptions } from "./families/counts.ts";
export type { BoltzmannFamily, ExactFamily, Support } from "./family.ts";
export { type Fit, fit, fitHistogram } from "./fit.ts";
export { evaluatePolynomials, type OrthonormalPolynomials, orthonormalPolynomials } from "./polynomials.ts";
export { project, projectDistribution, type Projection, type ProjectOptions } from "./projection.ts";
export { solveCovariance } from "./solveCovariance.ts";
