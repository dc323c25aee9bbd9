import { SourceError } from "@dbd/numerics/errors";
import { expect, test } from "vitest";
import { readExperiment } from "./document.ts";
import { experimentSchema } from "./schema.ts";

const valid = `model: a.dbd
family: { species: A, order: 1 }
times: { start: 0, end: 1, steps: 20 }
dynamics: { nodes: 30 }
`;

const message = (text: string, set: readonly string[] = []): string => {
  try {
    readExperiment(text, { file: "e.yaml", set });
    return "accepted";
  } catch (error) {
    expect(error).toBeInstanceOf(SourceError);
    return (error as SourceError).message;
  }
};

test("a minimal document gets its defaults", () => {
  const { input } = readExperiment(valid);
  expect(input).toMatchObject({ initial: "model", awake: "exact", chart: "identity", seed: "dbd" });
  expect(input.dynamics).toMatchObject({ function: "hat", integrator: "rk4", substeps: 1 });
  expect(input.optimizer).toMatchObject({ method: "gauss-newton", iterations: 40, roughness: 1e-5 });
});

/** [what is wrong, the document, where and what must be said] */
const bad: readonly (readonly [string, string, string])[] = [
  [
    "an unknown key",
    `${valid}optimiser: 3\n`,
    'e.yaml:5:1  optimiser: found unknown key "optimiser"; expected one of model',
  ],
  ["a misspelt key, with a suggestion", `${valid}optimiser: 3\n`, 'Did you mean "optimizer"?'],
  ["an unknown key inside", valid.replace("order: 1", "ordr: 1"), "e.yaml:2:23  family.ordr: found unknown key"],
  [
    "a value below its least",
    valid.replace("end: 1", "end: -1"),
    "e.yaml:3:25  times.end: found -1; expected a number above 0",
  ],
  ["text for a number", valid.replace("20", "many"), 'e.yaml:3:35  times.steps: found "many"; expected a number'],
  [
    "a fraction for a count",
    valid.replace("steps: 20", "steps: 2.5"),
    "times.steps: found 2.5; expected a whole number",
  ],
  ["one node", valid.replace("nodes: 30", "nodes: 1"), "dynamics.nodes: found 1; expected a number at least 2"],
  [
    "a misspelt word",
    valid.replace("nodes: 30", "nodes: 9, function: hatt"),
    'found "hatt"; expected one of hat, hermite, polynomial, network. Did you mean "hat"?',
  ],
  [
    "an unknown start",
    `${valid}initial: [{ poison: 3 }]\n`,
    'initial[0].poison: found unknown key "poison"; expected one of label, poisson',
  ],
  [
    "a negative mean",
    `${valid}initial: [{ poisson: -3 }]\n`,
    "e.yaml:5:22  initial[0].poisson: found -3; expected a number at least 0",
  ],
  ["an empty start", `${valid}initial: [{ }]\n`, "initial[0]: found keys (none); expected exactly one of poisson"],
  ["two laws in one start", `${valid}initial: [{ poisson: 3, fixed: 2 }]\n`, "expected exactly one of poisson"],
  ["a start that is a number", `${valid}initial: 3\n`, "e.yaml:5:10  initial: found 3; expected a list"],
  ["no starts", `${valid}initial: []\n`, "initial: found a list of 0; expected at least 1 entries"],
  [
    "a probability above 1",
    `${valid}initial: [{ binomial: { trials: 3, probability: 3 } }]\n`,
    "probability: found 3; expected a number at most 1",
  ],
  ["a misspelt awake", `${valid}awake: exat\n`, 'awake: found "exat"; expected one of exact, simulated'],
  [
    "no runs",
    `${valid}awake: { method: simulated, runs: 0 }\n`,
    "e.yaml:5:35  awake.runs: found 0; expected a number above 0",
  ],
  [
    "a missing model",
    valid.replace("model: a.dbd\n", ""),
    "model: found nothing; expected text; for example `model: decay.dbd`",
  ],
  ["a missing family", valid.replace(/family.*\n/, ""), "family: found nothing"],
  ["a misspelt chart", `${valid}chart: logmoments\n`, 'Did you mean "log-moments"?'],
  [
    "an unknown base",
    valid.replace("order: 1", "order: 1, base: gauss"),
    'family.base: found "gauss"; expected one of counting, poisson',
  ],
  ["order 0", valid.replace("order: 1", "order: 0"), "family.order: found 0; expected a number at least 1"],
  ["one time", valid.replace(/times.*\n/, "times: [1]\n"), "times: found a list of 1; expected at least 2 entries"],
  ["an interval of one number", valid.replace("nodes: 30", "nodes: 9, box: [[1]]"), "dynamics.box[0]"],
  ["a list instead of keys", "- 1\n", "e.yaml:1:1: found no keys; expected an experiment document"],
  ["nothing", "", "found no keys"],
  ["text that is not YAML", "model: [\n", "found text that is not YAML"],
  ["a key twice", `${valid}model: b.dbd\n`, "found text that is not YAML: Map keys must be unique"],
  ["an empty seed", `${valid}seed: ""\n`, 'seed: found ""; expected some text'],
];

for (const [what, text, wanted] of bad)
  test(`refuses ${what}, saying where, what was found and what to try`, () => {
    expect(message(text)).toContain(wanted);
  });

test("all faults are listed, in the order of the text", () => {
  const text = message(`${valid.replace("nodes: 30", "nodes: 1")}chart: log\nmodl: 2\n`);
  expect(text.indexOf("dynamics.nodes")).toBeLessThan(text.indexOf("e.yaml:5:8  chart"));
  expect(text.indexOf("e.yaml:5:8  chart")).toBeLessThan(text.indexOf("e.yaml:6:1  modl"));
});

test("settings override the document, and are checked like it", () => {
  const { input } = readExperiment(valid, {
    set: ["dynamics.function=hermite", "times.steps=3", "initial=[{ poisson: 2 }]"],
  });
  expect(input).toMatchObject({ dynamics: { function: "hermite" }, times: { steps: 3 }, initial: [{ poisson: 2 }] });
  expect(message(valid, ["dynamics.funktion=hat"])).toContain('Did you mean "function"?');
  expect(message(valid, ["dynamics"])).toContain('--set dynamics:1:1: found "dynamics"; expected path=value');
  expect(message(valid, ["model.x=1"])).toContain("expected a YAML value for a key that exists");
});

test("variables in the model's path are filled in when it is needed, and missed with their name", () => {
  const text = valid.replace("a.dbd", "${DATA}/a.xml");
  expect(readExperiment(text, { env: { DATA: "/d" } }).model()).toEqual({ path: "/d/a.xml" });
  expect(() => readExperiment(text, { file: "e.yaml" }).model()).toThrow(
    "e.yaml:1:8  model: found ${DATA}, which is not set; expected the environment variable DATA. Set DATA to the folder",
  );
});

test("a model may stand in the document", () => {
  expect(readExperiment(valid.replace("a.dbd", "|\n  A -> 0 @ 1")).model()).toEqual({ text: "A -> 0 @ 1\n" });
});

test("the JSON schema names every top key", () => {
  expect(Object.keys(experimentSchema["properties"] as object)).toEqual(
    "model initial heldOut times awake family chart dynamics optimizer seed compare".split(" "),
  );
});
