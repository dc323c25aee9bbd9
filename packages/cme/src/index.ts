export { compile, type CompiledNetwork, type LawFunction } from "./compile.ts";
export {
  largestCount,
  type Network,
  type Participant,
  parameterValues,
  type Rate,
  type Reaction,
  withParameters,
} from "./network.ts";
export { parseNetwork } from "./parse.ts";
export { propensities, propensity } from "./propensity.ts";
export { type CountFunction, statisticDrift, statisticDrifts } from "./drift.ts";
export { type ExactOptions, type ExactSolution, solveExact } from "./exact.ts";
export { type Ensemble, type SimulateOptions, simulateEnsemble } from "./ensemble.ts";
export { type Histogram, type StatisticMoments, statisticMoments } from "./histogram.ts";
export { direct } from "./ssa/direct/index.ts";
export type { Method, Outcome, Simulator, Trajectory } from "./ssa/method.ts";
export type { Amounts, InitialDistribution } from "./initial.ts";
export { printNetwork, summary } from "./summary.ts";
export type { Exponents } from "./closures/exponents.ts";
export {
  type CoefficientPart,
  type MomentEdge,
  type MomentEquation,
  momentEquations,
  type MomentEquations,
  momentGraph,
  type MomentKind,
  momentMatrix,
  type MomentTerm,
} from "./closures/momentEquations.ts";
export { momentName, type MomentNotation, printMomentEquations } from "./closures/printMoments.ts";
export type { RateConstant } from "./closures/rateTerms.ts";
export type { Rational } from "./closures/rational.ts";
export type { Closure, ClosureTerm } from "./closures/closure.ts";
export {
  type ClosedEquation,
  type ClosureChoice,
  closureEquations,
  type ClosureEquations,
} from "./closures/closureEquations.ts";
export { closureConformance, type RawMoments } from "./closures/conformance.ts";
export { derivativeMatchingClosure } from "./closures/derivativeMatching/index.ts";
export { logNormalClosure } from "./closures/logNormal/index.ts";
export { normalClosure } from "./closures/normal/index.ts";
export { poissonClosure } from "./closures/poisson/index.ts";
export {
  type ClosureProblem,
  type ClosureSolution,
  type ClosureVerdict,
  solveClosure,
} from "./closures/solveClosure.ts";
export { zeroClosure } from "./closures/zero/index.ts";
