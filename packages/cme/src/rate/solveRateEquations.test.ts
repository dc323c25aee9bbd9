import { dormandPrince54, ndf, rodas4 } from "@dbd/ode";
import { expect, test } from "vitest";
import { parseNetwork } from "../parse.ts";
import { solveRateEquations } from "./solveRateEquations.ts";

const grid = (end: number, steps: number): number[] => Array.from({ length: steps + 1 }, (_, i) => (i * end) / steps);
const near = (got: Float64Array, want: (t: number) => number, times: ArrayLike<number>, tolerance: number): void => {
  got.forEach((v, i) => expect(Math.abs(v - want(times[i]))).toBeLessThan(tolerance));
};

test("decay, dimerisation and a driven species follow their closed forms", () => {
  const times = grid(4, 8);
  const decay = solveRateEquations(parseNetwork("A -> B @ 0.5\nA = 100"), times);
  expect(decay.stopped).toBe("end");
  near(decay.column("A"), (t) => 100 * Math.exp(-0.5 * t), times, 1e-5);
  expect(decay.values.length).toBe(2 * times.length);
  const pair = solveRateEquations(parseNetwork("2 A -> B @ 0.2\nA = 10"), times);
  near(pair.column("A"), (t) => 10 / (1 + 0.2 * 10 * t), times, 1e-6);
  const driven = solveRateEquations(parseNetwork("0 -> A @ = cos(time)\nA = 1\ndouble := 2*A"), times);
  near(driven.column("double"), (t) => 2 + 2 * Math.sin(t), times, 1e-6);
});

test("times may begin after the start, and the start may be elsewhere", () => {
  const network = parseNetwork("A -> 0 @ 1\nA = 1");
  const { times, values } = solveRateEquations(network, [3, 4], { start: 2, initial: new Map([["A", 5]]) });
  expect([...times]).toEqual([3, 4]);
  expect(Math.abs(values[1] - 5 * Math.exp(-2))).toBeLessThan(1e-7);
});

test("a stiff network makes the automatic choice go over to a stiff method, a mild one does not", () => {
  const robertson = parseNetwork("A -> B @ 0.04\nB + B -> B + C @ 6e7\nB + C -> A + C @ 1e4\nA = 1");
  const stiff = solveRateEquations(robertson, [0, 0.4, 400, 40000], { rtol: 1e-7, atol: 1e-12 });
  expect(stiff.stopped).toBe("end");
  expect(stiff.methods).toEqual(["dormandPrince54", "rodas4"]);
  expect(stiff.switched).toBeGreaterThan(0);
  expect(stiff.counts.accepted).toBeLessThan(2000);
  // SUNDIALS cvRoberts_dns prints 0.98517, 0.45053 and 0.03898; the digits here are those of rodas4 and ndf at 1e-10
  const sharp = [rodas4, ndf].map((integrator) =>
    solveRateEquations(robertson, [0, 0.4, 400, 40000], { integrator, rtol: 1e-9, atol: 1e-14 }).column("A"),
  );
  stiff.column("A").forEach((v, i) => {
    for (const other of sharp) expect(Math.abs(v / other[i] - 1)).toBeLessThan(1e-5);
  });
  const mild = solveRateEquations(parseNetwork("A -> B @ 1\nB -> A @ 2\nA = 1"), grid(1, 4));
  expect(mild.methods).toEqual(["dormandPrince54"]);
});

test("events on time and state, with delay and reset, happen where they should", () => {
  const times = grid(6, 6);
  const network = parseNetwork(
    `0 -> A @ k
    k = 1
    A = 0
    event full: when A >= 2.5; set A = 0
    event later: when time >= 3; set k = 2; delay 1.25`,
  );
  const { events, column, stopped } = solveRateEquations(network, times);
  expect(stopped).toBe("end");
  expect(events.map(({ event, time }) => [event, time.toFixed(9)])).toEqual([
    [0, "2.500000000"],
    [1, "4.250000000"],
    [0, "4.625000000"],
    [0, "5.875000000"],
  ]);
  near(column("A"), (t) => [0, 1, 2, 0.5, 1.5, 0.75, 0.25][t], times, 1e-7);
});

test("an event that falls on a time of the grid has fired there; one true at the start fires when it may", () => {
  const text = (initially: string): string =>
    `0 -> A @ 1\nA = 0\nevent: when time >= 2; set A = 10\nevent: when time >= 0; set A = 100${initially}`;
  expect([...solveRateEquations(parseNetwork(text("")), [0, 1, 2]).values]).toEqual(
    [0, 1, 10].map((v) => expect.closeTo(v, 9)),
  );
  const fires = solveRateEquations(parseNetwork(text("; initially false")), [0, 1, 2]);
  expect([...fires.values]).toEqual([100, 101, 10].map((v) => expect.closeTo(v, 7)));
});

test("priority orders what happens at one time; cancelled triggers do not happen", () => {
  const network = parseNetwork(
    `0 -> A @ 0
    species X = 1
    event low: when time >= 1; set X = X + 10; priority 1; values after delay
    event high: when time >= 1; set X = X*2; priority 2; values after delay
    event gone: when time >= 2 and time < 2.5; set X = 1000; delay 1; cancelled when false`,
  );
  const { events, column } = solveRateEquations(network, [0, 1, 4]);
  expect(events.map(({ event }) => event)).toEqual([1, 0]);
  expect([...column("X")]).toEqual([1, 12, 12].map((v) => expect.closeTo(v, 9)));
});

test("what goes wrong on the way is data: blow-up, endless events, budget, abort", () => {
  const explosion = solveRateEquations(parseNetwork("2 A -> 3 A @ 2\nA = 1"), grid(2, 8));
  expect(explosion.stopped).not.toBe("end");
  expect(explosion.times.length).toBeGreaterThanOrEqual(4);
  expect(explosion.times.at(-1)).toBeLessThanOrEqual(1);
  near(explosion.column("A").subarray(0, 4), (t) => 1 / (1 - t), explosion.times, 1e-4);
  const endless = parseNetwork(
    "0 -> A @ 1\nA = 0\nx = 0\ny = 0\nevent: when A > 1 and x <= y; set x = y + 1\nevent: when y < x; set y = x",
  );
  const stuck = solveRateEquations(endless, grid(2, 4));
  expect(stuck.stopped).toBe("failed");
  expect(stuck.reason).toContain("events trigger each other without end at t = 1");
  expect([...stuck.times]).toEqual([0, 0.5, 1]); // A > 1 from just after 1 on
  const notANumber = solveRateEquations(parseNetwork("A -> B @ 1\n0 -> C @ = sqrt(1 - B)\nA = 2"), grid(2, 4));
  expect([notANumber.stopped, ...notANumber.times]).toEqual(["failed", 0, 0.5]);
  expect(notANumber.reason).toMatch(/the field's component of C is NaN at t = 0\.\d/);
  const decay = parseNetwork("A -> 0 @ 1\nA = 1");
  const budget = solveRateEquations(decay, grid(10, 10), { maxSteps: 20 });
  expect(budget).toMatchObject({ stopped: "budget", advice: expect.stringContaining("maxSteps") as string });
  expect(budget.times.length).toBeGreaterThan(1);
  expect(solveRateEquations(decay, [0, 1], { signal: { aborted: true } }).stopped).toBe("aborted");
});

test("bad input is refused before any work", () => {
  const decay = parseNetwork("A -> 0 @ 1\nA = 1");
  expect(() => solveRateEquations(decay, [1, 0])).toThrow("times[1]");
  expect(() => solveRateEquations(decay, [0, 1], { initial: new Map([["B", 1]]) })).toThrow('no species "B"');
  expect(() => solveRateEquations(decay, [0, 1], { initial: new Map([["A", Number.NaN]]) })).toThrow("must be finite");
  expect(() => solveRateEquations(decay, [0, 1]).column("Z")).toThrow('no species "Z"');
});

test("a long solution goes over to WebAssembly, with the numbers of the generic methods", () => {
  const clock = parseNetwork(
    "0 -> A @ = k/(1 + C^4)\nA -> B @ 1\nB -> C @ 1\nC -> 0 @ = 2*C/(1 + C) + 0*sin(time)\nk = 40\nA = 1\nB = 0\nC = 0",
  );
  const times = grid(400, 40);
  const wasm = solveRateEquations(clock, times);
  const generic = solveRateEquations(clock, times, { backend: "generic" });
  expect([wasm.stopped, wasm.backend, generic.backend]).toEqual(["end", "wasm", "generic"]);
  expect(wasm.counts.accepted).toBe(generic.counts.accepted);
  expect(wasm.methods).toEqual(generic.methods);
  wasm.values.forEach((v, i) => expect(Math.abs(v - generic.values[i])).toBeLessThan(1e-7));
  const blowUp = parseNetwork("2 A -> 3 A @ 2\nA = 1");
  const failed = solveRateEquations(blowUp, [0, 0.5, 2], { integrator: dormandPrince54 });
  expect(failed.stopped).toBe("failed");
  expect(failed.reason).toContain("step size fell");
  expect([...failed.times]).toEqual([0, 0.5]);
});

test("a stiff chain of 80 species is solved by the emitted rodas4, one where all meet by ndf", () => {
  const ids = Array.from({ length: 80 }, (_, i) => `X${i}`);
  const chain = ids.map((id, i) => `${id} <-> X${(i + 1) % 80} @ ${10 ** (i % 6)}, 1`).join("\n");
  const start = "\nX0 = 1000";
  const sparse = solveRateEquations(parseNetwork(chain + start), [0, 50], { rtol: 1e-5, atol: 1e-6 });
  expect(sparse).toMatchObject({ stopped: "end", methods: ["dormandPrince54", "rodas4"], backend: "wasm" });
  const generic = solveRateEquations(parseNetwork(chain + start), [0, 50], {
    rtol: 1e-7,
    atol: 1e-6,
    integrator: ndf,
    backend: "generic",
  });
  sparse.values.forEach((v, i) => expect(Math.abs(v - generic.values[i])).toBeLessThan(1e-2));
  const meet = ids.map((id) => `${id} -> 0 @ = 1e-3*${id}*total`).join("\n");
  const full = parseNetwork(`${chain}\n${meet}\ntotal := ${ids.join(" + ")}${start}`);
  const dense = solveRateEquations(full, [0, 0.03], { rtol: 1e-4, atol: 1e-3 });
  expect(dense).toMatchObject({ stopped: "end", methods: ["dormandPrince54", "ndf"] });
});
