import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Expression, parseExpression } from "../expression.ts";
import type { Network, Participant } from "../network.ts";
import { solveRateEquations } from "./solveRateEquations.ts";

const data = process.env["DBD_TEST_DATA"];
const note = data === undefined ? " (skipped: DBD_TEST_DATA is not set)" : "";
const models = join(data ?? "", "models");

/** As much of BioNetGen's format as these two models need, written apart from the reader that it also checks. */
function readNet(text: string): Network {
  const lines = text.split("\n").map((line) => line.replace(/#.*/, "").trim());
  const block = (name: string): string[][] =>
    lines
      .slice(lines.indexOf(`begin ${name}`) + 1, lines.indexOf(`end ${name}`))
      .filter((line) => line !== "")
      .map((line) => line.split(/\s+/));
  const expression = (source: string): Expression => parseExpression(source, { line: 1, column: 1 });
  const side = (list: string): Participant[] =>
    list.split(",").flatMap((index) => (index === "0" ? [] : [{ species: Number(index) - 1, order: 1 }]));
  const total = (list: string): string =>
    list
      .split(",")
      .map((part) => part.replace(/(\d+)$/, "S$1"))
      .join(" + ");
  return {
    species: block("species").map(([index]) => `S${index}`),
    initial: block("species").map(([, , amount]) => Number(amount)),
    parameters: new Map(block("parameters").map(([, name, value]) => [name, expression(value)])),
    reactions: block("reactions").map(([, reactants, products, rate]) => ({
      reactants: side(reactants),
      products: side(products),
      rate: { kind: "massAction", constant: expression(rate) },
    })),
    assignments: new Map(block("groups").map(([, name, list]) => [`${name}_total`, expression(total(list))])),
  };
}

const readTable = (text: string): number[][] =>
  text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/).map(Number));

/** BioNetGen integrates to about 1e-8; the target is 1e-4 of a column's largest value, and an error of a rate is seen. */
const tolerance = 1e-6;

test.skipIf(data === undefined).each(["simple_system", "Repressilator"])(
  `%s: species and observables are those of BioNetGen${note}`,
  (name) => {
    const read = (extension: string): string => readFileSync(join(models, `${name}.${extension}`), "utf8");
    const network = readNet(read("net"));
    const observables = [...network.assignments!.keys()];
    for (const [extension, columns] of [
      ["cdat", network.species],
      ["gdat", observables],
    ] as const) {
      const table = readTable(read(extension));
      const solution = solveRateEquations(
        network,
        table.map(([time]) => time),
      );
      expect(solution.stopped).toBe("end");
      expect(table[0].length).toBe(columns.length + 1);
      columns.forEach((column, j) => {
        const largest = Math.max(...table.map((row) => Math.abs(row[j + 1])));
        const got = solution.column(column);
        const worst = Math.max(...table.map((row, t) => Math.abs(got[t] - row[j + 1])));
        expect(worst / largest, `${extension} ${column}`).toBeLessThan(tolerance);
      });
    }
  },
);
