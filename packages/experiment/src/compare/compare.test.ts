import { parseNetwork } from "@dbd/cme";
import { expect, test } from "vitest";
import { readExperiment } from "../document.ts";
import { compareExperiment } from "./compareExperiment.ts";
import { bestOf, type Comparison, worstScore } from "./comparison.ts";
import { parseComparison, printComparison } from "./comparisonText.ts";

const network = parseNetwork("2 A -> 0 @ 1");
const experiment = (changes: Record<string, unknown> = {}): ReturnType<typeof readExperiment> =>
  readExperiment(
    JSON.stringify({
      model: "a.dbd",
      initial: [{ poisson: 5 }, { poisson: 20 }],
      heldOut: [{ poisson: 10 }],
      times: [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      family: { order: 2 },
      dynamics: { form: "closure-rows", function: "polynomial", substeps: 8 },
      optimizer: { iterations: 2, start: "matching" },
      compare: {
        closures: [
          { name: "normal", order: 1 },
          { name: "normal", order: 2 },
          { name: "poisson", order: 2 },
          { name: "log-normal", order: 3 },
        ],
        learned: [{ name: "too many", optimizer: { method: "gauss-newton", draws: 5 } }],
      },
      ...changes,
    }),
    { file: "e.json" },
  );

async function comparisonOf(changes?: Record<string, unknown>): Promise<Comparison> {
  const { comparison } = await compareExperiment(experiment(changes), network);
  if (comparison === undefined) throw new Error("aborted");
  return comparison;
}

test("every method is a row: errors and verdicts of the reference, and a failure stays in its row", async () => {
  const comparison = await comparisonOf();
  const { rows, starts } = comparison;
  expect(rows.map(({ method, verdict }) => [method, verdict])).toEqual([
    ["mean field", "ok"],
    ["normal closure, order 2", "blow-up at t = 2.08"],
    ["poisson closure, order 2", "negative variance from t = 0.815"],
    ["log-normal closure, order 3", expect.stringMatching(/^failed: .*order/) as string],
    ["projected, K = 2, counting base", "ok"],
    ["learned, closure-rows, polynomial", "ok"],
    ["too many", expect.stringMatching(/^failed: .*found draws with gauss-newton/) as string],
  ]);
  const worst = (method: string): ReturnType<typeof worstScore> => {
    const row = rows.find((one) => one.method === method);
    if (row === undefined) throw new Error(method);
    return worstScore(row, starts);
  };
  // Reference tables, Poisson(10): mean field 97.6 %; projected 2.71 %, 6.03 %, KL 2.86e-4 at the end.
  expect(worst("mean field").meanError).toBeCloseTo(0.976, 3);
  const projected = worst("projected, K = 2, counting base");
  expect([projected.meanError, projected.varianceError, projected.kl]).toEqual([
    expect.closeTo(0.0271, 3),
    expect.closeTo(0.0603, 3),
    expect.closeTo(2.86e-4, 5),
  ]);
  expect(comparison.floor.data.at(-1)).toBeCloseTo(1.29e-8, 9);
  const best = bestOf(comparison, () => true);
  expect(best?.method).toBe("learned, closure-rows, polynomial");
  expect(worst("learned, closure-rows, polynomial").meanError).toBeLessThan(projected.meanError / 4);
  expect(printComparison(parseComparison(printComparison(comparison)))).toBe(printComparison(comparison));
});

test("what is finished when the signal comes is kept, and the rest continues to the same rows", async () => {
  const kept = new Map<string, string>();
  const stages = {
    load: (name: string) => kept.get(name),
    save: (name: string, text: string) => void kept.set(name, text),
  };
  const stop = new AbortController();
  const cut = await compareExperiment(experiment(), network, {
    stages: {
      ...stages,
      save(name, text) {
        stages.save(name, text);
        if (name === "row-2.json") stop.abort();
      },
    },
    signal: stop.signal,
  });
  expect([cut.stopped, cut.comparison?.rows.length]).toEqual(["aborted", 3]);
  const { comparison } = await compareExperiment(experiment(), network, { stages });
  const whole = await comparisonOf();
  if (comparison === undefined) throw new Error("aborted");
  expect(printComparison(comparison)).toBe(printComparison(whole));
});

test("without held-out starts all starts judge", async () => {
  const { rows, starts } = await comparisonOf({
    heldOut: undefined,
    compare: { closures: [{ name: "normal", order: 1 }] },
  });
  expect(starts.map(({ role }) => role)).toEqual(["training", "training"]);
  const [row] = rows;
  expect(worstScore(row, starts).meanError).toBe(Math.max(...row.scores.map((score) => score.meanError)));
});

test("a text that is no comparison is refused", () => {
  expect(() => parseComparison("{")).toThrow("found text that is not JSON");
  expect(() => parseComparison("{}")).toThrow("found no comparison of format 1");
});
