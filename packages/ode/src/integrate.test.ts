import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { expect, test } from "vitest";
import {
  bogackiShampine32,
  dormandPrince54,
  fieldOf,
  integrate,
  integrateAsync,
  ndf,
  rk4,
  rodas4,
  solve,
  tsit54,
  explicitRungeKutta,
  type AdaptiveProblem,
  type Field,
} from "./index.ts";
import { clocked, logistic, spiral, spiralAt } from "./sampleFields.ts";

const u = Float64Array.of(2, -0.7);
const worst = (got: ArrayLike<number>, exact: readonly number[]): number =>
  exact.reduce((most, v, i) => Math.max(most, Math.abs(v - got[i])), 0);

// No FSAL and no interpolant of its own: Heun's method with Euler's weights embedded.
const heun21 = explicitRungeKutta("heun21", 2, [[], [1]], [1 / 2, 1 / 2], { embedded: { order: 1, weights: [1, 0] } });

test.each([
  { integrator: heun21, tolerances: [1e-3, 1e-4, 1e-5], factor: 30 },
  { integrator: bogackiShampine32, tolerances: [1e-3, 1e-5, 1e-7], factor: 5 },
  { integrator: dormandPrince54, tolerances: [1e-5, 1e-7, 1e-9, 1e-11], factor: 10 },
  { integrator: tsit54, tolerances: [1e-5, 1e-7, 1e-9, 1e-11], factor: 10 },
])("$integrator.name: the error follows the tolerance, between the steps too", ({ integrator, tolerances, factor }) => {
  const times = Array.from({ length: 41 }, (_, i) => i * 0.05); // far more than steps
  const exact = times.flatMap((t) => spiralAt(t, 0.5, u));
  for (const rtol of tolerances) {
    const { values, stopped } = integrate(fieldOf(spiral, u), { y0: [0.5, 0], times, integrator, rtol });
    expect(stopped).toBe("end");
    const error = worst(values, exact);
    expect(error).toBeLessThan(factor * rtol);
    expect(error).toBeGreaterThan(rtol / 1000); // the tolerance is what limits it
  }
});

const witch: Field["evaluate"] = (t, [y], out) => void (out[0] = -2 * t * y * y);
test("a time-dependent field: dy/dt = −2 t y² has y = 1/(1 + t²), and agrees with its own clock as a state", () => {
  const times = [0, 0.5, 1, 3];
  const problem = { times, integrator: tsit54, rtol: 1e-10 };
  const { values } = integrate(witch, { ...problem, y0: [1] });
  expect(
    worst(
      values,
      times.map((t) => 1 / (1 + t * t)),
    ),
  ).toBeLessThan(1e-9);
  const own = integrate(fieldOf(clocked, new Float64Array(0)), { ...problem, y0: [1, 0] });
  times.forEach((_, i) => expect(own.values[2 * i]).toBeCloseTo(values[i], 9));
});

test("times may decrease: backwards undoes forwards", () => {
  const problem = { integrator: dormandPrince54, rtol: 1e-11 };
  const field = fieldOf(logistic, Float64Array.of(1));
  const there = integrate(field, { ...problem, y0: [0.1], times: [0, 1, 2] });
  const back = integrate(field, { ...problem, y0: there.end.y, times: [2, 1, 0] });
  expect(back.values[1]).toBeCloseTo(there.values[1], 9);
  expect(back.values[2]).toBeCloseTo(0.1, 9);
  expect([...back.steps]).toEqual([...back.steps].sort((a, b) => b - a));
});

test("solve on the accepted steps repeats them", () => {
  const u1 = Float64Array.of(1);
  const path = integrate(fieldOf(logistic, u1), { y0: [0.1], times: [0, 1, 4], integrator: tsit54, land: true });
  const again = solve(logistic, u1, { y0: [0.1], times: path.steps, integrator: tsit54 });
  path.times.forEach((t, i) => {
    const row = path.steps.indexOf(t);
    expect(row).toBeGreaterThanOrEqual(0); // `land` makes every recording time a step's end
    expect(Math.abs(again.values[row] - path.values[i])).toBeLessThan(1e-14);
  });
});

test("the counts are what was done", () => {
  let calls = 0;
  const field: Field["evaluate"] = (t, [y], out) => {
    calls++;
    out[0] = t > 1 && t < 1.1 ? 50 * y : -y; // a jump, so that steps are rejected
  };
  const { counts, steps } = integrate(field, { y0: [1], times: [0, 3], integrator: tsit54 });
  expect(counts.evaluations).toBe(calls);
  expect(counts.rejected).toBeGreaterThan(0);
  expect(calls).toBe(2 + 6 * (counts.accepted + counts.rejected)); // the start, its first step, six new stages a try
  expect(steps).toHaveLength(counts.accepted + 1);
});

const untouched = (): never => expect.unreachable();
test("a single time returns y0 and evaluates nothing; a fixed point stays; no states are no trouble", () => {
  expect([...integrate(untouched, { y0: [0.3], times: [5], integrator: tsit54 }).values]).toEqual([0.3]);
  const still = integrate((_t, _y, out) => void out.fill(0), { y0: [1, 2], times: [0, 100], integrator: tsit54 });
  expect([...still.values]).toEqual([1, 2, 1, 2]);
  expect(still.counts.accepted).toBeLessThan(15);
  expect(integrate(() => undefined, { y0: [], times: [0, 1], integrator: tsit54 }).stopped).toBe("end");
});

const pulse: Field["evaluate"] = (t, _y, out) => void (out[0] = t > 50 && t < 50.5 ? 1 : 0);
test("a pulse that the first steps would jump over is seen with maxStep, and the first step can be given", () => {
  const problem = { y0: [0], times: [0, 100], integrator: tsit54 };
  expect(integrate(pulse, problem).end.y[0]).toBe(0);
  expect(integrate(pulse, { ...problem, maxStep: 0.4 }).end.y[0]).toBeCloseTo(0.5, 4);
  expect(integrate(pulse, { ...problem, firstStep: 0.25 }).steps[1]).toBe(0.25);
});

const fast: Field["evaluate"] = (t, [y], out) => void (out[0] = -1e4 * (y - Math.cos(t)));
test.each([tsit54, rodas4, ndf])(
  "$name: recording times a rounding apart, and large times, are no trouble",
  (integrator) => {
    const ulp = Number.EPSILON;
    const decay: Field["evaluate"] = (_t, [y], out) => void (out[0] = -y);
    const problem = { y0: [1], integrator, rtol: 1e-8, land: true };
    const near = integrate(decay, { ...problem, times: [1, 1 + ulp, 1 + 3 * ulp, 2] });
    expect([...near.times]).toEqual([1, 1 + ulp, 1 + 3 * ulp, 2]);
    expect(near.end.y[0]).toBeCloseTo(Math.exp(-1), 6);
    const pull: Field["evaluate"] = (t, [y], out) => void (out[0] = -100 * (y - Math.cos(t)));
    const late = integrate(pull, { ...problem, rtol: 1e-5, times: [1e9, 1e9 + 1] });
    expect(late.end.y[0]).toBeCloseTo((1e4 * Math.cos(1e9 + 1) + 100 * Math.sin(1e9 + 1)) / 10001, 4);
    expect(late.counts.accepted).toBeLessThan(400);
  },
);

test("the budget ends it as data: how far it came, why, and what to try", () => {
  const path = integrate(fast, { y0: [0], times: [0, 0.1, 10], integrator: tsit54, maxSteps: 1000 });
  expect(path.stopped).toBe("budget");
  expect(path.reason).toMatch(/1000 steps were spent at t = 0\.\d+, \d\.\d+ % of the way/);
  expect(path.advice).toMatch(/stiff: try rodas4/);
  expect([...path.times]).toEqual([0, 0.1]); // only what was reached is returned
  expect(path.values).toHaveLength(2);
  expect(path.end.time).toBeGreaterThan(0.1);
});

test("a signal stops it between two steps, and it can go on from there", () => {
  const controller = new AbortController();
  const field: Field["evaluate"] = (t, [y], out) => {
    if (t > 1) controller.abort();
    out[0] = -y;
  };
  const problem = { integrator: tsit54, rtol: 1e-10 };
  const path = integrate(field, { ...problem, y0: [1], times: [0, 0.5, 5], signal: controller.signal });
  expect(path.stopped).toBe("aborted");
  expect([...path.times]).toEqual([0, 0.5]);
  const rest = integrate(field, { ...problem, y0: path.end.y, times: [path.end.time, 5] });
  expect(rest.end.y[0]).toBeCloseTo(Math.exp(-5), 9);
});

test("the asynchronous form gives the same, reports, and lets others abort", async () => {
  const field = fieldOf(spiral, u);
  const problem = { y0: [0.5, 0], times: [0, 1, 20], integrator: tsit54, rtol: 1e-9 };
  const seen: number[] = [];
  const path = await integrateAsync(field, { ...problem, onProgress: ({ done, total }) => seen.push(done / total) });
  expect(path).toEqual(integrate(field, problem));
  expect(seen.at(-1)).toBe(1);
  const controller = new AbortController();
  const endless = integrateAsync((_t, [y], out) => void (out[0] = Math.sin(1e3 * y)), {
    ...problem,
    y0: [0],
    times: [0, 1e9],
    maxStep: 1,
    maxSteps: 1e9,
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(), 20);
  expect((await endless).stopped).toBe("aborted");
});

const failure = (field: Field["evaluate"], problem: Partial<AdaptiveProblem> = {}): NumericalError => {
  try {
    integrate(field, { y0: [1], times: [0, 2], integrator: tsit54, ...problem });
  } catch (error) {
    return error as NumericalError;
  }
  return expect.unreachable();
};

test("a singularity: step size underflow names the time, the component and what to try", () => {
  const error = failure((_t, [, y], out) => out.set([0, y * y]), { y0: [1, 1] }); // y = 1/(1 − t)
  expect(error).toBeInstanceOf(NumericalError);
  expect(error.message).toMatch(
    /integrate\(tsit54\): step size fell to \d\.\de-\d+ at t = (1\.0000|0\.9999)\d*; .*y\[1\]/,
  );
  expect(error.message).toMatch(/probably stiff there, try rosenbrock/);
  expect(error.details.time).toBeCloseTo(1, 4);
});

test("a field that is not finite is named with time, component and state", () => {
  const root = failure((t, _y, out) => void (out[0] = -Math.sqrt(1 - t)));
  expect(root.message).toMatch(/the field's component 0 is NaN at t = (1\.00|0\.999)\d*, y = \[0\.333/);
  const start = failure((_t, [y], out) => void (out[0] = 1 / (y - 1)));
  expect(start.message).toMatch(/the field's component 0 is Infinity at t = 0, y = \[1\]/);
  const forgotten = failure((_t, _y, out) => void (out[0] = 1), { y0: [1, 2] });
  expect(forgotten.message).toMatch(/component 1 is NaN at t = 0.*an entry that is never written/);
  const late = failure((t, _y, out) => void (out[0] = t > 1 ? Number.NaN : 1), { integrator: heun21 });
  expect(late.message).toMatch(/component 0 is NaN at t = 1\.0/);
});

test("an error of the user's own passes through", () => {
  expect(
    failure(() => {
      throw new RangeError("mine");
    }),
  ).toEqual(new RangeError("mine"));
});

test.each([
  ["a method without embedded weights", { integrator: rk4 }, /rk4 has no embedded weights.*tsit54/],
  ["a wrong tableau", { integrator: { ...tsit54, b: [1, 0, 0, 0, 0, 0, 0] } }, /the tableau of tsit54 is wrong/],
  ["rtol below rounding", { rtol: 1e-17 }, /rtol must be between 1e-14 \(rounding\) and 1, got 1e-17/],
  ["rtol NaN", { rtol: Number.NaN }, /rtol must be/],
  ["atol 0", { atol: [0] }, /atol must be positive, got 0 for component 0/],
  ["atol of the wrong length", { atol: [1, 1] }, /atol must have length 1 \(\[P\]\), got 2/],
  ["no steps", { maxSteps: 0 }, /maxSteps must be positive/],
  ["a negative maxStep", { maxStep: -1 }, /maxStep must be positive, got -1/],
  ["a first step of 0", { firstStep: 0 }, /firstStep must be positive, got 0/],
  ["times that turn round", { times: [0, 1, 0.5] }, /got 1 then 0.5/],
  ["y0 of the wrong length", { y0: [1, 2] }, /integrate: y0 must have length 1/],
  [
    "an event's direction",
    { events: [{ value: () => 1, direction: 0 as 1 }] },
    /events\[0\]\.direction must be 1 or -1/,
  ],
] as const)("%s is refused before any work", (_, change, message) => {
  const untouched: Field = { size: 1, evaluate: () => expect.unreachable() };
  const run = (): unknown => integrate(untouched, { y0: [0.1], times: [0, 1], integrator: tsit54, ...change });
  expect(run).toThrow(ArgumentError);
  expect(run).toThrow(message);
});

test("coefficients of another length are refused", () => {
  expect(() => fieldOf(logistic, new Float64Array(3))).toThrow(/fieldOf: u must have length 1 \(\[Q\]\), got 3/);
});

test("the field of a Dynamics has its Jacobian", () => {
  const field = fieldOf(spiral, u);
  const out = new Float64Array(4);
  field.jacobian?.(0, Float64Array.of(1, 0), out); // on the circle: radial decay 2, turning w + s, shear 2 s
  expect([...out]).toEqual([-2, -(2 - 0.7), 2 - 0.7 - 1.4, 0].map((v) => expect.closeTo(v, 14)));
  field.timeDerivative?.(0, Float64Array.of(1, 0), out);
  expect(out[0]).toBe(0);
});

test("the seven-stage step written out and the general one give the same path", () => {
  const spin =
    (P: number): Field["evaluate"] =>
    (_t, y, out) => {
      for (let p = 0; p < P; p += 2) out.set([-y[p + 1], y[p] * (1 - 0.1 * y[p] * y[p])], p);
    };
  const ends = [2, 64].map((P) => {
    const y0 = Float64Array.from({ length: P }, (_, p) => (p % 2 === 0 ? 1 : 0)); // 32 copies of the first two
    return integrate(spin(P), { y0, times: [0, 2.5, 5], integrator: dormandPrince54, rtol: 1e-7 });
  });
  expect(ends[1].counts.accepted).toBe(ends[0].counts.accepted);
  ends[1].end.y.forEach((v, p) => expect(v).toBeCloseTo(ends[0].end.y[p % 2], 13));
  expect(ends[1].values[64]).toBeCloseTo(ends[0].values[2], 13); // dense output at t = 2.5
});
