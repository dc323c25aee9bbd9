import { parseNetwork, rateEquations } from "@dbd/cme";
import { type EmittedIntegrator, type EmittedSystem, emitIntegrator, Graph, type Node } from "@dbd/ode/wasm";
import { type OdeProblem, ringRates } from "./odeProblems.ts";

type Write = (g: Graph, y: readonly Node[]) => readonly Node[];

const number = (g: Graph, value: number): Node => g.constant(value);

/** Right-hand sides as graphs, where they are not networks. */
const fields: Readonly<Record<string, Write>> = {
  rossler: (g, [x, y, z]) => [
    g.binary("sub", g.unary("neg", y), z),
    g.add(x, g.mul(number(g, 0.2), y)),
    g.add(number(g, 0.2), g.mul(z, g.binary("sub", x, number(g, 5.7)))),
  ],
  linear100: (g, y) =>
    y.map((v, i) => {
      const twice = g.mul(number(g, 2), v);
      if (i === 0) return g.binary("sub", y[1], twice);
      const left = g.binary("sub", y[i - 1], twice);
      return i === y.length - 1 ? left : g.add(left, y[i + 1]);
    }),
  lotkaVolterra: (g, [x, y]) => {
    const meet = g.mul(x, y);
    return [g.binary("sub", g.mul(number(g, 1.5), x), meet), g.add(g.mul(number(g, -3), y), meet)];
  },
  brusselator: (g, [x, y]) => {
    const square = g.mul(g.mul(x, x), y);
    return [
      g.binary("sub", g.add(number(g, 1), square), g.mul(number(g, 4), x)),
      g.binary("sub", g.mul(number(g, 3), x), square),
    ];
  },
  pleiades: (g, y) => {
    const accelerations = Array.from({ length: 7 }, (_, i) => {
      const sums = [number(g, 0), number(g, 0)];
      for (let j = 0; j < 7; j++) {
        if (j === i) continue;
        const apart = [0, 7].map((axis) => g.binary("sub", y[axis + j], y[axis + i]));
        const square = g.add(g.mul(apart[0], apart[0]), g.mul(apart[1], apart[1]));
        const weight = g.binary("div", number(g, j + 1), g.mul(square, g.unary("sqrt", square)));
        for (const axis of [0, 1]) sums[axis] = g.add(sums[axis], g.mul(weight, apart[axis]));
      }
      return sums;
    });
    return [...y.slice(14), ...accelerations.map(([x]) => x), ...accelerations.map(([, v]) => v)];
  },
  kepler: (g, [x, y, vx, vy]) => {
    const square = g.add(g.mul(x, x), g.mul(y, y));
    const cube = g.mul(square, g.unary("sqrt", square));
    return [vx, vy, g.unary("neg", g.binary("div", x, cube)), g.unary("neg", g.binary("div", y, cube))];
  },
};

const networks: Readonly<Record<string, string>> = {
  robertson: "A -> B @ 0.04\nB + B -> B + C @ 6e7\nB + C -> A + C @ 1e4",
  ring50: Array.from({ length: 50 }, (_, i) => {
    const [next, after] = [(i + 1) % 50, (i + 2) % 50];
    return `X${i} -> X${next} @ ${ringRates[i]}\nX${next} -> X${i} @ 1\nX${i} + X${next} -> X${i} + X${after} @ 10`;
  }).join("\n"),
};

function systemOf({ name, y0 }: OdeProblem): EmittedSystem {
  const text = networks[name];
  if (text !== undefined) {
    const order = name === "robertson" ? ["A", "B", "C"] : y0.map((_, i) => `X${i}`);
    const listed = order.map((id) => `${id} = 0`).join("\n");
    const { graph, slopes, u, jacobian } = rateEquations(parseNetwork(`${listed}\n${text}`), { coefficients: [] });
    const entries = (): ReturnType<EmittedSystem["jacobian"]> =>
      jacobian().map(({ row, leaf, node }) => ({ row, column: leaf.index, node }));
    return { graph, slopes, u, jacobian: entries };
  }
  const graph = new Graph();
  const slopes = fields[name](
    graph,
    y0.map((_, i) => graph.state(i)),
  );
  return { graph, slopes, u: new Float64Array(0), jacobian: () => [] };
}

/** The emitted stepper of a problem. */
export function emitted(problem: OdeProblem, method: EmittedIntegrator["name"]): EmittedIntegrator {
  const integrator = emitIntegrator(systemOf(problem), method);
  if (integrator === undefined) throw new Error("this engine has no WebAssembly with vectors");
  return integrator;
}
