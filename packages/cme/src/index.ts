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
export { printNetwork, summary } from "./summary.ts";
