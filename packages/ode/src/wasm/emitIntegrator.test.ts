import { expect, test } from "vitest";
import { dormandPrince54 } from "../integrators/dormandPrince54/index.ts";
import { rodas4 } from "../integrators/rodas4/index.ts";
import { integrate } from "../integrate.ts";
import { emit, type EmittedMethod, type EmittedSystem } from "./emit.ts";
import { emitIntegrator } from "./emitIntegrator.ts";
import { Graph, type Node } from "./graph.ts";
import { program } from "./program.ts";

/** A system from its right-hand side. */
function systemOf(size: number, write: (g: Graph, y: readonly Node[]) => readonly Node[]): EmittedSystem {
  const graph = new Graph();
  const slopes = write(
    graph,
    Array.from({ length: size }, (_, i) => graph.state(i)),
  );
  return {
    graph,
    slopes,
    u: new Float64Array(0),
    jacobian: () =>
      slopes.flatMap((slope, row) =>
        graph.leaves(slope).map((leaf) => ({ row, column: leaf.index, node: graph.derivative(slope, leaf) })),
      ),
  };
}

const rossler = systemOf(3, (g, [x, y, z]) => [
  g.binary("sub", g.unary("neg", y), z),
  g.add(x, g.mul(g.constant(0.2), y)),
  g.add(g.constant(0.2), g.mul(z, g.binary("sub", x, g.constant(5.7)))),
]);
const robertson = systemOf(3, (g, [a, b, c]) => {
  const slow = g.mul(g.constant(0.04), a);
  const middle = g.mul(g.constant(1e4), g.mul(b, c));
  const fast = g.mul(g.constant(3e7), g.mul(b, b));
  return [g.binary("sub", middle, slow), g.binary("sub", g.binary("sub", slow, middle), fast), fast];
});
/** Reaction and diffusion on a ring; with `cells` · 60 nodes and more of a function, so that sections are needed. */
const ring = (cells: number): EmittedSystem =>
  systemOf(cells, (g, y) =>
    y.map((v, i) => {
      const around = g.add(y[(i + 1) % cells], y[(i + cells - 1) % cells]);
      const law = g.binary(
        "div",
        g.unary("exp", g.unary("neg", v)),
        g.add(g.constant(1), g.unary("sqrt", g.add(g.constant(1), g.mul(v, v)))),
      );
      return g.add(g.mul(g.constant(5 + i), g.binary("sub", around, g.mul(g.constant(2), v))), law);
    }),
  );
/** All states meet all others, with shifts that make row swaps pay. */
const full = (size: number): EmittedSystem =>
  systemOf(size, (g, y) => {
    const total = y.reduce((a, b) => g.add(a, b));
    return y.map((v, i) => {
      const other = y[(i * 7 + 3) % size];
      const fast = g.mul(g.constant(-(10 ** ((i % 5) - 1))), g.add(v, g.mul(g.constant(3), other)));
      return g.add(fast, g.binary("div", g.constant(1), g.add(g.constant(1 + i), g.mul(total, total))));
    });
  });

function compare(system: EmittedSystem, name: EmittedMethod, end: number, rtol: number): void {
  const P = system.slopes.length;
  const field = program(system.graph, system.slopes);
  const entries = system.jacobian();
  const derivatives = program(
    system.graph,
    entries.map(({ node }) => node),
  );
  const values = new Float64Array(entries.length);
  const none = new Float64Array(0);
  const y0 = Float64Array.from({ length: P }, (_, i) => (i === 0 ? 1 : 0));
  const times = Float64Array.from({ length: 8 }, (_, i) => (i * end) / 7);
  const atol = new Float64Array(P).fill(rtol * 1e-3);
  const expected = integrate(
    {
      evaluate: (_t, y, out) => field.run(y, none, out),
      jacobian(_t, y, out) {
        derivatives.run(y, none, values);
        entries.forEach(({ row, column }, e) => (out[row * P + column] = values[e]));
      },
      timeDerivative: (_t, _y, out) => void out.fill(0),
    },
    { y0, times, integrator: name === "rodas4" ? rodas4 : dormandPrince54, rtol, atol },
  );
  const got = emitIntegrator(system, name)!.integrate({ y0, times, rtol, atol, maxSteps: 1e5 });
  expect(got.stopped).toBe("end");
  expect(got.times).toEqual(times);
  expect(got.counts).toMatchObject({ accepted: expected.counts.accepted, rejected: expected.counts.rejected });
  // rodas4 asks for the first slope again
  expect(got.counts.evaluations - expected.counts.evaluations).toBe(name === "rodas4" ? 1 : 0);
  const size = expected.values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  expected.values.forEach((v, i) => expect(Math.abs(got.values[i] - v) / size).toBeLessThan(1e-9));
}

test.each<[string, EmittedSystem, EmittedMethod, number, number]>([
  ["Rössler, unrolled", rossler, "dormandPrince54", 5, 1e-8],
  ["Rössler backwards", rossler, "dormandPrince54", -1, 1e-6],
  ["Robertson, unrolled", robertson, "rodas4", 1e4, 1e-6],
  ["a ring of 13 in memory", ring(13), "dormandPrince54", 2, 1e-6],
  ["a stiff ring of 13 in memory", ring(13), "rodas4", 20, 1e-6],
  ["60 states that all meet, with row swaps", full(60), "rodas4", 0.3, 1e-4],
  ["a stiff ring of 203 in sections", ring(203), "rodas4", 0.2, 1e-3],
])("%s: the emitted stepper takes the steps of the generic one", (_name, system, method, end, rtol) =>
  compare(system, method, end, rtol),
);

/** dy_i/dt of y_i only: a field for the value of functions. */
const functions = (g: Graph, x: Node): Node[] => {
  const half = g.constant(0.5);
  return [
    ...(
      ["exp", "log", "sin", "cos", "asin", "atan", "sinh", "tanh", "sqrt", "abs", "floor", "ceil", "not"] as const
    ).map((op) => g.unary(op, x)),
    g.unary("factorial", g.unary("floor", x)),
    g.binary("pow", x, half),
    g.binary("pow", x, g.constant(-3)),
    g.binary("pow", half, x),
    g.binary("min", x, half),
    g.binary("max", x, half),
    g.binary("lt", x, half),
    g.binary("le", x, half),
    g.binary("eq", x, half),
    g.select(g.binary("lt", x, half), g.constant(7), x),
    g.binary("div", g.constant(1), x),
  ];
};

test("every operation has the interpreter's value, from subnormal numbers to infinity", () => {
  const graph = new Graph();
  const slopes = functions(graph, graph.state(0));
  const P = slopes.length;
  const system: EmittedSystem = { graph, slopes, u: new Float64Array(0), jacobian: () => [] };
  const { instance, evaluate, free } = emit(system, "dormandPrince54")!;
  const memory = new Float64Array(instance.memory.buffer);
  const interpreter = program(graph, slopes);
  const expected = new Float64Array(P);
  const points = [0.5, 0.3, 1, 2.7, 20, 700, 709.5, -0.5, -3, -740, -746, 0, -0, 1e-5, 1e-310, 5e-324, 1e300];
  for (const x of [...points, Infinity, -Infinity, Number.NaN]) {
    memory[free / 8] = x;
    evaluate(free, free + 64);
    interpreter.run(Float64Array.of(x), new Float64Array(0), expected);
    expected.forEach((want, k) => {
      const got = memory[free / 8 + 8 + k];
      if (Number.isFinite(want) && want !== 0) {
        const least = 5e-324 * 2; // subnormal results are rounded twice
        expect(Math.abs(got - want), `${k} at ${x}: ${got} for ${want}`).toBeLessThan(
          Math.max(1e-13 * Math.abs(want), least),
        );
      } else expect(Object.is(got + 0, want + 0), `${k} at ${x}: ${got} for ${want}`).toBe(true);
    });
  }
});

test("a budget, an abort and a singular solution are told apart; a second run starts afresh", () => {
  const growth = systemOf(1, (g, [y]) => [g.mul(y, y)]);
  const integrator = emitIntegrator(growth, "dormandPrince54")!;
  const problem = { y0: Float64Array.of(1), rtol: 1e-8, atol: Float64Array.of(1e-10), maxSteps: 1e5 };
  const times = Float64Array.of(0, 0.25, 0.5, 2);
  const singular = integrator.integrate({ ...problem, times });
  expect(singular.stopped).not.toBe("end");
  expect(singular.end.time).toBeLessThan(1.001);
  expect([...singular.values.subarray(0, 3)]).toEqual([1, 4 / 3, 2].map((v) => expect.closeTo(v, 7)));
  const budget = integrator.integrate({ ...problem, times, maxSteps: 3 });
  expect(budget).toMatchObject({ stopped: "budget", counts: { accepted: 3 } });
  const rest = integrator.integrate({
    ...problem,
    y0: budget.end.y,
    times: Float64Array.of(budget.end.time, 0.5),
    firstStep: budget.step,
  });
  expect(rest.values[1]).toBeCloseTo(2, 7);
  expect(integrator.integrate({ ...problem, times, signal: { aborted: true } }).stopped).toBe("aborted");
  expect(integrator.integrate({ ...problem, times: Float64Array.of(0) }).stopped).toBe("end");
  const many = Float64Array.from({ length: 20_001 }, (_, i) => i / 40_000); // beyond the first pages of memory
  const fine = integrator.integrate({ ...problem, times: many });
  expect(fine.values.length).toBe(20_001);
  expect(Math.abs(fine.values[20_000] - 2)).toBeLessThan(1e-6);
});

test("where WebAssembly is forbidden there is no stepper, and no error", () => {
  const engine = Object.getOwnPropertyDescriptor(globalThis, "WebAssembly")!;
  try {
    Object.defineProperty(globalThis, "WebAssembly", { ...engine, value: undefined });
    expect(emitIntegrator(rossler, "dormandPrince54")).toBeUndefined();
  } finally {
    Object.defineProperty(globalThis, "WebAssembly", engine);
  }
});
