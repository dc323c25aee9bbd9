import { stream } from "@dbd/numerics/random/stream";
import type { Progress } from "@dbd/numerics/run";
import { expect, test, vi } from "vitest";
import {
  closeEnsembleWorkers,
  type Ensemble,
  type EnsembleCheckpoint,
  type SimulateOptions,
  simulateEnsemble,
} from "./ensemble.ts";
import { solveExact } from "./exact.ts";
import { statisticMoments } from "./histogram.ts";
import { parseNetwork } from "./parse.ts";
import { direct } from "./ssa/direct/index.ts";

const birthDeath = parseNetwork("0 -> A @ 40\nA -> 0 @ 1\nA -> B @ 0.5\nA = 10");
const options: SimulateOptions = { times: [0, 0.5, 2], runs: 300, seed: "ensemble" };

const bits = (e: Ensemble): unknown => ({
  ...e,
  histogram: undefined,
  checkpoint: undefined,
  A: e.histogram("A"),
  B: e.histogram("B"),
});

test("results have the same bits for one, two and three workers", async () => {
  const initial = { kind: "poisson", means: { A: 8 } } as const;
  const all = { ...options, initial, trajectories: true, histograms: true };
  const one = await simulateEnsemble(birthDeath, all);
  const three = await simulateEnsemble(birthDeath, { ...all, workers: 3 });
  const started = vi.fn();
  process.on("worker", started);
  const two = await simulateEnsemble(birthDeath, { ...all, workers: 2 });
  process.off("worker", started);
  expect(started).not.toHaveBeenCalled(); // the threads of the ensemble before were kept
  expect(one.stopped).toBe("end");
  expect(one.runs).toBe(300);
  expect(bits(two)).toEqual(bits(one));
  expect(bits(three)).toEqual(bits(one));
});

test("a longer ensemble begins with the runs of a shorter one", async () => {
  const short = await simulateEnsemble(birthDeath, { ...options, runs: 40, trajectories: true });
  const long = await simulateEnsemble(birthDeath, { ...options, runs: 70, trajectories: true });
  expect(long.trajectories!.subarray(0, short.trajectories!.length)).toEqual(short.trajectories);
  expect(short.trajectories!.length).toBe(40 * 3 * 2);
});

// Catches lost events, rows recorded after the event, one stream for all runs and runs that share their start.
test("mean and variance agree with the exact solution within 4.5 standard errors", async () => {
  const network = parseNetwork("2 A -> 0 @ 0.1\n0 -> A @ 5\nA -> B @ 0.3");
  const initial = { kind: "binomial", trials: { A: 40 }, probability: { A: 0.5 } } as const;
  const times = [0, 0.1, 0.5, 2];
  const ensemble = await simulateEnsemble(network, { initial, times, runs: 5000, seed: 3, species: ["A"] });
  const exact = solveExact(network, { initial, times, tolerance: 1e-9 });
  const mean = exact.mean("A");
  const variance = exact.variance("A");
  for (let t = 0; t < times.length; t++) {
    const fourth = exact.marginal("A", t).reduce((sum, p, n) => sum + p * (n - mean[t]) ** 4, 0);
    expect(Math.abs(ensemble.mean[t] - mean[t]) / Math.sqrt(variance[t] / 5000)).toBeLessThan(4.5);
    const spread = Math.sqrt((fourth - variance[t] ** 2) / 5000);
    expect(Math.abs(ensemble.variance[t] - variance[t]) / spread).toBeLessThan(4.5);
    expect(ensemble.standardError[t]).toBeCloseTo(Math.sqrt(ensemble.variance[t] / 5000), 12);
  }
});

test("moments, histograms and trajectories tell the same story", async () => {
  const e = await simulateEnsemble(birthDeath, {
    ...options,
    trajectories: true,
    histograms: true,
    species: ["B", "A"],
  });
  expect(e.species).toEqual(["B", "A"]);
  const states = Array.from({ length: 300 }, (_, run) => e.trajectories![(run * 3 + 2) * 2]);
  const mean = states.reduce((sum, n) => sum + n, 0) / 300;
  expect(e.mean[4]).toBeCloseTo(mean, 10);
  expect(e.variance[4]).toBeCloseTo(states.reduce((sum, n) => sum + (n - mean) ** 2, 0) / 299, 10);
  const { size, counts } = e.histogram("B");
  expect([...counts.subarray(2 * size)]).toEqual(
    Array.from({ length: size }, (_, n) => states.filter((state) => state === n).length),
  );
  const moments = statisticMoments(e.histogram("B"), 2, (n, out) => {
    out[0] = n;
    out[1] = (n * (n - 1)) / 2;
  });
  expect(moments.mean[4]).toBeCloseTo(mean, 10);
  expect(moments.standardError[4]).toBeCloseTo(e.standardError[4], 10);
  expect(moments.mean[5]).toBeCloseTo(states.reduce((sum, n) => sum + (n * (n - 1)) / 2, 0) / 300, 8);
});

test("one run has a mean, and no variance", async () => {
  const e = await simulateEnsemble(birthDeath, { ...options, runs: 1, histograms: true });
  expect(e.mean[0]).toBe(10);
  expect(e.variance[0]).toBeNaN();
  expect(statisticMoments(e.histogram("A"), 1, (n, out) => out.fill(n)).standardError[0]).toBeNaN();
});

test("a start other than 0 only shifts time", async () => {
  const here = await simulateEnsemble(birthDeath, options);
  const there = await simulateEnsemble(birthDeath, { ...options, start: 4, times: [4, 4.5, 6] });
  expect(there.mean).toEqual(here.mean);
});

test("an event budget keeps the whole runs, the same ones for any number of workers", async () => {
  const budget = { ...options, maxEvents: 12_345, trajectories: true };
  const one = await simulateEnsemble(birthDeath, budget);
  const two = await simulateEnsemble(birthDeath, { ...budget, workers: 2 });
  expect(one.stopped).toBe("budget");
  expect(one.runs).toBeGreaterThan(32);
  expect(one.events).toBeLessThanOrEqual(12_345);
  expect(one.unfinished).toMatchObject({ run: one.runs, events: 12_345 - one.events });
  expect(one.trajectories!.length).toBe(one.runs * 6);
  expect({ ...two, histogram: 0, checkpoint: 0 }).toEqual({ ...one, histogram: 0, checkpoint: 0 });
  const all = await simulateEnsemble(birthDeath, { ...options, runs: one.runs });
  expect(all.mean).toEqual(one.mean);
});

// 22 copies die out or explode, in finite time: the first run that explodes spends the budget.
test.each(["generic", "wasm"] as const)(
  "a network that blows up keeps the runs before it, back end %s",
  async (backend) => {
    const network = parseNetwork("2 X -> 3 X @ 0.02\nX -> 0 @ 0.3\nX = 22");
    const e = await simulateEnsemble(network, { times: [100], runs: 1000, seed: 1, maxEvents: 50_000, backend });
    expect(e).toMatchObject({ stopped: "budget", backend });
    expect(e.runs).toBeGreaterThan(0);
    expect(e.unfinished).toMatchObject({ run: e.runs, events: 50_000 - e.events });
    expect([...e.mean]).toEqual([0]);
  },
);

test("an explosion within one run ends by its budget and says how far it came", async () => {
  const e = await simulateEnsemble(parseNetwork("A -> 2 A @ 1\nA = 1"), { ...options, times: [100], maxEvents: 1000 });
  expect(e).toMatchObject({ runs: 0, stopped: "budget", events: 0, unfinished: { run: 0, events: 1000 } });
  expect(e.unfinished!.time).toBeLessThan(20);
  expect(e.mean[0]).toBeNaN();
});

test("progress ends at the number of runs and carries the rate of events", async () => {
  for (const workers of [1, 2]) {
    const seen: Progress[] = [];
    await simulateEnsemble(birthDeath, { ...options, workers, onProgress: (p) => seen.push(p) });
    expect(seen.at(-1)).toMatchObject({ done: 300, total: 300 });
    expect(seen.at(-1)!.label).toMatch(/events\/s$/);
  }
});

test("the caller may bring a method and generators of its own", async () => {
  const own = await simulateEnsemble(birthDeath, { ...options, random: (run) => stream("ensemble", run), workers: 2 });
  const plain = await simulateEnsemble(birthDeath, options);
  expect(own.mean).toEqual(plain.mean);
  const other = await simulateEnsemble(birthDeath, { ...options, method: { ...direct, name: "mine" }, workers: 2 });
  expect(other.mean).toEqual(plain.mean);
  const half = await simulateEnsemble(birthDeath, { ...options, random: () => () => 0.3 });
  expect(half.variance.every((v) => v === 0)).toBe(true);
});

test.each<[wrong: Partial<SimulateOptions>, message: string]>([
  [{ runs: 0 }, "runs must be an integer of at least 1, got 0"],
  [{ workers: 0.5 }, "workers must be an integer of at least 1, got 0.5"],
  [{ maxEvents: -1 }, "maxEvents must be at least 0"],
  [{ times: [] }, "times must hold at least one time"],
  [{ times: [1, 1] }, "times[1] must be finite and after times[0] = 1, got 1"],
  [{ times: [-1] }, "times[0] must be finite and at or after the start 0, got -1"],
  [{ times: [Number.NaN] }, "got NaN"],
  [{ start: Infinity }, "start must be finite"],
  [{ species: ["C"] }, 'the network has no species "C"'],
  [{ runs: 1e9, trajectories: true }, "more than fit in memory"],
])("refuses %j", async (wrong, message) => {
  await expect(simulateEnsemble(birthDeath, { ...options, ...wrong })).rejects.toThrow(message);
});

test("a histogram that was not asked for is refused, and so is one of too many copies", async () => {
  const e = await simulateEnsemble(birthDeath, options);
  expect(() => e.histogram("A")).toThrow("Ask simulateEnsemble for histograms: true");
  const many = parseNetwork("species A = 6000000");
  await expect(simulateEnsemble(many, { ...options, histograms: true })).rejects.toThrow("too many copies");
});

test("an ensemble in two parts has the runs of the whole", async () => {
  const whole = await simulateEnsemble(parseNetwork("A -> 0 @ 1\nA = 20"), {
    times: [0.5],
    runs: 40,
    seed: 3,
    trajectories: true,
  });
  const part = await simulateEnsemble(parseNetwork("A -> 0 @ 1\nA = 20"), {
    times: [0.5],
    runs: 30,
    firstRun: 10,
    seed: 3,
    trajectories: true,
  });
  expect([...part.trajectories!]).toEqual([...whole.trajectories!.subarray(10)]); // streams from 0 again would repeat runs
});

test("an interrupted ensemble goes on to the same bits, here and on threads", async () => {
  const all = { ...options, runs: 200, histograms: true, trajectories: [3, 40, 150] };
  const whole = await simulateEnsemble(birthDeath, all);
  const controller = new AbortController();
  const saved: EnsembleCheckpoint[] = [];
  const part = await simulateEnsemble(birthDeath, {
    ...all,
    signal: controller.signal,
    checkpointMs: 0,
    onCheckpoint: (checkpoint) => {
      saved.push(checkpoint);
      if (checkpoint.blocks >= 2) controller.abort();
    },
  });
  expect(part.stopped).toBe("aborted");
  expect(saved.map(({ blocks }) => blocks)).toEqual([1, 2]);
  for (const [workers, checkpoint] of [structuredClone(part.checkpoint()), ...saved].entries()) {
    const rest = await simulateEnsemble(birthDeath, { ...all, workers: workers + 1, checkpoint });
    expect(bits(rest)).toEqual(bits(whole));
  }
});

test("a checkpoint of another task is refused, and so are runs that are not there", async () => {
  const done = await simulateEnsemble(birthDeath, { ...options, runs: 64 });
  for (const other of [{ seed: "other" }, { times: [0, 1] }, { histograms: true }, { runs: 40 }]) {
    const again = simulateEnsemble(birthDeath, { ...options, runs: 64, ...other, checkpoint: done.checkpoint() });
    await expect(again).rejects.toThrow("the checkpoint is of another ensemble");
  }
  const wrong = simulateEnsemble(birthDeath, { ...options, trajectories: [5, 5] });
  await expect(wrong).rejects.toThrow("trajectories must be ascending numbers of runs from 0 to 299, got 5");
});

test("chosen trajectories are those of the runs with these numbers", async () => {
  const all = await simulateEnsemble(birthDeath, { ...options, trajectories: true });
  const some = await simulateEnsemble(birthDeath, { ...options, trajectories: [0, 33, 299] });
  const rows = (run: number): number[] => [...all.trajectories!.subarray(6 * run, 6 * run + 6)];
  expect([...some.trajectories!]).toEqual([...rows(0), ...rows(33), ...rows(299)]);
});

// Threads are kept from test to test up to here: these two end them.
test("kept threads can be ended", async () => {
  await closeEnsembleWorkers();
  const started = vi.fn();
  process.on("worker", started);
  await simulateEnsemble(birthDeath, { ...options, workers: 2 });
  process.off("worker", started);
  expect(started).toHaveBeenCalledTimes(2);
});

test("an aborted ensemble keeps what was done", async () => {
  const already = await simulateEnsemble(birthDeath, { ...options, signal: AbortSignal.abort() });
  expect(already).toMatchObject({ stopped: "aborted", runs: 1 });
  for (const workers of [1, 2]) {
    const controller = new AbortController();
    const e = await simulateEnsemble(birthDeath, {
      ...options,
      runs: 1e7,
      workers,
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done > 0) controller.abort();
      },
    });
    expect(e.stopped).toBe("aborted");
    expect(e.runs).toBeGreaterThan(0);
    expect(e.runs).toBeLessThan(1e7);
    expect(e.mean[0]).toBe(10);
  }
});

test("a failure in a run, here or on a thread, names reaction, state and time", async () => {
  const network = parseNetwork("0 -> A @ = 2.5 - A");
  for (const workers of [1, 2]) {
    await expect(simulateEnsemble(network, { ...options, times: [1000], workers })).rejects.toThrow(
      "the propensity of reaction 1 is -0.5 at A = 3",
    );
  }
  const wrong = parseNetwork("0 -> A @ = A - 1");
  await expect(simulateEnsemble(wrong, options)).rejects.toThrow("is -1 at A = 0, t = 0");
});
