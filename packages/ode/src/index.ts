export { additiveRungeKutta, type AdditiveTableau } from "./additive.ts";
export { adjoint, type Gradient } from "./adjoint.ts";
export type { AdaptiveProblem, Tolerances } from "./adaptiveProblem.ts";
export { adjointCheckpointed, type CheckpointedGradient, type CheckpointedProblem } from "./checkpoint.ts";
export { continuousAdjoint, type ContinuousAdjointProblem } from "./continuousAdjoint.ts";
export type { Dynamics } from "./dynamics.ts";
export type { EventCondition, EventRecord } from "./events.ts";
export { fieldOf, splitField, type Field } from "./field.ts";
export { integrate, integrateAsync, type Integration, type LongProblem } from "./integrate.ts";
export { frozen, sensitivities, sensitivityField, type Frozen, type SensitivityProblem } from "./frozen.ts";
export { bogackiShampine32 } from "./integrators/bogackiShampine32/index.ts";
export { dormandPrince54 } from "./integrators/dormandPrince54/index.ts";
export { dormandPrince853 } from "./integrators/dormandPrince853/index.ts";
export { euler } from "./integrators/euler/index.ts";
export { heun } from "./integrators/heun/index.ts";
export { kennedyCarpenter43 } from "./integrators/kennedyCarpenter43/index.ts";
export { rk4 } from "./integrators/rk4/index.ts";
export { ndf } from "./integrators/ndf/index.ts";
export { rodas4 } from "./integrators/rodas4/index.ts";
export { tsit54 } from "./integrators/tsit54/index.ts";
export type { Bandwidth } from "./lu.ts";
export type { AdaptiveMethod, Counts, Failure, Setup, Stepper } from "./method.ts";
export type { InitialValueProblem, SolveOptions, Trajectory } from "./problem.ts";
export { response, type Responses } from "./response.ts";
export { rosenbrock, type RosenbrockMethod, type RosenbrockTableau } from "./rosenbrock.ts";
export {
  hessianVector,
  secondByDifferences,
  type Direction,
  type HessianProduct,
  type SecondOrderDynamics,
  type SeedsAndChanges,
} from "./secondOrder.ts";
export { solve } from "./solve.ts";
export type { Sparsity } from "./sparseLu.ts";
export { explicitRungeKutta, tableauProblems, type Embedded, type Integrator, type TableauExtras } from "./tableau.ts";
export { variational, type Sensitivities, type VariationalProblem } from "./variational.ts";
