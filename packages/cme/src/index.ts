export { compile, type CompiledNetwork, type LawFunction } from "./compile.ts";
export {
  largestCount,
  type Network,
  type NetworkEvent,
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
export {
  closeEnsembleWorkers,
  type Ensemble,
  type EnsembleCheckpoint,
  type SimulateOptions,
  simulateEnsemble,
} from "./ensemble.ts";
export type { Backend } from "./ensembleBlock.ts";
export { type Histogram, type StatisticMoments, statisticMoments } from "./histogram.ts";
export { chooseMethod, type MethodChoice } from "./ssa/choose.ts";
export { compositionRejection } from "./ssa/compositionRejection/index.ts";
export { direct } from "./ssa/direct/index.ts";
export { simulationMethod, simulationMethods } from "./ssa/methods.ts";
export { nextReaction } from "./ssa/nextReaction/index.ts";
export { sortingDirect } from "./ssa/sortingDirect/index.ts";
export { tauLeaping, type TauLeapingOptions, tauLeapingWith } from "./ssa/tauLeaping/index.ts";
export type { Method, Outcome, Simulator, Trajectory } from "./ssa/method.ts";
export type { Amounts, InitialDistribution } from "./initial.ts";
export { printNetwork, summary } from "./summary.ts";
export type { Exponents } from "./closures/exponents.ts";
export type {
  CoefficientPart,
  MomentEquation,
  MomentEquations,
  MomentKind,
  MomentTerm,
} from "./closures/hierarchy.ts";
export { type MomentEdge, momentEquations, momentGraph, momentMatrix } from "./closures/momentEquations.ts";
export { momentName, printClosure, printMomentEquations } from "./closures/printMoments.ts";
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
export type { FormulaNotation } from "./closures/formula.ts";
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
export {
  commutator,
  type LadderOperator,
  ladderProduct,
  ladderScaled,
  ladderSum,
  type LadderTerm,
  ladderTerm,
  numberPower,
} from "./operators/ladder.ts";
export {
  annihilationMatrix,
  creationMatrix,
  type Cutoff,
  generatorMatrix,
  operatorMatrix,
} from "./operators/matrix.ts";
export { printGenerator, printOperator } from "./operators/printOperator.ts";
export {
  type GeneratorOperators,
  generatorOperators,
  operatorMomentEquations,
  type ReactionOperator,
} from "./operators/reactionOperator.ts";
export {
  type RateConvention,
  type RateEquations,
  rateEquations,
  type RateEquationsOptions,
} from "./rate/rateEquations.ts";
export type { RateSolution, RateSolveOptions } from "./rate/rateSolution.ts";
export { solveRateEquations } from "./rate/solveRateEquations.ts";
export type { RateEvent } from "./rate/eventQueue.ts";
