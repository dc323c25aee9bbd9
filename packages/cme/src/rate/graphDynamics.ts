import { ArgumentError } from "@dbd/numerics/errors";
import type { Dynamics, Field } from "@dbd/ode";
import { type Graph, type Leaf, type Node, program, type Program } from "@dbd/ode/wasm";

/** A derivative of one component of the field. */
export interface Entry {
  readonly row: number;
  readonly leaf: Leaf;
  readonly node: Node;
}

/** Rows, columns and values of a Jacobian; columns from P on are coefficients. */
interface SparseJacobian {
  readonly program: Program;
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

function sparse(graph: Graph, entries: readonly Entry[], size: number): SparseJacobian {
  return {
    program: program(
      graph,
      entries.map(({ node }) => node),
    ),
    rows: Int32Array.from(entries, ({ row }) => row),
    columns: Int32Array.from(entries, ({ leaf }) => (leaf.kind === "state" ? leaf.index : size + leaf.index)),
    values: new Float64Array(entries.length),
  };
}

/** The field of a graph as `Dynamics`. The derivatives are prepared at their first use. */
export function graphDynamics(
  graph: Graph,
  slopes: readonly Node[],
  entries: () => readonly Entry[],
  shape: readonly [P: number, Q: number],
): Dynamics {
  const [P] = shape;
  const field = program(graph, slopes);
  let made: SparseJacobian | undefined;
  const jacobian = (): SparseJacobian => (made ??= sparse(graph, entries(), P));
  return {
    shape,
    evaluate: (y, u, out) => field.run(y, u, out),
    jvp(y, u, dy, du, out) {
      const { program: derivatives, rows, columns, values } = jacobian();
      derivatives.run(y, u, values);
      out.fill(0);
      for (let e = 0; e < rows.length; e++) {
        const column = columns[e];
        out[rows[e]] += values[e] * (column < P ? dy[column] : du[column - P]);
      }
    },
    vjp(y, u, seed, yBar, uBar) {
      const { program: derivatives, rows, columns, values } = jacobian();
      derivatives.run(y, u, values);
      for (let e = 0; e < rows.length; e++) {
        const column = columns[e];
        const part = values[e] * seed[rows[e]];
        if (column < P) yBar[column] += part;
        else uBar[column - P] += part;
      }
    },
  };
}

/** The field at fixed coefficients, with its Jacobian; it depends on t through a state of that name alone. */
export function graphField(
  graph: Graph,
  slopes: readonly Node[],
  entries: () => readonly Entry[],
  u: Float64Array,
): Field {
  const size = slopes.length;
  const needed = graph
    .reachable(slopes)
    .reduce((n, i) => (graph.ops[i] === "coefficient" ? Math.max(n, graph.a[i] + 1) : n), 0);
  if (u.length < needed)
    throw new ArgumentError("rateEquations", `u must have length ${needed} ([Q]), got ${u.length}`);
  const field = program(graph, slopes);
  let made: SparseJacobian | undefined;
  return {
    size,
    evaluate: (_t, y, out) => field.run(y, u, out),
    jacobian(_t, y, out) {
      const { program: derivatives, rows, columns, values } = (made ??= sparse(graph, entries(), size));
      derivatives.run(y, u, values);
      out.fill(0);
      for (let e = 0; e < rows.length; e++) out[rows[e] * size + columns[e]] = values[e];
    },
    timeDerivative: (_t, _y, out) => void out.fill(0),
  };
}
