import { readFileSync } from "node:fs";
import { join } from "node:path";
import { solveRateEquations } from "@dbd/cme";
import { expect, test } from "vitest";
import { readSbml, sbmlCompartments } from "./sbml.ts";

const data = process.env["DBD_TEST_DATA"];
const note = data === undefined ? " (skipped: DBD_TEST_DATA is not set)" : "";
const text = (name: string): string => readFileSync(join(data!, "models", name), "utf8");

// 67 species and 352 reactions in mole, 27 function definitions and 46 assignment rules, one of them 0/0 at the start.
test.skipIf(data === undefined)(`the CaMKII model (BIOMD 183) is read, and its concentrations are kept${note}`, () => {
  const file = "BIOMD0000000183.xml";
  const network = readSbml(text(file), { file, amounts: "any" });
  expect(network.species).toHaveLength(67);
  expect(network.reactions).toHaveLength(352);
  expect(network.assignments?.size).toBe(46);
  expect(sbmlCompartments(text(file)).get("species_0")).toBe("compartment_0");
  expect(() => readSbml(text(file), { file })).toThrow("an initial amount that is no whole number of molecules");
  // Amounts are 1e-20 of the unit here, so the tolerance is far below that.
  const size = network.parameters.get("compartment_0") as number;
  const solution = solveRateEquations(network, [0, 0.01], { atol: 1e-34, convention: "falling factorial" });
  expect(solution.stopped).toBe("end");
  const calcium = solution.column("species_1");
  expect(calcium[0] / size).toBeCloseTo(1e-5, 12);
});

test.skipIf(data === undefined)(`the repressilator (BIOMD 12) has Hill laws, rules and fractional rates${note}`, () => {
  const file = "BIOMD0000000012.xml";
  const network = readSbml(text(file), { file });
  expect(network.reactions).toHaveLength(12);
  expect(network.initial.reduce((a, b) => a + b)).toBe(20);
  const { stopped } = solveRateEquations(network, [0, 10], { convention: "falling factorial" });
  expect(stopped).toBe("end");
});
