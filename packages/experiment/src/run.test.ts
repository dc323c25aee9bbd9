import { type Network, parseNetwork } from "@dbd/cme";
import { expect, test } from "vitest";
import { readExperiment } from "./document.ts";
import { checkGradient } from "./gradientCheck.ts";
import type { Result } from "./result.ts";
import { parseResult, printResult } from "./resultText.ts";
import { runExperiment, type RunOptions } from "./run.ts";

const birthDeath = parseNetwork("A -> 2 A @ 0.5\nA -> 0 @ 1.5\nA = 9");
const experiment = (changes: Record<string, unknown>): ReturnType<typeof readExperiment> =>
  readExperiment(
    JSON.stringify({
      model: "a.dbd",
      initial: [{ family: { start: 0.2, end: 2, count: 10 } }],
      times: { start: 0, end: 1, steps: 20 },
      family: { order: 1 },
      dynamics: { nodes: 19, box: [[0.2, 2]] },
      ...changes,
    }),
    { file: "e.json" },
  );

async function resultOf(
  changes: Record<string, unknown>,
  network: Network = birthDeath,
  options: RunOptions = {},
): Promise<Result> {
  const { result } = await runExperiment(experiment(changes), network, options);
  if (result === undefined) throw new Error("aborted");
  return result;
}

test("exponential decay: F = (kD − kB)(1 − e^−ν) is found on the grid, and ν(1) from ν(0) = 1", async () => {
  const { arrays, accuracy, notes } = await resultOf({ heldOut: [{ family: 1.05 }] });
  arrays.coefficients!.data.forEach((F, i) => {
    expect(Math.abs(F - (1 - Math.exp(-(0.2 + 0.1 * i))))).toBeLessThan(0.005);
  });
  // Exact oracle: dν/dt = 1 − e^−ν gives ν(1) = ln(1 + e (e^ν0 − 1)).
  const held = arrays.nu!.data.at(-1)!;
  expect(held).toBeCloseTo(Math.log(1 + Math.E * (Math.exp(1.05) - 1)), 3);
  expect(accuracy.filter(({ role }) => role === "heldOut").map(({ method }) => method)).toEqual([
    "learned",
    "analytic",
  ]);
  expect(accuracy.every(({ excess }) => excess < 1e-5 && excess > -1e-9)).toBe(true);
  expect(notes.some((note) => note.includes("leave the grid"))).toBe(true);
});

test("shapes of the arrays are those of the schema, and the text form is lossless", async () => {
  const result = await resultOf({ optimizer: { iterations: 2 } });
  for (const { shape, data } of Object.values(result.arrays))
    expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
  expect(result.arrays.pathLearned!.shape).toEqual([10, 21, 1]);
  expect(result.arrays.response!.shape).toEqual([4, 1, 1, 21]);
  expect(result.arrays.trajectories!.shape).toEqual([30, 21]);
  const text = printResult(result);
  expect(printResult(parseResult(text))).toBe(text);
  expect(() => parseResult("{")).toThrow("found text that is not JSON");
  expect(() => parseResult("{}")).toThrow("found no result of format 1");
});

test("exponential decay from ν = 1 and 2: ν(1) and the residual action of the exact F are the reference numbers", async () => {
  const { arrays } = await resultOf({
    initial: [{ family: 1 }, { family: 2 }],
    times: { start: 0, end: 1, steps: 200 },
    dynamics: { nodes: 30, box: [[0.1, 3]] },
    optimizer: { iterations: 8 },
  });
  const T = 201;
  [1.735326, 2.910569].forEach((nu, a) => {
    expect(Math.abs(arrays.nu!.data[a * T + T - 1] - nu)).toBeLessThan(5e-3);
  });
  [0.010567, 0.008733].forEach((S, a) => {
    const kl = arrays.analyticKl!.data.subarray(a * T, (a + 1) * T);
    const action = (kl.reduce((sum, v) => sum + v, 0) - (kl[0] + kl[T - 1]) / 2) / (T - 1);
    expect(Math.abs(action - S)).toBeLessThan(1e-6);
  });
});

const annihilation = parseNetwork("A + A -> 0 @ 1");
const pair = {
  initial: [{ poisson: 5 }, { poisson: 8 }],
  heldOut: { poisson: 6.5 },
  times: { start: 0.05, end: 2, steps: 30, scale: "log" },
  family: { order: 2 },
  chart: "log-moments",
  dynamics: { nodes: [8, 5] },
  optimizer: { start: "matching", roughness: 1e-6, iterations: 10 },
};

test("annihilation, two interactions: a start between the training ones is predicted far better than by the analytic F", async () => {
  const { accuracy, arrays } = await resultOf(pair, annihilation);
  const [learned, analytic] = accuracy.filter(({ role }) => role === "heldOut");
  expect(learned.meanError).toBeLessThan(0.01);
  expect(learned.varianceError).toBeLessThan(0.02);
  expect(analytic.meanError).toBeGreaterThan(2 * learned.meanError);
  expect(arrays.fieldLearned!.shape).toEqual([33, 33, 2]);
});

test("simulated data: KL counted from the best member, stages are reused and give the same bits", async () => {
  const simulated = {
    ...pair,
    heldOut: undefined,
    awake: { method: "simulated", runs: 400 },
    optimizer: { ...pair.optimizer, roughness: 1e-3 },
  };
  const kept = new Map<string, string>();
  const stages = {
    load: (name: string) => kept.get(name),
    save: (name: string, text: string) => void kept.set(name, text),
  };
  const one = await resultOf(simulated, annihilation, { workers: 1, stages });
  expect([...kept.keys()]).toEqual(["awake-0.json", "awake-1.json"]);
  expect(printResult(await resultOf(simulated, annihilation, { stages }))).toBe(printResult(one));
  expect(one.awake).toBe("simulated");
  expect(one.arrays.floor!.data.every(Number.isNaN)).toBe(true);
  expect(one.arrays.kl!.data.every((kl) => kl > -1e-9)).toBe(true);
  expect(one.notes.join()).toContain("KL is counted from the best member");
});

test("a fixed start is refused at time 0 with the way out, and accepted later", async () => {
  const fixed = { initial: [{ fixed: 9 }], family: { order: 2 }, dynamics: { nodes: [4, 4] } };
  await expect(resultOf(fixed)).rejects.toThrow(
    /^e\.json:1:\d+ {2}initial\[0\]: found n = 9, which no ν represents at t = 0 .*; expected a distribution of the family there\. Let times start at some t₁ > 0/,
  );
  const later = {
    ...fixed,
    initial: "model",

    times: { start: 0.2, end: 1, steps: 8 },
    optimizer: { start: "matching", iterations: 2 },
  };
  const { notes, starts } = await resultOf(later);
  expect(starts[0].label).toBe("model start");
  expect(notes.join()).toContain("The model starts at t = 0.2 from the projection");
});

test("Adam and gradient descent run, with exact and drawn asleep moments", async () => {
  const few = { method: "adam", iterations: 30, rate: 0.05 };
  const exact = await resultOf({ optimizer: few });
  const drawn = await resultOf({ optimizer: { ...few, draws: 200 } });
  const descent = await resultOf({ optimizer: { method: "sgd", iterations: 30 } });
  for (const { arrays } of [exact, drawn, descent]) {
    const S = arrays.objective!.data;
    expect(S.at(-1)!).toBeLessThan(S[0]);
  }
  expect(drawn.notes.join()).toContain("200 stratified draws");
  await expect(resultOf({ optimizer: { draws: 5 } })).rejects.toThrow("found draws with gauss-newton");
});

test("a two-species model is reduced without an analytic F", async () => {
  const chain = parseNetwork("A -> B @ 1\nB -> 0 @ 0.5\nA = 6");
  const { accuracy, arrays } = await resultOf(
    {
      initial: "model",
      family: { species: "B", order: 1 },
      times: { start: 0.1, end: 1, steps: 10 },
      dynamics: { nodes: 8 },
      optimizer: { start: "matching", iterations: 5 },
    },
    chain,
  );
  expect(accuracy.map(({ method }) => method)).toEqual(["learned"]);
  expect(arrays.analyticMean).toBeUndefined();
});

test("an aborted run says so and has no result", async () => {
  const { result, stopped } = await runExperiment(experiment({}), birthDeath, { signal: AbortSignal.abort() });
  expect([result, stopped]).toEqual([undefined, "aborted"]);
});

test("too many coefficients are refused", async () => {
  await expect(resultOf({ dynamics: { nodes: 9000 } })).rejects.toThrow("dynamics.nodes: found 9000 coefficients");
});

test("the gradient passes its Taylor test on smooth functions, and a hat's kinks are listed", async () => {
  const smooth = await checkGradient(
    experiment({ dynamics: { function: "hermite", nodes: 12, box: [[0.2, 2]] } }),
    birthDeath,
  );
  expect(smooth).toMatchObject({ passed: true, randomShare: 1 });
  expect(smooth!.rows.filter(({ judged }) => judged).every(({ slope }) => Math.abs(slope - 2) <= 0.05)).toBe(true);
  const hat = await checkGradient(experiment({}), birthDeath);
  expect(hat!.rows.some(({ crosses }) => crosses)).toBe(true);
  expect(hat!.rows.every(({ crosses, judged }) => !(crosses && judged))).toBe(true);
  expect(await checkGradient(experiment({}), birthDeath, { signal: AbortSignal.abort() })).toBeUndefined();
});
