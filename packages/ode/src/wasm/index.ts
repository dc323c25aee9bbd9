export { type EmittedMethod, type EmittedSystem, factorsSparsely } from "./emit.ts";
export {
  type EmittedIntegrator,
  emitIntegrator,
  type EmittedProblem,
  type EmittedSolution,
} from "./emitIntegrator.ts";
export { type BinaryOp, Graph, type GraphOp, type Leaf, type Node, type UnaryOp } from "./graph.ts";
export { program, type Program } from "./program.ts";
