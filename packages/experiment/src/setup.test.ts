import { parseNetwork } from "@dbd/cme";
import { expect, test } from "vitest";
import { readExperiment } from "./document.ts";
import { readModel } from "./model.ts";
import { setUp } from "./setup.ts";

const decay = parseNetwork("A -> 0 @ 1\nA = 7");
const two = parseNetwork("A -> B @ 1\nA = 7");
const document = (changes: Record<string, unknown>): string =>
  JSON.stringify({
    model: "a.dbd",
    family: { species: "A", order: 1 },
    times: { start: 0, end: 1, steps: 4 },
    dynamics: { nodes: 5 },
    ...changes,
  });
const setupOf = (changes: Record<string, unknown>, network = decay): ReturnType<typeof setUp> =>
  setUp(readExperiment(document(changes), { file: "e.json" }), network);

/** [what is wrong, the change, what must be said] */
const bad: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ["a species that is not there", { family: { species: "B" } }, 'family.species: found "B"; expected one of A'],
  [
    "an end before the start",
    { times: { start: 2, end: 1, steps: 4 } },
    "times.end: found 1; expected a time after the start 2",
  ],
  ["a log grid from 0", { times: { end: 1, steps: 4, scale: "log" } }, "found a log scale that starts at 0"],
  [
    "log-time weights from 0",
    { times: { end: 1, steps: 4, measure: "log-time" } },
    "found log-time with a grid that starts at 0",
  ],
  ["times that fall", { times: [0, 2, 1] }, "times[2]: found 1 after 2; expected times that increase strictly"],
  ["a ν that is not normalisable", { initial: [{ family: -1 }] }, "found a ν that is not normalisable"],
  ["too few ν", { initial: [{ family: 1 }], family: { species: "A", order: 2 } }, "found one ν; expected 2"],
  ["too many ν", { initial: [{ family: [1, 2] }] }, "found 2 ν; expected 1"],
  [
    "a range of two interactions",
    { initial: [{ family: { start: 1, end: 2, count: 3 } }], family: { order: 2 } },
    "found a range of ν for 2 interactions",
  ],
  [
    "half a molecule",
    { initial: [{ fixed: 1.5 }] },
    "initial[0].fixed: found 1.5; expected a whole number of molecules",
  ],
  ["probabilities that do not add up", { initial: [{ table: [0.5, 0.4] }] }, "found probabilities that add up to 0.9"],
  ["a start of another species", { initial: [{ poisson: { B: 1 } }] }, 'found "B", which is no species of the model'],
  [
    "two axes for one coordinate",
    { dynamics: { nodes: [5, 5] } },
    "dynamics.nodes: found 2 numbers of nodes; expected 1",
  ],
  [
    "a box with two intervals",
    {
      dynamics: {
        nodes: 5,
        box: [
          [0, 1],
          [0, 1],
        ],
      },
    },
    "dynamics.box: found 2 intervals; expected 1",
  ],
  [
    "an interval backwards",
    { dynamics: { nodes: 5, box: [[1, 0]] } },
    "dynamics.box[0]: found [1, 0]; expected start < end",
  ],
  [
    "a coordinate that is not there",
    { dynamics: { nodes: 5, inputs: [2] } },
    "dynamics.inputs: found coordinate 2; expected 1 to 1",
  ],
  [
    "a coordinate twice",
    { family: { order: 2 }, dynamics: { nodes: [5, 5], inputs: [1, 1] } },
    "found a coordinate twice",
  ],
  [
    "log moments of three interactions",
    { family: { order: 3 }, chart: "log-moments" },
    "chart: found log-moments with family.order 3",
  ],
];

for (const [what, change, wanted] of bad)
  test(`refuses ${what} at its place`, () => {
    expect(() => setupOf(change)).toThrow(wanted);
    expect(() => setupOf(change)).toThrow(/^e\.json:1:\d+ {2}/);
  });

test("with several species the observed one must be named", () => {
  expect(() => setupOf({ family: { order: 1 } }, two)).toThrow(
    "found no species; expected the one to reduce to, of A, B",
  );
  expect(setupOf({ family: { order: 1 } }).species).toBe("A");
});

test("starts keep their order and get readable, different labels", () => {
  const { starts } = setupOf({
    initial: [
      "model",
      { poisson: 3 },
      { poisson: 3 },
      { family: { start: 0.5, end: 1.5, count: 3 } },
      { label: "mine", fixed: 2 },
    ],
    heldOut: { binomial: { trials: 9, probability: 0.5 } },
  });
  expect(starts.map(({ label }) => label)).toEqual([
    "model start",
    "Poisson(3)",
    "Poisson(3) (2)",
    "ν = 0.5",
    "ν = 1",
    "ν = 1.5",
    "mine",
    "Binomial(9, 0.5)",
  ]);
  expect(starts.map(({ role }) => role).indexOf("heldOut")).toBe(7);
});

test("a log grid has equal ratios and exact ends", () => {
  const { grid } = setupOf({ times: { start: 0.02, end: 5, steps: 10, scale: "log" } });
  expect(grid.times[0]).toBe(0.02);
  expect(grid.times[10]).toBe(5);
  expect(grid.times[5]).toBeCloseTo(Math.sqrt(0.1), 14);
  expect(grid.measure).toBe("logTime");
});

test("a model is read by extension or content, and a missing one is refused at its place", async () => {
  const read = (model: string, text: string): Promise<unknown> =>
    readModel(readExperiment(document({ model }), { file: "e.json" }), async () => text);
  await expect(read("a.dbd", "A -> 0 @ 1")).resolves.toMatchObject({ species: ["A"] });
  await expect(read("a.xml", "<sbml/>")).rejects.toThrow("a.xml:1:");
  await expect(read("a.txt", "<?xml version='1.0'?><x/>")).rejects.toThrow("a.txt:1:");
  await expect(read("A -> 0 @", "")).rejects.toThrow("e.json (model):1:");
  const missing = readModel(readExperiment(document({}), { file: "e.json" }), () => Promise.reject(new Error("gone")));
  await expect(missing).rejects.toThrow("model: found a.dbd, which cannot be read; expected a model file");
});
