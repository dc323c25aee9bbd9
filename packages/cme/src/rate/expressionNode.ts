import type { BinaryOp, Graph, Node, UnaryOp } from "@dbd/ode/wasm";
import { checkDepth, type Expression, type Operation } from "../expressionTree.ts";

const direct: ReadonlyMap<Operation, UnaryOp> = new Map([
  ["neg", "neg"],
  ["not", "not"],
  ["exp", "exp"],
  ["ln", "log"],
  ["sqrt", "sqrt"],
  ["abs", "abs"],
  ["floor", "floor"],
  ["ceil", "ceil"],
  ["factorial", "factorial"],
  ["sin", "sin"],
  ["cos", "cos"],
  ["asin", "asin"],
  ["atan", "atan"],
  ["sinh", "sinh"],
  ["tanh", "tanh"],
]);

const folded: ReadonlyMap<Operation, BinaryOp> = new Map([
  ["+", "add"],
  ["*", "mul"],
  ["/", "div"],
  ["^", "pow"],
  ["min", "min"],
  ["max", "max"],
  ["==", "eq"],
]);

/**
 * Writes an expression into a graph.
 * @param scope - What a name stands for.
 * @throws {ArgumentError} When it is nested too deep.
 */
export function expressionNode(graph: Graph, expr: Expression, scope: (name: string) => Node): Node {
  checkDepth(expr, "rateEquations");
  const truth = (node: Node): Node => graph.unary("not", graph.unary("not", node));
  const visit = (e: Expression): Node => {
    if (e.kind === "number") return graph.constant(e.value);
    if (e.kind === "symbol") return scope(e.name);
    return operation(
      graph,
      e.op,
      e.args.map((argument) => visit(argument)),
      truth,
    );
  };
  return visit(expr);
}

function operation(graph: Graph, op: Operation, args: readonly Node[], truth: (node: Node) => Node): Node {
  const fold = (of: BinaryOp, terms: readonly Node[]): Node =>
    terms.reduce((left, right) => {
      // a − b is written as a + (−b)
      if (of === "add" && graph.ops[right] === "neg") return graph.binary("sub", left, graph.a[right]);
      return graph.binary(of, left, right);
    });
  const [a, b] = args;
  const single = direct.get(op);
  if (single !== undefined) return graph.unary(single, a);
  const many = folded.get(op);
  if (many !== undefined) return fold(many, args);
  switch (op) {
    case "<":
      return graph.binary("lt", a, b);
    case ">":
      return graph.binary("lt", b, a);
    case "<=":
      return graph.binary("le", a, b);
    case ">=":
      return graph.binary("le", b, a);
    case "!=":
      return graph.unary("not", graph.binary("eq", a, b));
    case "and":
      return fold("mul", args.map(truth));
    case "or":
      return fold("max", args.map(truth));
    case "xor":
      return args.map(truth).reduce((left, right) => graph.unary("not", graph.binary("eq", left, right)));
    case "log10":
      return graph.binary("div", graph.unary("log", a), graph.constant(Math.LN10));
    case "tan":
      return graph.binary("div", graph.unary("sin", a), graph.unary("cos", a));
    case "acos":
      return graph.binary("sub", graph.constant(Math.PI / 2), graph.unary("asin", a));
    case "cosh": {
      const both = graph.add(graph.unary("exp", a), graph.unary("exp", graph.unary("neg", a)));
      return graph.mul(graph.constant(0.5), both);
    }
    default: // piecewise: value, condition, …, and the value otherwise
      return pieces(graph, args);
  }
}

function pieces(graph: Graph, args: readonly Node[]): Node {
  let result = args.length % 2 === 1 ? args[args.length - 1] : graph.constant(Number.NaN);
  for (let i = args.length - (args.length % 2) - 2; i >= 0; i -= 2) result = graph.select(args[i + 1], args[i], result);
  return result;
}
