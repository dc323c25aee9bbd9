export type { Bipartite, BipartiteOptions } from "./bipartite.ts";
export { type BaseMeasure, binomial, counting, poisson } from "./base.ts";
export { asinhChart, type Chart, identityChart, logMomentsChart, orthonormalChart, whitenedChart } from "./chart.ts";
export { chain, type ChainProduct, type SiteChain, type SiteChainOptions } from "./families/chain.ts";
export { chain1d, type ChainFamily, type ChainOptions, type Cluster } from "./families/chain1d.ts";
export { counts, type CountsFamily, type CountsOptions } from "./families/counts.ts";
export {
  countsOfSpecies,
  redundantStatistics,
  type SpeciesDistribution,
  type SpeciesFamily,
  type SpeciesModel,
  speciesModel,
  type SpeciesOptions,
  type SpeciesTable,
  withoutRedundant,
} from "./families/countsOfSpecies.ts";
export type { Redundancy } from "./redundant.ts";
export type { ConservationLaw, Species } from "./speciesSpace.ts";
export { binomialProduct, powerProduct, productsUpTo, type Statistic } from "./statistics.ts";
export { type Dbm, dbm, type DbmOptions, type DeepEdge } from "./families/dbm.ts";
export { type Rbm, rbm } from "./families/rbm.ts";
export type { BoltzmannFamily, ExactFamily, Support } from "./family.ts";
export { fisherPreconditioner, type Preconditioner } from "./fisherPreconditioner.ts";
export { type Fit, fit, fitHistogram } from "./fit.ts";
export { fitStates, projectStates } from "./fitStates.ts";
export { binary } from "./layers/binary.ts";
export { gaussian } from "./layers/gaussian.ts";
export { joined } from "./layers/joined.ts";
export type { Layer } from "./layers/layer.ts";
export { potts } from "./layers/potts.ts";
export { spin } from "./layers/spin.ts";
export { evaluatePolynomials, type OrthonormalPolynomials, orthonormalPolynomials } from "./polynomials.ts";
export { projectMoments } from "./projectMoments.ts";
export { project, projectDistribution, type Projection, type ProjectOptions } from "./projection.ts";
export { solveCovariance } from "./solveCovariance.ts";
export { mixing, type Mixing } from "./diagnostics.ts";
export { type Chains, type Sampler, startChains } from "./samplers/chains.ts";
export { startWalk, walk, walkMoments, type WalkOptions, type Walkers } from "./samplers/walk.ts";
export { exactDraws, stratifiedDraws } from "./samplers/exactDraws.ts";
export { metropolis } from "./samplers/metropolis.ts";
export { gibbs } from "./samplers/gibbs.ts";
export { sampleMoments, type SampleOptions } from "./samplers/sampleMoments.ts";
export { tempering } from "./samplers/tempering.ts";
export { ais, type AisEstimate, type AisOptions } from "./ais.ts";
export { pseudoLikelihood } from "./pseudoLikelihood.ts";
export { isingTorus, torusLogZ } from "./torus.ts";
export { type Centring, centred, enhanced, uncentred } from "./centring.ts";
export { contrastiveDivergence } from "./phases/contrastiveDivergence.ts";
export { exactPhase } from "./phases/exact.ts";
export { persistent, type PersistentOptions } from "./phases/persistent.ts";
export type { AsleepPhase } from "./phases/phase.ts";
export {
  type AwakePhase,
  clampedGibbs,
  type DeepTrainOptions,
  exactAwake,
  meanFieldAwake,
  trainDbm,
} from "./trainDbm.ts";
export { type MeanField, meanField } from "./meanField.ts";
export { type Training, trainRbm, type TrainOptions } from "./trainRbm.ts";
export { barsAndStripes } from "./barsAndStripes.ts";
export { sampledDbm, type SampledDeepOptions } from "./families/sampledDbm.ts";
export { sampledRbm, type SampledOptions } from "./families/sampledRbm.ts";
