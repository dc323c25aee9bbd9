import { parseNetwork } from "@dbd/cme";
import { expect, test } from "vitest";
import { readExperiment } from "./document.ts";
import { checkGradient } from "./gradientCheck.ts";
import type { Result } from "./result.ts";
import { runExperiment } from "./run.ts";
import { setUp } from "./setup.ts";

const network = parseNetwork("2 A -> 0 @ 1");
const document = (changes: Record<string, unknown>): ReturnType<typeof readExperiment> =>
  readExperiment(
    JSON.stringify({
      model: "a.dbd",
      initial: [{ poisson: 5 }, { poisson: 9 }],
      heldOut: { poisson: 7 },
      times: { start: 0.05, end: 2, steps: 16, scale: "log" },
      family: { order: 2 },
      optimizer: { iterations: 3, start: "matching", norm: 1e-7 },
      ...changes,
    }),
    { file: "e.json" },
  );

async function resultOf(changes: Record<string, unknown>): Promise<Result> {
  const { result } = await runExperiment(document(changes), network);
  if (result === undefined) throw new Error("aborted");
  return result;
}

const forms: readonly (readonly [string, Record<string, unknown>])[] = [
  ["polynomial residual in ν", { dynamics: { form: "residual", function: "polynomial", degree: 1, substeps: 2 } }],
  ["Hermite closure row", { dynamics: { form: "closure-rows", function: "hermite", nodes: 3, substeps: 2 } }],
  ["network closure row", { dynamics: { form: "closure-rows", function: "network", hidden: [2], substeps: 2 } }],
  ["network in log moments", { chart: "log-moments", dynamics: { function: "network", hidden: [3], substeps: 2 } }],
  [
    "residual in orthonormal coordinates",
    { chart: "orthonormal", dynamics: { form: "residual", function: "polynomial", degree: 1, substeps: 2 } },
  ],
];

test.each(forms)(
  "the gradient of a %s passes its Taylor test, and the model predicts a start it has not seen",
  async (_, changes) => {
    const check = await checkGradient(document(changes), network);
    expect([check?.passed, check?.verdict]).toEqual([true, expect.stringContaining("2.00 ± 0.05")]);
    const { accuracy, dynamics } = await resultOf(changes);
    const [learned, analytic] = ["learned", "analytic"].map((method) =>
      accuracy.find((row) => row.method === method && row.role === "heldOut"),
    );
    expect(learned!.meanError).toBeLessThan(analytic!.meanError); // 2.6 %: what is learned is better than nothing
    expect(dynamics.kind).not.toBe("");
  },
);

test("a residual in log moments predicts a start it has not seen within 1 %", async () => {
  const residual = { form: "residual", function: "polynomial", degree: 2 };
  const { accuracy } = await resultOf({ chart: "log-moments", dynamics: residual });
  for (const { method, meanError } of accuracy) if (method === "learned") expect(meanError).toBeLessThan(0.01);
});

test("rates of the projected field: fitted from zero, the rate constant comes out near 1", async () => {
  const { arrays } = await resultOf({ dynamics: { form: "rates", substeps: 2 } });
  expect(Math.abs(arrays.coefficients!.data[0] - 1)).toBeLessThan(0.03); // the family's own error, not the fit's
});

test("tracking in asinh coordinates with mixtures as more data, L-BFGS and a growing horizon all learn", async () => {
  const asinh = { chart: "asinh", dynamics: { function: "network", hidden: [4], substeps: 2 } };
  for (const optimizer of [
    { method: "track", horizon: "growing", mixtures: 2, iterations: 4, norm: 1e-6 },
    { method: "lbfgs", start: "matching", iterations: 10, norm: 1e-6 },
    { method: "gauss-newton", horizon: "growing", start: "matching", iterations: 2, norm: 1e-6 },
  ]) {
    const { accuracy, starts } = await resultOf({ ...asinh, optimizer });
    expect(starts).toHaveLength(3); // mixtures are no starts of the report
    expect(accuracy.find(({ role }) => role === "heldOut")!.meanError).toBeLessThan(0.25);
  }
});

test.each([
  [
    "closure rows of one interaction",
    { family: { order: 1 }, dynamics: { form: "closure-rows", function: "network" } },
    "found closure-rows with one interaction",
  ],
  [
    "closure rows in another chart",
    { chart: "log-moments", dynamics: { form: "closure-rows", function: "network" } },
    "found closure-rows with chart log-moments; expected chart: identity",
  ],
  [
    "closure rows of hats",
    { dynamics: { form: "closure-rows", function: "hat", nodes: 4 } },
    "found closure-rows of hat functions",
  ],
  [
    "closure rows that name inputs",
    { dynamics: { form: "closure-rows", function: "network", inputs: [1] } },
    "found inputs with closure-rows",
  ],
  [
    "a residual in asinh",
    { chart: "asinh", dynamics: { form: "residual", function: "network" } },
    "found residual with chart asinh",
  ],
  [
    "log moments of three interactions",
    { family: { order: 3 }, chart: "log-moments", dynamics: { nodes: 3 } },
    "found log-moments with family.order 3",
  ],
])("%s are refused at their place", (_, changes, message) => {
  expect(() => setUp(document(changes), network)).toThrow(message);
});

test("a grid without nodes, and rows where the family closes every equation, are refused", async () => {
  expect(() => document({ dynamics: { function: "hat" } })).toThrow(
    "expected nodes, which a hat or hermite grid needs",
  );
  const linear = { dynamics: { form: "closure-rows", function: "network" } };
  await expect(runExperiment(document(linear), parseNetwork("A -> 0 @ 1"))).rejects.toThrow(
    "whose moment equations this family closes",
  );
  const other = {
    family: { species: "A", order: 2 },
    dynamics: { form: "rates" },
    initial: [{ fixed: { A: 3, B: 6 } }],
    heldOut: undefined,
  };
  const meeting = parseNetwork("A + B -> 0 @ 0.1");
  await expect(runExperiment(document({ ...other, times: [0.2, 0.5, 1, 2] }), meeting)).rejects.toThrow(
    "found rates for a species that depends on others",
  );
});
