import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { parseNetwork } from "../parse.ts";
import type { Closure } from "./closure.ts";
import { closureEquations } from "./closureEquations.ts";
import { derivativeMatchingClosure } from "./derivativeMatching/index.ts";
import { logNormalClosure } from "./logNormal/index.ts";
import { normalClosure } from "./normal/index.ts";
import { poissonClosure } from "./poisson/index.ts";
import { printClosure } from "./printMoments.ts";
import { zeroClosure } from "./zero/index.ts";

const network = parseNetwork("2 A + B -> 3 B @ 0.1\n2 B -> A @ 0.2\n0 -> A @ 3\nA + B -> 0 @ 0.05");

const choices: readonly [Closure, number][] = [
  [normalClosure, 1],
  [zeroClosure, 3],
  [normalClosure, 3],
  [poissonClosure, 2],
  [logNormalClosure, 2],
  [derivativeMatchingClosure, 3],
];

test.each(choices.map(([closure, order]) => ({ name: closure.name, closure, order })))(
  "jvp and vjp of $name of order $order agree with finite differences and with each other",
  ({ closure, order }) => {
    const { dynamics } = closureEquations(network, { closure, order });
    const [P] = dynamics.shape;
    const random = stream(closure.name, order);
    const none = new Float64Array(0);
    const draw = (): Float64Array => Float64Array.from({ length: P }, () => 1 + random());
    const [y, dy, seed] = [draw(), draw(), draw()];
    const at = (step: number): Float64Array => {
      const out = new Float64Array(P);
      dynamics.evaluate(
        y.map((v, i) => v + step * dy[i]),
        none,
        out,
      );
      return out;
    };
    const forward = new Float64Array(P);
    dynamics.jvp(y, none, dy, none, forward);
    const [up, down] = [at(1e-5), at(-1e-5)];
    for (let i = 0; i < P; i++) expect(forward[i]).toBeCloseTo((up[i] - down[i]) / 2e-5, 5);
    const yBar = new Float64Array(P);
    dynamics.vjp(y, none, seed, yBar, none);
    const left = yBar.reduce((sum, v, i) => sum + v * dy[i], 0);
    const right = forward.reduce((sum, v, i) => sum + v * seed[i], 0);
    expect(Math.abs(left - right)).toBeLessThan(1e-9 * (1 + Math.abs(right)));
  },
);

test("a derivative at a moment that is 0 is finite", () => {
  const { dynamics } = closureEquations(network, { closure: normalClosure, order: 2 });
  const [P] = dynamics.shape;
  const [zeros, ones, out] = [new Float64Array(P), new Float64Array(P).fill(1), new Float64Array(P)];
  dynamics.jvp(zeros, new Float64Array(0), ones, new Float64Array(0), out);
  expect(out.every(Number.isFinite)).toBe(true);
});

test("moments that a closure refers to above the order are closed too, in ascending order", () => {
  const { closed, hierarchy } = closureEquations(parseNetwork("3 A -> 0 @ 1"), { closure: normalClosure, order: 1 });
  expect(hierarchy.higher).toEqual([[2], [3]]);
  expect(closed.map(({ moment }) => moment)).toEqual([[2], [3]]);
  const schloegl = closureEquations(parseNetwork("3 A -> 0 @ 1"), { closure: zeroClosure, order: 2 });
  expect(schloegl.closed.map(({ moment }) => moment)).toEqual([[3], [4]]);
});

test("a closure with too many terms is refused before it is worked out", () => {
  const refuse = (text: string, order: number) => () =>
    closureEquations(parseNetwork(text), { closure: normalClosure, order });
  expect(refuse("30 A -> 0 @ 1", 2)).toThrow("which has too many terms. Lower the order");
  expect(refuse("5 A + 5 B + 5 C -> 0 @ 1", 1)).toThrow("which has too many terms");
  expect(refuse("6 A -> 0 @ 1", 12)).not.toThrow();
});

test("what stands for a moment is printed as text and LaTeX", () => {
  const net = parseNetwork("2 A -> 0 @ k\nk = 1");
  expect(printClosure(closureEquations(net, { closure: poissonClosure, order: 2 }))).toBe(
    "⟨A^3⟩ = ⟨A⟩ + 3 ⟨A⟩ ⟨A^2⟩ - 2 ⟨A⟩^3\n",
  );
  const matching = closureEquations(net, { closure: logNormalClosure, order: 2 });
  expect(printClosure(matching)).toBe("⟨A^3⟩ = ⟨A⟩^(-3) ⟨A^2⟩^3\n");
  expect(printClosure(matching, "latex")).toBe(
    "\\langle A^{3} \\rangle &= \\langle A \\rangle^{-3} \\langle A^{2} \\rangle^{3}\n",
  );
});

test("a linear network needs no closure", () => {
  expect(closureEquations(parseNetwork("A -> 0 @ 1"), { closure: normalClosure, order: 2 }).closed).toEqual([]);
});

const refuse = (closure: Closure, order: number) => () => closureEquations(network, { closure, order });

test("an order at which a closure is not defined, and one that goes in a circle, are refused", () => {
  expect(refuse(logNormalClosure, 3)).toThrow("the order of the logNormal closure is 2, got 3");
  expect(refuse(normalClosure, 0)).toThrow("must be a whole number from 1 on, got 0");
  const circle: Closure = {
    name: "circle",
    express: (moment) => [{ coefficient: 1, factors: [{ moment, power: 1 }] }],
  };
  expect(refuse(circle, 2)).toThrow("moments of lower total power only");
});
