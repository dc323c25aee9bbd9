import { expect, test } from "vitest";
import { explicitRungeKutta, tableauProblems, type Integrator } from "../tableau.ts";
import { dormandPrince54 } from "./dormandPrince54/index.ts";
import { dormandPrince853 } from "./dormandPrince853/index.ts";
import { tsit54 } from "./tsit54/index.ts";

const interpolant = dormandPrince54.interpolant!;
const embedded = dormandPrince54.embedded!;
const faulty = (change: Partial<Integrator>): string[] => tableauProblems({ ...dormandPrince54, ...change });

test("a mistyped embedded weight or interpolant entry is refused", () => {
  expect(tableauProblems(tsit54)).toEqual([]);
  const weights = embedded.weights.map((w, i) => (i === 2 ? w + 1e-9 : w));
  expect(faulty({ embedded: { order: 4, weights } })[0]).toMatch(/Σ b = 1\/1 of order 1 \(embedded\) is not met/);
  const rows = interpolant.rows.map((row, i) => (i === 4 ? row.with(1, row[1] + 1e-9) : row));
  expect(faulty({ interpolant: { order: 4, rows } })).toContainEqual(expect.stringMatching(/row 4 of interpolant/));
  expect(faulty({ interpolant: { order: 4, rows } })).toContainEqual(expect.stringMatching(/θ\^2 has/));
});

test("embedded weights and interpolants of the wrong shape are refused, and so are weights that see no error", () => {
  expect(faulty({ embedded: { order: 4, weights: [1] } })).toEqual(["embedded needs 7 weights, got 1"]);
  expect(faulty({ interpolant: { order: 4, rows: [[1]] } })).toEqual(["interpolant needs 7 rows of one length"]);
  expect(faulty({ embedded: { order: 4, weights: dormandPrince54.b } })).toEqual([
    "the embedded weights equal b, so that no error is seen",
  ]);
});

test("further stages of an interpolant have to fit", () => {
  const { order, rows, stages = [] } = dormandPrince853.interpolant!;
  const wrong = (change: object): string[] =>
    tableauProblems({ ...dormandPrince853, interpolant: { order, rows, stages, ...change } });
  expect(wrong({})).toEqual([]);
  expect(wrong({ stages: [] })).toEqual(["interpolant needs 13 rows of one length"]);
  expect(wrong({ stages: stages.map(() => [0]) })).toEqual(["stages of interpolant must go on with the rows of a"]);
  expect(wrong({ stages: stages.map((row) => row.map((v) => v * (1 + 1e-6))) })[0]).toMatch(/of the interpolant/);
});

test("embedded weights and interpolants cannot be changed after they were checked, nor through what they came from", () => {
  expect(Object.isFrozen(embedded.weights)).toBe(true);
  expect(Object.isFrozen(interpolant.rows[0])).toBe(true);
  const weights = [1, 0];
  const heun21 = explicitRungeKutta("heun21", 2, [[], [1]], [0.5, 0.5], { embedded: { order: 1, weights } });
  weights[0] = 7;
  expect(heun21.embedded?.weights).toEqual([1, 0]);
});
