import { apply, type Graph, type GraphOp, type Node, opNumber } from "./graph.ts";

/** Values of some nodes of a graph as a function of states and coefficients, by an interpreter over typed arrays. */
export interface Program {
  /**
   * Evaluates. Hot path: no checks, no allocation.
   * @param y - States.   @param u - Coefficients.   @param out - Values of the roots, in their order. Overwritten.
   */
  run(y: Float64Array, u: Float64Array, out: Float64Array): void;
}

const number = (op: GraphOp): number => opNumber.get(op)!;
const [ADD, SUB, MUL, DIV, NEG] = (["add", "sub", "mul", "div", "neg"] as const).map(number);
const names = [...opNumber.keys()];

/** Prepares the interpreter for `roots`. */
export function program(graph: Graph, roots: readonly Node[]): Program {
  const nodes = graph.reachable(roots);
  const place = new Map(nodes.map((node, i) => [node, i]));
  const values = new Float64Array(nodes.length);
  const pick = (kind: GraphOp): Int32Array =>
    Int32Array.from(nodes.flatMap((node, i) => (graph.ops[node] === kind ? [i, graph.a[node]] : [])));
  const states = pick("state");
  const coefficients = pick("coefficient");
  nodes.forEach((node, i) => {
    if (graph.ops[node] === "constant") values[i] = graph.value[node];
  });
  const inner = nodes.filter((node) => !["constant", "state", "coefficient"].includes(graph.ops[node]));
  const argument = (node: Node, k: number): number => place.get(graph.argumentsOf(node)[k] ?? -1) ?? 0;
  const op = Uint8Array.from(inner, (node) => number(graph.ops[node]));
  const target = Int32Array.from(inner, (node) => place.get(node)!);
  const [a, b, c] = [0, 1, 2].map((k) => Int32Array.from(inner, (node) => argument(node, k)));
  const outputs = Int32Array.from(roots, (node) => place.get(node)!);
  return {
    run(y, u, out) {
      for (let i = 0; i < states.length; i += 2) values[states[i]] = y[states[i + 1]];
      for (let i = 0; i < coefficients.length; i += 2) values[coefficients[i]] = u[coefficients[i + 1]];
      for (let i = 0; i < op.length; i++) {
        const x = values[a[i]];
        const z = values[b[i]];
        const code = op[i];
        // the commonest operations stand here, the others behind a call
        if (code === MUL) values[target[i]] = x * z;
        else if (code === ADD) values[target[i]] = x + z;
        else if (code === SUB) values[target[i]] = x - z;
        else if (code === NEG) values[target[i]] = -x;
        else if (code === DIV) values[target[i]] = x / z;
        else values[target[i]] = apply(names[code], x, z, values[c[i]]);
      }
      for (let i = 0; i < outputs.length; i++) out[i] = values[outputs[i]];
    },
  };
}
