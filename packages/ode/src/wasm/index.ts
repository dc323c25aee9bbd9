export { Graph, type BinaryOp, type GraphOp, type Leaf, type Node, type UnaryOp } from "./graph.ts";
export { program, type Program } from "./program.ts";
