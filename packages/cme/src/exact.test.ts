import { NumericalError } from "@dbd/numerics/errors";
import { exp, logBinomial, logPoissonMass } from "@dbd/numerics/special";
import { describe, expect, test } from "vitest";
import { type ExactOptions, solveExact } from "./exact.ts";
import { parseNetwork } from "./parse.ts";

/** Equal to all printed digits. */
function expectPrinted(got: number, printed: string): void {
  expect(Number(got.toPrecision(printed.replace(/^0?\.0*|\./g, "").length)), printed).toBe(Number(printed));
}

type Row = readonly [time: number, mean: string, variance: string];

// Reference values of an independent solver (dense matrix exponential), printed to six digits.
test.each<[what: string, text: string, options: Omit<ExactOptions, "times">, rows: readonly Row[]]>([
  [
    "pair annihilation from 20 copies, where only even counts occur",
    "2 A -> 0 @ 1\nA = 20",
    {},
    [
      [0.02, "14.4671", "6.03807"],
      [0.05, "10.2118", "5.92852"],
      [0.1, "6.8677", "4.38973"],
      [0.2, "4.18588", "2.74587"],
      [0.5, "1.99561", "1.34827"],
      [1, "1.06402", "1.06059"],
      [2, "0.386704", "0.624029"],
      [5, "0.0192513", "0.0381319"],
    ],
  ],
  [
    "pair annihilation from a Poisson start",
    "2 A -> 0 @ 1",
    { initial: { kind: "poisson", means: { A: 10 } } },
    [
      [0.02, "8.34564", "7.17884"],
      [0.05, "6.70985", "5.13939"],
      [0.1, "5.08395", "3.59345"],
      [0.2, "3.45971", "2.32996"],
      [0.5, "1.83071", "1.19708"],
      [1, "1.09221", "0.697086"],
      [2, "0.687238", "0.411285"],
      [5, "0.509097", "0.259015"],
    ],
  ],
  [
    "immigration and pair annihilation",
    "0 -> A @ 10\n2 A -> 0 @ 0.2",
    {},
    [
      [0.1, "0.993419", "0.98694"],
      [0.2, "1.9488", "1.90066"],
      [0.5, "4.31765", "3.83065"],
      [1, "6.34779", "4.97506"],
      [2, "7.14311", "5.33921"],
      [5, "7.19949", "5.36662"],
      [20, "7.19951", "5.36663"],
    ],
  ],
  [
    "Schlögl's bistable model",
    "2 X -> 3 X @ 0.03\n3 X -> 2 X @ 1e-4\n0 -> X @ 200\nX -> 0 @ 3.5\nX = 250",
    { tolerance: 1e-9 },
    [
      [0.5, "251.952", "1817.88"],
      [1, "257.698", "5813.49"],
    ],
  ],
  [
    "dimerisation, two species",
    "2 X <-> Y @ 3.32e-3, 0.2\nX = 301",
    {},
    [
      [0.2, "251.922", "69.5414"],
      [1, "162.469", "93.943"],
      [10, "107.962", "84.3761"],
    ],
  ],
])("%s", (_, text, options, rows) => {
  const network = parseNetwork(text);
  const solution = solveExact(network, { ...options, times: rows.map(([time]) => time) });
  const name = network.species[0];
  for (const [t, [, mean, variance]] of rows.entries()) {
    expectPrinted(solution.mean(name)[t], mean);
    expectPrinted(solution.variance(name)[t], variance);
    expect(solution.leak[t]).toBeLessThanOrEqual(options.tolerance ?? 1e-10);
  }
});

test("the toggle switch, two species with laws, has the published mean", () => {
  const text = "0 -> U @ = 50/(1 + (V/15)^2)\nU -> 0 @ 1\n0 -> V @ = 50/(1 + (U/15)^2)\nV -> 0 @ 1";
  const solution = solveExact(parseNetwork(text), { times: [10], tolerance: 1e-9 });
  expect(Math.abs(solution.mean("U")[0] - 23.33147554)).toBeLessThan(1e-7);
  expect(solution.mean("V")[0]).toBeCloseTo(solution.mean("U")[0], 9);
});

describe("closed forms", () => {
  test("pure decay is binomial at every time", () => {
    const { probabilities, leak } = solveExact(parseNetwork("A -> 0 @ 2\nA = 12"), {
      times: [0, 0.4],
      tolerance: 1e-13,
    });
    const p = Math.exp(-0.8);
    for (let n = 0; n <= 12; n++) {
      const law = exp(logBinomial(12, n)) * p ** n * (1 - p) ** (12 - n);
      expect(Math.abs(probabilities[13 + n] - law)).toBeLessThan(1e-13);
      expect(probabilities[n]).toBe(n === 12 ? 1 : 0);
    }
    expect(leak[1]).toBeLessThan(1e-13);
  });

  test("immigration and death keep a Poisson law Poisson, its mean relaxing", () => {
    const network = parseNetwork("0 -> A @ 30\nA -> 0 @ 1.5");
    const initial = { kind: "poisson", means: { A: 4 } } as const;
    const solution = solveExact(network, { initial, times: [0.3, 10], tolerance: 1e-12 });
    for (const [t, time] of [0.3, 10].entries()) {
      const mean = 20 + (4 - 20) * Math.exp(-1.5 * time);
      solution
        .marginal("A", t)
        .forEach((p, n) => expect(Math.abs(p - exp(logPoissonMass(n, mean)))).toBeLessThan(2e-12));
      expect(solution.mean("A")[t]).toBeCloseTo(mean, 9);
      expect(solution.variance("A")[t]).toBeCloseTo(mean, 8);
    }
  });

  test("birth and death have the Galton-Watson mean, variance and extinction probability", () => {
    const [birth, death, time, n0] = [0.5, 1.5, 0.7, 10];
    const network = parseNetwork(`A -> 2 A @ ${birth}\nA -> 0 @ ${death}\nA = ${n0}`);
    const solution = solveExact(network, { times: [time], tolerance: 1e-12 });
    const growth = Math.exp((birth - death) * time);
    const gone = (death * (growth - 1)) / (birth * growth - death);
    expect(solution.mean("A")[0]).toBeCloseTo(n0 * growth, 8);
    const variance = (n0 * (birth + death) * growth * (growth - 1)) / (birth - death);
    expect(solution.variance("A")[0]).toBeCloseTo(variance, 7);
    expect(solution.marginal("A", 0)[0]).toBeCloseTo(gone ** n0, 11);
  });

  test("A + A -> 0 from 100 copies at k = 0.01", () => {
    const solution = solveExact(parseNetwork("2 A -> 0 @ 0.01\nA = 100"), { times: [1] });
    expect(Math.abs(solution.mean("A")[0] - 50.209023)).toBeLessThan(1e-6);
    expect(Math.abs(solution.variance("A")[0] - 29.260132)).toBeLessThan(1e-6);
  });

  test("independent conversions stay multinomial, and expectations of any function are weighted sums", () => {
    const solution = solveExact(parseNetwork("A -> B @ 1\nB -> C @ 2\nA = 6"), { times: [0.5] });
    const a = Math.exp(-0.5);
    const b = Math.exp(-0.5) - Math.exp(-1);
    expect(solution.states.length / 3).toBe(28);
    expect(solution.expectation((x) => x[0] * x[1])[0]).toBeCloseTo(30 * a * b, 9);
    expect(solution.mean("C")[0]).toBeCloseTo(6 * (1 - a - b), 9);
  });
});

describe("the box", () => {
  const immigration = parseNetwork("0 -> A @ 100\nA -> 0 @ 1");

  test("grows until less than the tolerance is missing, and the bound holds", () => {
    for (const tolerance of [1e-4, 1e-8, 1e-12]) {
      const { probabilities, leak, states } = solveExact(immigration, { times: [0.5, 3], tolerance });
      const sum = probabilities.subarray(states.length).reduce((total, p) => total + p, 0);
      expect(leak[1]).toBeLessThanOrEqual(tolerance);
      expect(leak[0]).toBeLessThanOrEqual(leak[1]);
      expect(1 - sum).toBeLessThanOrEqual(leak[1] + 1e-13);
    }
  });

  test("may begin where the caller says", () => {
    const wide = solveExact(immigration, { times: [1], box: { A: 300 } });
    expect([...wide.box]).toEqual([300]);
    const grown = solveExact(immigration, { times: [1], box: new Map([["A", 20]]) });
    expect(grown.box[0]).toBeGreaterThan(100);
    expect(grown.mean("A")[0]).toBeCloseTo(wide.mean("A")[0], 7);
  });

  test("grows only along the species that leak", () => {
    const { box } = solveExact(parseNetwork("0 -> A @ 50\nA -> 0 @ 1\nB <-> C @ 1, 1\nB = 3"), { times: [2] });
    expect(box[0]).toBeGreaterThan(60);
    expect([box[1], box[2]]).toEqual([3, 3]);
  });

  test("that would need too many states is an error with the leak and what to try", () => {
    const growing = parseNetwork("A -> 2 A @ 1\nA = 10");
    const solve = (): unknown => solveExact(growing, { times: [1, 20], maxStates: 500 });
    expect(solve).toThrow(NumericalError);
    expect(solve).toThrow(
      /more than 500 states are needed: the box A ≤ \d+ still leaks .* by t = .*Loosen the tolerance/,
    );
    const start = parseNetwork("0 -> A @ 1\n0 -> B @ 1");
    const initial = { kind: "poisson", means: { A: 100, B: 100 } } as const;
    for (const maxStates of [100, 30_000]) {
      // At 100 the start alone does not fit; at 30 000 the box around it does not.
      expect(() => solveExact(start, { initial, times: [1], maxStates })).toThrow(`more than ${maxStates} states`);
    }
  });

  test("boundary species stay where they are", () => {
    const solution = solveExact(parseNetwork("F -> F + A @ 2\nA -> 0 @ 1\nboundary F = 3"), { times: [30] });
    expect(solution.mean("F")[0]).toBe(3);
    expect(solution.mean("A")[0]).toBeCloseTo(6, 8);
  });
});

test("networks without species, copies or rates stay where they are", () => {
  expect([...solveExact(parseNetwork(""), { times: [0, 5] }).probabilities]).toEqual([1, 1]);
  expect([...solveExact(parseNetwork("A -> 0 @ 1"), { times: [3] }).probabilities]).toEqual([1]);
  expect(solveExact(parseNetwork("A -> 0 @ 0\nA = 4"), { times: [3] }).mean("A")[0]).toBe(4);
});

test("two independent starts are a product", () => {
  const initial = [
    { kind: "binomial", trials: { A: 3 }, probability: { A: 0.5 } },
    { kind: "table", species: "B", probabilities: [0.25, 0, 0.75] },
  ] as const;
  const solution = solveExact(parseNetwork("A -> A @ 1\nB -> B @ 1"), { initial, times: [0], start: 0 });
  const half = [0.125, 0.375, 0.375, 0.125];
  half.forEach((p, n) => expect(solution.marginal("A", 0)[n]).toBeCloseTo(p, 12));
  expect([...solution.marginal("B", 0)].map((p) => Math.round(p * 1e9) / 1e9)).toEqual([0.25, 0, 0.75]);
});

test("six species whose box would not fit a number are found by text", () => {
  const text = "A -> B @ 1\nB -> C @ 1\nC -> D @ 1\nD -> E @ 1\nE -> F @ 1\nA = 2";
  const box = Object.fromEntries(["A", "B", "C", "D", "E", "F"].map((name) => [name, 1000]));
  expect(solveExact(parseNetwork(text), { times: [1], box }).states.length / 6).toBe(21);
});

test.each<[wrong: Partial<ExactOptions>, message: string]>([
  [{ tolerance: 0 }, "tolerance must lie in [1e-14, 1), got 0"],
  [{ maxStates: 0 }, "maxStates must be at least 1, got 0"],
  [{ times: [2, 1] }, "times[1] must be finite and after times[0] = 2, got 1"],
  [{ box: { A: 3 } }, "the box of A must be an integer of at least 20, its start, got 3"],
  [{ box: { B: 3 } }, 'the network has no species "B"'],
])("refuses %j", (wrong, message) => {
  expect(() => solveExact(parseNetwork("2 A -> 0 @ 1\nA = 20"), { times: [1], ...wrong })).toThrow(message);
});

test("a time that is not there and a propensity that is not one are refused", () => {
  expect(() => solveExact(parseNetwork("A -> 0 @ 1"), { times: [1] }).marginal("A", 1)).toThrow(
    "an index below 1, got 1",
  );
  expect(() => solveExact(parseNetwork("0 -> A @ = 2.5 - A"), { times: [1] })).toThrow("reaction 1 is -0.5 at A = 3");
  expect(() => solveExact(parseNetwork("A -> 0 @ = 1"), { times: [1] })).toThrow("reaction 1 takes A to -1");
  expect(() => solveExact(parseNetwork("A -> 0 @ 1e12\nA = 1"), { times: [1] })).toThrow(
    "one interval needs 1.0e+12 products",
  );
});

test("a population that grows without end stops after a stated amount of work, with what to try", () => {
  const network = parseNetwork("A -> 2 A @ 2\nA = 100");
  expect(() => solveExact(network, { times: [1, 50], maxWork: 1e7 })).toThrow(
    /more than 1e\+7 updates are needed: by t = \d+ the box is A ≤ \d+ with \d+ states\. End earlier/,
  );
});
