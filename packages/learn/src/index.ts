export { type ClosureRow, closureRows, type RowDegree, rowDegrees } from "./dynamics/closureRows/index.ts";
export { inAsinh, inChart, inLogMoments } from "./dynamics/inChart/index.ts";
export { networkDynamics, type NetworkDynamics, type NetworkDynamicsOptions } from "./dynamics/network/index.ts";
export { parametric, type ParametricDynamics, type ParametricOptions } from "./dynamics/parametric/index.ts";
export {
  jumpDrift,
  projected,
  projectedSpecies,
  type ReactionDrift,
  speciesDrift,
  type SpeciesDrift,
} from "./dynamics/projected/index.ts";
export {
  hill,
  massAction,
  michaelisMenten,
  type Process,
  rateLaw,
  type RateLaw,
  type RateLawDynamics,
  type RateLawOptions,
} from "./dynamics/rateLaw/index.ts";
export { sum, type Term } from "./dynamics/sum/index.ts";
export { type Box, type DomainOptions, type Exit, firstExit, within } from "./dynamics/within/index.ts";
export {
  type Band,
  ensembleBand,
  type EnsembleOptions,
  type Fit,
  fitEnsemble,
  type FitEnsemble,
  type Member,
} from "./ensemble.ts";
export { gaussNewton } from "./optimizers/gaussNewton/index.ts";
export { gradient, gradientVariational } from "./gradient.ts";
export { firstTimes, growHorizon, type HorizonOptions } from "./horizon.ts";
export { learn, type LearnOptions } from "./learn.ts";
export type { LearnResult } from "./learnResult.ts";
export type { GaussNewtonOptions } from "./leastSquares.ts";
export { matchDerivatives, type MatchOptions } from "./matchDerivatives.ts";
export { mixture } from "./mixture.ts";
export { multipleShooting, type ShootingOptions, type ShootingResult } from "./multipleShooting.ts";
export { divergences, objective, toNuPath } from "./objective.ts";
export { adam, type AdamOptions } from "./optimizers/adam/index.ts";
export { lbfgs, type LbfgsOptions } from "./optimizers/lbfgs/index.ts";
export { momentum, type MomentumOptions } from "./optimizers/momentum/index.ts";
export { naturalGradient, type NaturalGradientOptions } from "./optimizers/naturalGradient/index.ts";
export { nesterov, type NesterovOptions } from "./optimizers/nesterov/index.ts";
export {
  decay,
  type LearningRate,
  type Minimiser,
  type MinimiserOptions,
  type Optimizer,
} from "./optimizers/optimizer.ts";
export { sgd, type SgdOptions } from "./optimizers/sgd/index.ts";
export { normPenalty, roughnessPenalty, type Penalty, type RoughFunction } from "./penalty.ts";
export { trajectoryOf, trapezoid, type LearnableFamily, type Problem, type Start } from "./problem.ts";
export { startFromSamples, type SampledStart } from "./sampledStart.ts";
export type { PersistentAsleep } from "./persistent.ts";
export type { SampledAsleep } from "./sampling.ts";
export { speciesStartFromDistributions, speciesStartFromMoments } from "./speciesStart.ts";
export { linearStability, stableSubsteps, type Stability } from "./stability.ts";
export {
  boxAround,
  startFromDistributions,
  startFromMoments,
  type ProjectedStart,
} from "./starts.ts";
export {
  growStructure,
  rankStatistics,
  type Round,
  type Score,
  type StatisticTable,
  tabulate,
  type Transitions,
} from "./structure.ts";
export { type Interaction, toDot, toMermaid } from "./structureGraph.ts";
export { taylorTest, type TaylorRow } from "./taylor.ts";
export { trackPaths, type TrackOptions } from "./trackPaths.ts";
export { visitedRegions, type VisitedRegion } from "./visited.ts";
