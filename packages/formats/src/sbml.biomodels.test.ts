import { readFileSync } from "node:fs";
import { join } from "node:path";
import { solveRateEquations } from "@dbd/cme";
import { expect, test } from "vitest";
import { wholeCopies } from "./model/amounts.ts";
import { readSbml, sbmlCompartments } from "./sbml.ts";

const data = process.env["DBD_TEST_DATA"];
const note = data === undefined ? " (skipped: DBD_TEST_DATA is not set)" : "";
const text = (name: string): string => readFileSync(join(data!, "models", name), "utf8");

// 67 species and 352 reactions in mole, 27 function definitions and 46 assignment rules, one of them 0/0 at the start.
test.skipIf(data === undefined)(`the CaMKII model (BIOMD 183): functions, rules, amounts in moles${note}`, () => {
  const file = "BIOMD0000000183.xml";
  const network = readSbml(text(file), { file, amounts: "any" });
  expect(network.species).toHaveLength(67);
  expect(network.reactions).toHaveLength(352);
  expect(network.assignments?.size).toBe(46);
  const [amount] = network.initial;
  expect(amount / 9.7e-27).toBeCloseTo(1, 12); // 9.7e-12 mole a litre in 1e-15 litre
  // An amount that small is no count of 0 molecules.
  expect(() => wholeCopies("X", amount, { line: 1, column: 1 })).toThrow("no whole number of molecules");
});

test.skipIf(data === undefined)(`the repressilator (BIOMD 12): Hill laws and rules${note}`, () => {
  const file = "BIOMD0000000012.xml";
  const network = readSbml(text(file), { file });
  expect(network.reactions).toHaveLength(12);
  expect(network.initial.reduce((a, b) => a + b)).toBe(20);
  expect(sbmlCompartments(text(file)).get("PX")).toBe("cell");
  const { stopped } = solveRateEquations(network, [0, 10], { convention: "falling factorial" });
  expect(stopped).toBe("end");
});
