export { adjoint, type Gradient } from "./adjoint.ts";
export type { Dynamics } from "./dynamics.ts";
export { heun } from "./integrators/heun/index.ts";
export { rk4 } from "./integrators/rk4/index.ts";
export type { InitialValueProblem, SolveOptions, Trajectory } from "./problem.ts";
export { response, type Responses } from "./response.ts";
export { solve } from "./solve.ts";
export { explicitRungeKutta, tableauProblems, type Integrator } from "./tableau.ts";
export { variational, type Sensitivities, type VariationalProblem } from "./variational.ts";
