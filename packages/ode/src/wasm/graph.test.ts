import { expect, test } from "vitest";
import { Graph, type Node } from "./graph.ts";
import { program } from "./program.ts";

const none = new Float64Array(0);
function valueOf(graph: Graph, node: Node, y: readonly number[], u: Float64Array = none): number {
  const out = new Float64Array(1);
  program(graph, [node]).run(Float64Array.from(y), u, out);
  return out[0];
}

test("equal parts stand once, and sums and products with 0 and 1 vanish", () => {
  const g = new Graph();
  const [x, zero, one] = [g.state(0), g.constant(0), g.constant(1)];
  expect(g.add(x, x)).toBe(g.add(x, x));
  expect([g.add(x, zero), g.mul(x, one), g.mul(one, x), g.binary("div", x, one), g.binary("sub", x, zero)]).toEqual(
    Array.from({ length: 5 }, () => x),
  );
  expect(g.mul(zero, x)).toBe(zero);
  expect(g.unary("neg", g.unary("neg", x))).toBe(x);
  expect(g.binary("sub", zero, x)).toBe(g.mul(g.constant(-1), x));
  expect(g.fixed(g.binary("pow", g.constant(2), g.constant(0.5)))).toBe(Math.SQRT2);
  expect(g.fixed(g.select(one, g.constant(3), x))).toBe(3);
  expect(g.select(x, one, one)).toBe(one);
  expect(Object.is(g.fixed(g.constant(-0)), -0)).toBe(true);
});

test("derivatives of every operation are those of differences", () => {
  const g = new Graph();
  const [x, c] = [g.state(0), g.coefficient(0)];
  const unary = ["neg", "abs", "sqrt", "exp", "log", "sin", "cos", "asin", "atan", "sinh", "tanh"] as const;
  const flat = ["floor", "ceil", "not", "factorial"] as const;
  const parts: Node[] = [
    ...unary.map((op) => g.unary(op, g.mul(g.constant(0.7), x))),
    ...(["add", "sub", "mul", "div", "pow", "min", "max"] as const).map((op) => g.binary(op, x, c)),
    ...([5, -3] as const).map((n) => g.binary("pow", x, g.constant(n))),
    g.select(g.binary("lt", x, c), g.mul(x, x), g.mul(c, x)),
  ];
  const at = (node: Node, y: number, u: number): number => valueOf(g, node, [y], Float64Array.of(u));
  const h = 1e-6;
  for (const [y, u] of [
    [0.6, 1.7],
    [1.3, 0.4],
  ])
    for (const node of parts) {
      const byState = (at(node, y + h, u) - at(node, y - h, u)) / (2 * h);
      const byCoefficient = (at(node, y, u + h) - at(node, y, u - h)) / (2 * h);
      expect(at(g.derivative(node, { kind: "state", index: 0 }), y, u)).toBeCloseTo(byState, 7);
      expect(at(g.derivative(node, { kind: "coefficient", index: 0 }), y, u)).toBeCloseTo(byCoefficient, 7);
    }
  for (const op of flat) expect(g.fixed(g.derivative(g.unary(op, x), { kind: "state", index: 0 }))).toBe(0);
  expect(g.fixed(g.derivative(g.binary("eq", x, c), { kind: "state", index: 0 }))).toBe(0);
  expect(g.leaves(g.mul(x, c))).toEqual([
    { kind: "state", index: 0 },
    { kind: "coefficient", index: 0 },
  ]);
});

test("a sum of 10 000 terms is written, differentiated and run without deep recursion", () => {
  const g = new Graph();
  let sum = g.constant(0);
  for (let i = 0; i < 10_000; i++) sum = g.add(sum, g.mul(g.constant(i + 1), g.state(i % 10)));
  expect(
    valueOf(
      g,
      sum,
      Array.from({ length: 10 }, () => 1),
    ),
  ).toBe(50_005_000);
  expect(valueOf(g, g.derivative(sum, { kind: "state", index: 0 }), [1])).toBe(4_996_000);
});
