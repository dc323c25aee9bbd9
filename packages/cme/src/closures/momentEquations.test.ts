import { multiply } from "@dbd/numerics/sparse";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../compile.ts";
import type { Network } from "../network.ts";
import { parseNetwork } from "../parse.ts";
import { propensities } from "../propensity.ts";
import type { Exponents } from "./exponents.ts";
import type { MomentEquations } from "./hierarchy.ts";
import { momentEquations, momentGraph, momentMatrix } from "./momentEquations.ts";
import { momentName, printMomentEquations } from "./printMoments.ts";

const annihilation = parseNetwork("2 A -> 0 @ k\nk = 1\nA = 20");

test("pair annihilation's raw moments obey the known hierarchy", () => {
  expect(printMomentEquations(momentEquations(annihilation, 2))).toBe(
    "d⟨A⟩/dt = k ⟨A⟩ - k ⟨A^2⟩\nd⟨A^2⟩/dt = -2 k ⟨A⟩ + 4 k ⟨A^2⟩ - 2 k ⟨A^3⟩\n",
  );
});

test("its factorial moments are shorter: d⟨(A)_m⟩/dt = -m k ⟨(A)_(m+1)⟩ - m(m-1)/2 k ⟨(A)_m⟩", () => {
  expect(printMomentEquations(momentEquations(annihilation, 3, "factorial"))).toBe(
    "d⟨A⟩/dt = -k ⟨(A)_2⟩\nd⟨(A)_2⟩/dt = -k ⟨(A)_2⟩ - 2 k ⟨(A)_3⟩\nd⟨(A)_3⟩/dt = -3 k ⟨(A)_3⟩ - 3 k ⟨(A)_4⟩\n",
  );
});

test("birth and death: the mean and the variance in central form", () => {
  const net = parseNetwork("0 -> A @ b\nA -> 0 @ d\nb = 3\nd = 0.5");
  expect(printMomentEquations(momentEquations(net, 2, "central"))).toBe(
    "d⟨A⟩/dt = b - d ⟨A⟩\nd⟨δA^2⟩/dt = b + d ⟨A⟩ - 2 d ⟨δA^2⟩\n",
  );
});

test("LaTeX is the body of an align environment", () => {
  const net = parseNetwork("2 A -> B @ k1\nB -> 2 A @ 0.5*gain\n0 -> A @ 1e-3\nk1 = 1\ngain = 2");
  expect(printMomentEquations(momentEquations(net, 1), "latex").split(" \\\\\n")).toEqual([
    "\\frac{\\mathrm{d}}{\\mathrm{d}t} \\langle A \\rangle &= 0.001 + k_{1} \\langle A \\rangle + " +
      "2 \\left(0.5 \\cdot \\mathrm{gain}\\right) \\langle B \\rangle - k_{1} \\langle A^{2} \\rangle",
    "\\frac{\\mathrm{d}}{\\mathrm{d}t} \\langle B \\rangle &= -\\frac{1}{2} k_{1} \\langle A \\rangle - " +
      "\\left(0.5 \\cdot \\mathrm{gain}\\right) \\langle B \\rangle + \\frac{1}{2} k_{1} \\langle A^{2} \\rangle\n",
  ]);
  const central = momentEquations(parseNetwork("2 A -> 0 @ -(-k)/2^(1+1) + max(k, 1e-9)\nk = 1"), 2, "central");
  expect(printMomentEquations(central, "latex")).toContain("\\langle (\\delta A)^{2} \\rangle");
  expect(printMomentEquations(central, "latex")).toContain("\\operatorname{max}\\left(k, 10^{-9}\\right)");
  expect(momentName([2, 1], { species: ["A", "B1"], kind: "factorial" }, "latex")).toBe(
    "\\langle (A)_{2} B_{1} \\rangle",
  );
});

test("rate constants of one name are added exactly, different ones stand in brackets", () => {
  const net = parseNetwork("A -> 0 @ k\n2 A -> A @ k\nA -> 2 A @ g\nk = 1\ng = 2");
  expect(printMomentEquations(momentEquations(net, 1))).toBe("d⟨A⟩/dt = (-1/2 k + g) ⟨A⟩ - 1/2 k ⟨A^2⟩\n");
});

test("a network without reactions, or whose reactions change nothing, has moments that stand still", () => {
  const net = parseNetwork("species A = 3\nB -> B @ 1");
  expect(printMomentEquations(momentEquations(net, 1))).toBe("d⟨A⟩/dt = 0\nd⟨B⟩/dt = 0\n");
});

test("boundary species enter by their amount and have no moments", () => {
  const net = parseNetwork("B + X -> B + 2 X @ 0.5\n2 B -> X + 2 B @ 1\nboundary B = 10\nX = 1");
  const equations = momentEquations(net, 1);
  expect(equations.species).toEqual(["X"]);
  expect(printMomentEquations(equations)).toBe("d⟨X⟩/dt = 45 + 5 ⟨X⟩\n");
});

test("a law that is a polynomial gives the same equations as mass action", () => {
  const law = parseNetwork("2 A -> 0 @ = k*A*(A - 1)/2 + 0*max(1, 2)\nA -> 0 @ = c*(A - 0)^1\nk = 1\nc = 0.3\nA = 20");
  const same = parseNetwork("2 A -> 0 @ k\nA -> 0 @ c\nk = 1\nc = 0.3\nA = 20");
  expect(momentMatrix(momentEquations(law, 4))).toEqual(momentMatrix(momentEquations(same, 4)));
});

test.each(["v/(1 + A)", "A^0.5", "max(A, 1)", "2^A", "A^-1"])("the law %s is refused by name", (law) => {
  const net = parseNetwork(`decay: A -> 0 @ = ${law}${law.includes("v") ? "\nv = 1" : ""}`);
  expect(() => momentEquations(net, 2)).toThrow(/reaction "decay": its law is not a polynomial of the copy numbers/);
});

test("a law that divides by 0, and a reaction of a thousandth order, are refused by name", () => {
  expect(() => momentEquations(parseNetwork("A -> 0 @ = A/0"), 2)).toThrow(
    "reaction 1: its law has the coefficient Infinity",
  );
  expect(() => momentEquations(parseNetwork("700 A + 300 B -> 0 @ 1"), 2)).toThrow("reaction 1: it takes 1000 copies");
  const large = momentMatrix(momentEquations(parseNetwork("100 A -> 0 @ 1"), 3));
  expect(large.value.every(Number.isFinite)).toBe(true);
});

test("the equations are linear in the rate constants and add up over the reactions", () => {
  const lines = ["2 A + B -> 3 B", "2 B -> A", "0 -> A", "A + B -> 0"];
  const matrixOf = (constants: readonly number[]): Map<string, number> => {
    const net = parseNetwork(
      `species A = 0\nspecies B = 0\n${lines.map((line, r) => `${line} @ ${constants[r]}`).join("\n")}`,
    );
    return new Map(
      momentEquations(net, 3).equations.flatMap(({ moment, terms }) =>
        terms.map(({ moments, coefficient }) => [JSON.stringify([moment, moments]), coefficient] as const),
      ),
    );
  };
  const constants = [0.3, 1.7, 2.9, 0.11];
  const single = constants.map((k, r) => matrixOf(constants.map((_, i) => (i === r ? k : 0))));
  for (const [key, coefficient] of matrixOf(constants)) {
    const sum = single.reduce((total, matrix) => total + (matrix.get(key) ?? 0), 0);
    expect(Math.abs(sum - coefficient)).toBeLessThanOrEqual(
      1e-12 * single.reduce((t, m) => t + Math.abs(m.get(key) ?? 0), 0),
    );
  }
});

test("orders that make no sense, and too many moments, are refused", () => {
  expect(() => momentEquations(annihilation, 0)).toThrow("whole number of at least 1, got 0");
  expect(() => momentEquations(annihilation, 1.5)).toThrow("got 1.5");
  expect(() => momentEquations(annihilation, 30_000)).toThrow("At most 20000 are written out");
  expect(() => momentMatrix(momentEquations(annihilation, 2, "central"))).toThrow("not linear");
});

test("the graph says which moments feed which, and `higher` what a closure must supply", () => {
  const net = parseNetwork("A + B -> B @ 1\n0 -> A @ 1");
  const equations = momentEquations(net, 2);
  const edges = momentGraph(equations).map(
    ({ from, to }) => `${momentName(from, equations)} → ${momentName(to, equations)}`,
  );
  expect(edges).toEqual([
    "⟨A B⟩ → ⟨A⟩",
    "⟨A⟩ → ⟨A^2⟩",
    "⟨A B⟩ → ⟨A^2⟩",
    "⟨A^2 B⟩ → ⟨A^2⟩",
    "⟨B⟩ → ⟨A B⟩",
    "⟨A B^2⟩ → ⟨A B⟩",
  ]);
  expect(equations.higher).toEqual([
    [2, 1],
    [1, 2],
  ]);
  const central = momentEquations(annihilation, 2, "central");
  expect(momentGraph(central).map(({ from, to }) => [from[0], to[0]])).toEqual([
    [1, 1],
    [2, 1],
    [1, 2],
    [2, 2],
    [3, 2],
  ]);
});

const side = fc.array(fc.record({ species: fc.nat(2), order: fc.integer({ min: 1, max: 2 }) }), { maxLength: 2 });
const reaction = fc.record({
  reactants: side,
  products: side,
  rate: fc
    .integer({ min: 1, max: 12 })
    .map((value) => ({ kind: "massAction", constant: { kind: "number", value: value / 4 } }) as const),
});
const networks: fc.Arbitrary<Network> = fc.array(reaction, { minLength: 1, maxLength: 4 }).map((reactions) => ({
  species: ["A", "B", "C"],
  reactions,
  initial: [0, 0, 0],
  parameters: new Map(),
}));

/** Copy numbers with weights: a small distribution to take moments of. */
const points: readonly { readonly x: readonly number[]; readonly weight: number }[] = [
  { x: [0, 3, 1], weight: 0.25 },
  { x: [2, 1, 4], weight: 0.125 },
  { x: [5, 0, 2], weight: 0.375 },
  { x: [3, 4, 0], weight: 0.25 },
];
const power = (x: readonly number[], a: Exponents): number => a.reduce((p, m, s) => p * x[s] ** m, 1);
const falling = (x: readonly number[], a: Exponents): number =>
  a.reduce((p, m, s) => Array.from({ length: m }, (_, i) => x[s] - i).reduce((q, n) => q * n, p), 1);
const expect1 = (f: (x: readonly number[]) => number): number =>
  points.reduce((sum, { x, weight }) => sum + weight * f(x), 0);

/** Σ_r w_r(n)(f(n + ν_r) − f(n)) straight from the propensities. */
function drift(network: Network, f: (x: readonly number[]) => number): (x: readonly number[]) => number {
  const net = compile(network);
  const a = new Float64Array(network.reactions.length);
  return (x) => {
    propensities(net, Float64Array.from(x), a);
    return a.reduce((sum, rate, r) => {
      const y = [...x];
      for (let e = net.changeStart[r]; e < net.changeStart[r + 1]; e++) y[net.changeSpecies[e]] += net.change[e];
      return sum + rate * (f(y) - f(x));
    }, 0);
  };
}

const close = (got: number, wanted: number, scale: number): void => {
  expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-12 * scale);
};

function rightHandSides(equations: MomentEquations, value: (a: Exponents) => number): Float64Array {
  const matrix = momentMatrix(equations);
  const all = [...equations.equations.map(({ moment }) => moment), ...equations.higher];
  const out = new Float64Array(matrix.rows);
  multiply(matrix, Float64Array.from([1, ...all.map(value)]), 0, out);
  return out;
}

test("raw, factorial and central equations equal the generator applied to the statistic on random networks", () => {
  fc.assert(
    fc.property(networks, (network) => {
      const mean = network.species.map((_, s) => expect1((x) => x[s]));
      const centred = (x: readonly number[]): number[] => x.map((n, s) => n - mean[s]);
      for (const [kind, f] of [
        ["raw", power],
        ["factorial", falling],
      ] as const) {
        const equations = momentEquations(network, 3, kind);
        const got = rightHandSides(equations, (a) => expect1((x) => f(x, a)));
        for (const [i, { moment }] of equations.equations.entries()) {
          close(got[i], expect1(drift(network, (x) => f(x, moment))), 1e5);
        }
      }
      for (const { moment, terms } of momentEquations(network, 3, "central").equations) {
        const value = terms.reduce(
          (sum, { coefficient, means, moments }) =>
            sum + moments.reduce((p, a) => p * expect1((x) => power(centred(x), a)), coefficient * power(mean, means)),
          0,
        );
        const total = moment.reduce((sum, m) => sum + m, 0);
        const meanDrift = mean.map((_, s) => expect1(drift(network, (x) => x[s])));
        const wanted =
          total === 1
            ? meanDrift[moment.indexOf(1)]
            : expect1(drift(network, (x) => power(centred(x), moment))) -
              moment.reduce((sum, m, s) => {
                const rest = moment.map((p, t) => (t === s ? p - 1 : p));
                return m === 0 ? sum : sum + m * meanDrift[s] * expect1((x) => power(centred(x), rest));
              }, 0);
        close(value, wanted, 1e5);
      }
    }),
    { seed: 11, numRuns: 20 },
  );
});
