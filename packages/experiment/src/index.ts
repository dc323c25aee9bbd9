export { compareExperiment, type CompareOptions, type ComparisonRun } from "./compare/compareExperiment.ts";
export {
  bestOf,
  type Comparison,
  type ComparisonRow,
  judged,
  type MethodKind,
  type Replacement,
  type Score,
  worstScore,
} from "./compare/comparison.ts";
export { parseComparison, printComparison } from "./compare/comparisonText.ts";
export { type Experiment, readExperiment, type ReadOptions } from "./document.ts";
export { checkGradient, type GradientCheck, type GradientRow } from "./gradientCheck.ts";
export { type FileReader, readModel } from "./model.ts";
export type { AccuracyRow, ArrayName, Result, ResultArray, ResultStart } from "./result.ts";
export { parseResult, printResult } from "./resultText.ts";
export { type Run, runExperiment, type RunOptions } from "./run.ts";
export { type ExperimentInput, experimentSchema } from "./schema.ts";
export { setUp, type Setup } from "./setup.ts";
export { hasSeveralSpecies, speciesSetup, type SpeciesSetup } from "./compare/speciesSetup.ts";
