import { rodas4 } from "@dbd/ode";
import { expect, test } from "vitest";
import { type ExactSolution, solveExact } from "../exact.ts";
import type { InitialDistribution } from "../initial.ts";
import { parseNetwork } from "../parse.ts";
import type { Closure } from "./closure.ts";
import { derivativeMatchingClosure } from "./derivativeMatching/index.ts";
import { logNormalClosure } from "./logNormal/index.ts";
import { normalClosure } from "./normal/index.ts";
import { poissonClosure } from "./poisson/index.ts";
import { type ClosureSolution, solveClosure } from "./solveClosure.ts";
import { zeroClosure } from "./zero/index.ts";

// Golden numbers: the project's reference tables (EXACT 3.1–3.4 and 3.6), made with another program (raw-moment
// equations, LSODA at 1e-8, beside the truncated master equation by matrix exponential).

const closures: Readonly<Record<string, Closure>> = {
  zero: zeroClosure,
  normal: normalClosure,
  poisson: poissonClosure,
  lognormal: logNormalClosure,
};

/** Closure and order; when it blows up; worst error of the mean and the variance in percent; last mean and variance. */
type Row = readonly [label: string, ended: number | undefined, errors: readonly number[], final: readonly number[]];

const choice = (label: string): { closure: Closure; order: number } => {
  const [name, order] = label.split("-");
  return { closure: closures[name], order: Number(order) };
};

/** Largest relative error over the times reached, in percent. */
const worst = (got: Float64Array, truth: ArrayLike<number>): number =>
  got.reduce((most, v, t) => Math.max(most, 100 * Math.abs(v / truth[t] - 1)), 0);

/** To the digits of the table: three for errors, five for values. */
const printed = (got: number, wanted: number, digits: number): void => {
  expect(Math.abs(got - wanted)).toBeLessThanOrEqual(
    0.75 * 10 ** (1 - digits) * 10 ** Math.floor(Math.log10(Math.abs(wanted))),
  );
};

function compare(
  solution: ClosureSolution,
  species: string,
  truth: ExactSolution,
  [, ended, errors, final]: Row,
): void {
  expect(solution.ended === undefined).toBe(ended === undefined);
  if (ended !== undefined) expect(Math.abs(solution.ended! - ended)).toBeLessThan(1e-3);
  const hasVariance = errors.length > 1;
  const mean = solution.mean(species);
  printed(worst(mean, truth.mean(species)), errors[0], 3);
  printed(mean.at(-1)!, final[0], 5);
  if (!hasVariance) return;
  const variance = solution.variance(species);
  printed(worst(variance, truth.variance(species)), errors[1], 3);
  printed(variance.at(-1)!, final[1], 5);
}

const decline = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const annihilation = parseNetwork("2 A -> 0 @ k\nk = 1\nA = 20");
const spread: InitialDistribution = { kind: "poisson", means: { A: 10 } };

const fixedStart: readonly Row[] = [
  ["normal-1", undefined, [5.13e3], [1.0064]],
  ["zero-2", 2.152, [566, 2.28e3], [-1.8009, 14.853]],
  ["normal-2", 2.152, [566, 2.28e3], [-1.8009, 14.853]],
  ["poisson-2", undefined, [7.69e3, 2.07e3], [1.5, -0.75023]],
  ["lognormal-2", undefined, [5.21e3, 152], [1.0226, -0.019677]],
  ["normal-3", 1.575, [3.3, 6.6], [1.0991, 0.99059]],
  ["zero-3", undefined, [5.16e3, 3.36e3], [1.0123, -1.2413]],
  ["normal-4", 1.431, [24.2, 202], [1.3216, -1.0856]],
  ["normal-6", 0.674, [0.0406, 0.828], [1.9964, 1.3594]],
];

test.each(fixedStart)("A + A from 20 copies: %s (table 3.1)", (...row) => {
  const truth = solveExact(annihilation, { times: decline, tolerance: 1e-12 });
  compare(solveClosure(annihilation, { ...choice(row[0]), times: decline }), "A", truth, row);
});

test("A + A from 20 copies: normal-5 blows up just after a recording time, where four digits are left (table 3.1)", () => {
  const solution = solveClosure(annihilation, { ...choice("normal-5"), times: decline });
  expect(solution.verdict).toBe("blow-up");
  expect(Math.abs(solution.ended! - 1.003)).toBeLessThan(1e-3);
  expect(Math.abs(solution.mean("A")[5] / -9.2989 - 1)).toBeLessThan(5e-4);
  expect(Math.abs(solution.variance("A")[5] / 3295 - 1)).toBeLessThan(5e-4);
});

const poissonStart: readonly Row[] = [
  ["normal-1", undefined, [97.6], [1.0061]],
  ["zero-2", 2.076, [807, 1.28e4], [-4.8616, 53.008]],
  ["normal-2", 2.076, [807, 1.28e4], [-4.8616, 53.008]],
  ["poisson-2", undefined, [195, 390], [1.5, -0.75022]],
  ["lognormal-2", undefined, [101, 107], [1.0223, -0.017163]],
  ["normal-3", 1.547, [4, 42.4], [1.0485, 0.99292]],
  ["zero-3", undefined, [116, 704], [1.1021, -1.5639]],
  ["normal-4", 1.377, [25.2, 335], [1.368, -1.6352]],
  ["normal-5", 0.9612, [0.0593, 1.9], [1.8318, 1.1743]],
  ["normal-6", 0.6191, [0.481, 25.2], [1.8219, 1.4983]],
];

test.each(poissonStart)("A + A from Poisson(10): %s (table 3.2)", (...row) => {
  const truth = solveExact(annihilation, { initial: spread, times: decline, tolerance: 1e-12 });
  compare(solveClosure(annihilation, { ...choice(row[0]), initial: spread, times: decline }), "A", truth, row);
});

test("A + A from Poisson(10): verdicts with their times", () => {
  const verdict = (label: string): ClosureSolution =>
    solveClosure(annihilation, { ...choice(label), initial: spread, times: decline });
  expect(verdict("normal-1").verdict).toBe("ok");
  expect(verdict("normal-2").verdict).toBe("blow-up");
  expect(verdict("normal-2").reason).toMatch(/^the solution is singular: a moment diverges.* at t = 2\.076/);
  expect(verdict("normal-2").negativeVariance).toBeUndefined();
  const third = verdict("normal-3");
  expect(Math.abs(third.ended! - 1.546)).toBeLessThan(1e-3);
  expect([...third.times]).toEqual(decline.slice(0, 6));
  const early = solveClosure(annihilation, { ...choice("normal-5"), initial: spread, times: decline });
  expect([...early.times]).toEqual(decline.slice(0, 5));
  expect(early.negativeVariance?.time).toBeCloseTo(0.696, 3); // between the last time that was reached and the end
  const loose = { ...choice("normal-2"), initial: spread, times: decline, integration: { rtol: 1e-6 } };
  expect(solveClosure(annihilation, loose).reason).toMatch(/^a moment exceeds 1e\+25 at t = 2\.076/);
  const poisson = verdict("poisson-2");
  expect(poisson.verdict).toBe("negative variance");
  expect(poisson.reason).toMatch(/^the variance of A is negative from t = 0\.815/);
  expect(poisson.negativeVariance?.species).toBe("A");
  expect(Math.abs(poisson.negativeVariance!.time - 0.815)).toBeLessThan(5e-4);
  expect(poisson.ended).toBeUndefined();
  expect(verdict("normal-4")).toMatchObject({ verdict: "blow-up", negativeVariance: { species: "A" } });
});

const immigrationTimes = [0.1, 0.2, 0.5, 1, 2, 5, 20];
const immigration: readonly Row[] = [
  ["normal-1", undefined, [5.45], [7.5887]],
  ["zero-2", undefined, [0.374, 7.24], [7.1811, 5.6128]],
  ["normal-2", undefined, [0.374, 7.24], [7.1811, 5.6128]],
  ["poisson-2", undefined, [0.338, 6.09], [7.2238, 5.04]],
  ["normal-3", undefined, [0.0302, 0.601], [7.2, 5.3601]],
  ["zero-3", undefined, [0.523, 10.7], [7.2354, 4.885]],
  ["normal-4", undefined, [0.00302, 0.0555], [7.1995, 5.3666]],
  ["normal-5", undefined, [0.000389, 0.00683], [7.1995, 5.3666]],
  ["normal-6", undefined, [6.83e-5, 0.00168], [7.1995, 5.3666]],
];
const immigrating = parseNetwork("0 -> A @ 10\n2 A -> 0 @ 0.2");

test.each(immigration)("immigration and annihilation: %s (table 3.3)", (...row) => {
  const truth = solveExact(immigrating, { times: immigrationTimes, tolerance: 1e-12 });
  const solution = solveClosure(immigrating, { ...choice(row[0]), times: immigrationTimes });
  expect(solution.verdict).toBe("ok");
  compare(solution, "A", truth, row);
});

test.each([
  [logNormalClosure, 2],
  [derivativeMatchingClosure, 3],
])("quotients of moments are undefined where a moment is 0: they end at once from an empty start", (closure, order) => {
  const solution = solveClosure(immigrating, { closure, order, times: [0.1, 1] });
  expect(solution.verdict).toBe("blow-up");
  expect(solution.ended).toBeLessThan(1e-5); // the table has 7.1e-6, its program's first step
  expect(solution.reason).toContain("singular");
  expect(solution.mean("A")).toHaveLength(0);
});

test("a singularity in mid course ends the solution there, and what came before is kept", () => {
  const solution = solveClosure(annihilation, { closure: derivativeMatchingClosure, order: 3, times: decline });
  expect(solution.verdict).toBe("blow-up");
  expect(solution.ended).toBeCloseTo(3.398, 2); // our own number: no table has this closure
  expect([...solution.times]).toEqual(decline.slice(0, 7));
});

const schloegl = parseNetwork(`
  A + 2 X -> A + 3 X @ 3e-7
  3 X -> 2 X @ 1e-4
  B -> B + X @ 1e-3
  X -> 0 @ 3.5
  boundary A = 100000
  boundary B = 200000
  X = 250`);

test.each([
  ["normal-1", 569.86, Number.NaN],
  ["normal-2", 559.19, 2030.3],
  ["poisson-2", 559.2, 2027.2],
  ["lognormal-2", 559.65, 1919.5],
  ["normal-3", 558.85, 2113.4],
  ["normal-4", 558.8, 2127.7],
  ["normal-5", 558.79, 2131.7],
  ["normal-6", 558.78, 2133.3],
])("Schlögl: %s settles in the upper mode though the mean is 317 (table 3.4)", (label, mean, variance) => {
  const solution = solveClosure(schloegl, { ...choice(label), times: [20] });
  expect(solution.verdict).toBe("ok");
  printed(solution.mean("X")[0], mean, 5);
  if (!Number.isNaN(variance)) printed(solution.variance("X")[0], variance, 5);
});

test("Schlögl: zero-3 is stiff and spends its budget, which is said (table 3.4: timeout at 6.5)", () => {
  const solution = solveClosure(schloegl, { ...choice("zero-3"), times: [2, 20], integration: { maxSteps: 3000 } });
  expect(solution.verdict).toBe("budget");
  expect(solution.reason).toMatch(/3000 steps were spent.*try rodas4/);
  expect(solution.ended).toBeGreaterThan(2);
  expect([...solution.times]).toEqual([2]);
});

test("Schlögl: zero-2 is unstable, and a stiff method follows it to the end (table 3.4)", () => {
  const solution = solveClosure(schloegl, { ...choice("zero-2"), times: [20], integration: { integrator: rodas4 } });
  expect(solution.verdict).toBe("ok");
  printed(solution.mean("X")[0], 301, 3);
  printed(solution.variance("X")[0], 7.3468e20, 5);
});

test("means and variances of a linear network are exact whatever the closure, from any start", () => {
  const net = parseNetwork("0 -> A @ 4\nA -> B @ 0.7\nB -> 0 @ 0.3\nA = 2");
  const initial: InitialDistribution[] = [
    { kind: "table", species: "A", probabilities: [0.2, 0.3, 0, 0.5] },
    { kind: "binomial", trials: { B: 6 }, probability: { B: 0.25 } },
  ];
  const times = [1, 1.5, 4];
  const truth = solveExact(net, { initial, times, start: 1, tolerance: 1e-12 });
  const solution = solveClosure(net, { closure: normalClosure, order: 2, initial, times, start: 1 });
  expect([...solution.times]).toEqual(times);
  for (const name of ["A", "B"]) {
    expect(worst(solution.mean(name), truth.mean(name))).toBeLessThan(1e-5);
    expect(worst(solution.variance(name), truth.variance(name))).toBeLessThan(1e-5);
  }
});

test("what does not fit is refused by name", () => {
  const solution = solveClosure(annihilation, { closure: normalClosure, order: 1, times: [1] });
  expect(() => solution.variance("A")).toThrow("a closure of order 1 has no variances");
  expect(() => solution.mean("B")).toThrow('no species "B"');
  expect(() => solveClosure(annihilation, { closure: normalClosure, order: 2, times: [-1] })).toThrow(
    "at or after the start",
  );
  expect(() =>
    solveClosure(annihilation, { closure: normalClosure, order: 2, times: [1], integration: { rtol: 2 } }),
  ).toThrow("rtol must be between");
});

test("a million copies at order 5 start beyond 1e25 and are no blow-up; the variance keeps four digits", () => {
  const net = parseNetwork("A -> 0 @ 1\nA = 1000000");
  const solution = solveClosure(net, { closure: normalClosure, order: 5, times: [0.5, 1] });
  expect(solution.verdict).toBe("ok");
  const p = Math.exp(-1);
  expect(Math.abs(solution.mean("A")[1] / (1e6 * p) - 1)).toBeLessThan(1e-9);
  expect(Math.abs(solution.variance("A")[1] / (1e6 * p * (1 - p)) - 1)).toBeLessThan(1e-4);
});

test("a loose tolerance does not make a variance negative", () => {
  const net = parseNetwork("A -> 0 @ 1\n0 -> A @ 0.1\nA = 30000");
  for (const rtol of [1e-4, 1e-6, 1e-8, 1e-12]) {
    expect(solveClosure(net, { ...choice("normal-2"), times: [0.1], integration: { rtol } }).verdict).toBe("ok");
  }
});

test("a signal stops it, and what was done is kept", () => {
  const signal = { aborted: true };
  const solution = solveClosure(annihilation, { ...choice("normal-2"), times: [1], integration: { signal } });
  expect(solution).toMatchObject({ verdict: "aborted", ended: 0 });
  expect(solution.times).toHaveLength(0);
});
