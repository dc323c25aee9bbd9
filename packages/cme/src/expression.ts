// A rate expression: plain data, its grammar, and the function of the state that it stands for.
export { parseExpression } from "./expressionParser.ts";
export { printExpression } from "./expressionPrinter.ts";
export { compileExpression, foldConstants } from "./expressionProgram.ts";
export { type Expression, maximalDepth, type Operation, symbolsOf, timeSymbol } from "./expressionTree.ts";
