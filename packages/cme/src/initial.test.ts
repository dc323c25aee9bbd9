import { stream } from "@dbd/numerics/random/stream";
import { chiSquareScore } from "@dbd/numerics/stats/chiSquare";
import { expect, test } from "vitest";
import { drawInitial, type InitialDistribution, initialLaws, initialMarginal } from "./initial.ts";
import { parseNetwork } from "./parse.ts";

const network = parseNetwork("A + B -> 0 @ 1\nA = 4\nB = 9");

test("species that are not named start from the network's amounts", () => {
  const x = new Float64Array(2);
  drawInitial(initialLaws(network), stream("s", 0), x);
  expect([...x]).toEqual([4, 9]);
  drawInitial(initialLaws(network, { kind: "fixed", counts: { B: 2 } }), stream("s", 0), x);
  expect([...x]).toEqual([4, 2]);
});

// χ² of 20 000 draws: catches a draw from another law than the one that solveExact starts from.
test.each<InitialDistribution>([
  { kind: "poisson", means: { A: 6.5 } },
  { kind: "binomial", trials: { A: 40 }, probability: { A: 0.3 } },
  { kind: "table", species: "A", probabilities: [0.2, 0, 0.5, 0.3] },
])("draws follow the marginal of $kind", (initial) => {
  const laws = initialLaws(network, initial);
  const { first, probabilities } = initialMarginal(laws[0], 1e-12);
  const observed = new Float64Array(probabilities.length);
  const random = stream("initial", 1);
  const x = new Float64Array(2);
  for (let i = 0; i < 20_000; i++) {
    drawInitial(laws, random, x);
    observed[x[0] - first]++;
  }
  expect(Math.abs(chiSquareScore(observed, probabilities))).toBeLessThan(4.5);
  expect(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThan(1e-12);
});

const marginal = (initial: InitialDistribution): unknown => initialMarginal(initialLaws(network, initial)[0], 1e-12);

test("degenerate laws are certain", () => {
  expect(marginal({ kind: "poisson", means: { A: 0 } })).toEqual({ first: 0, probabilities: Float64Array.of(1) });
  const sure = { kind: "binomial", trials: { A: 5 }, probability: { A: 1 } } as const;
  expect(marginal(sure)).toEqual({ first: 5, probabilities: Float64Array.of(1) });
});

test("a table's last count with a probability takes what rounding leaves over", () => {
  const x = new Float64Array(2);
  const laws = initialLaws(network, { kind: "table", species: "A", probabilities: [0.5, 0.5 - 1e-9, 0] });
  drawInitial(laws, () => 1 - 2 ** -53, x);
  expect(x[0]).toBe(1);
});

test("several distributions may be given, each for other species", () => {
  const both: InitialDistribution[] = [
    { kind: "poisson", means: new Map([["A", 3]]) },
    { kind: "table", species: "B", probabilities: [0, 1] },
  ];
  expect(initialLaws(network, both).map(({ kind }) => kind)).toEqual(["poisson", "table"]);
});

test.each<[initial: unknown, message: string]>([
  [{ kind: "fixed", counts: { AB: 1 } }, 'the network has no species "AB". Did you mean "A"?'],
  [{ kind: "fixed", counts: { Gamma: 1 } }, "Its species are A, B."],
  [{ kind: "fixed", counts: { A: -1 } }, "the count of A must be an integer in [0, 2^53), got -1"],
  [{ kind: "poisson", means: { A: Infinity } }, "the Poisson mean of A must lie in [0, 1e9], got Infinity"],
  [{ kind: "binomial", trials: { A: 1.5 }, probability: { A: 0.5 } }, "the trials of A must be an integer"],
  [{ kind: "binomial", trials: { A: 1 }, probability: {} }, "the probability of A must lie in [0, 1], got undefined"],
  [{ kind: "table", species: "A", probabilities: [0.5, 0.4] }, "must sum to 1, they sum to 0.9"],
  [
    { kind: "table", species: "A", probabilities: [1.5, -0.5] },
    "the probability of 1 copies of A must be ≥ 0, got -0.5",
  ],
  [
    [
      { kind: "fixed", counts: { A: 1 } },
      { kind: "poisson", means: { A: 1 } },
    ],
    "A is given twice",
  ],
  [{ kind: "gaussian" }, 'unknown kind "gaussian". Kinds are fixed, poisson, binomial and table.'],
])("refuses %j", (initial, message) => {
  expect(() => initialLaws(network, initial as InitialDistribution)).toThrow(message);
});
