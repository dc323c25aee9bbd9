import type { ComparedData, ComparedMethod } from "../src/comparison.ts";
import type { FigureArray } from "../src/data.ts";

const times = Float64Array.of(0.1, 1, 5);
const array = (shape: readonly number[], value: (i: number) => number): FigureArray => ({
  shape,
  data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i)),
});
export const comparedMethod = (
  name: string,
  kind: ComparedMethod["kind"],
  verdict: string,
  error: number,
): ComparedMethod => ({
  method: name,
  kind,
  verdict,
  meanError: error,
  varianceError: 3 * error,
  mean: array([2, 3, 1], (i) => (verdict === "ok" || i % 3 === 0 ? 10 - i : NaN)),
  variance: array([2, 3, 1], (i) => (verdict === "ok" || i % 3 === 0 ? 5 - i / 2 : NaN)),
  kl: array([2, 3], () => (kind === "closure" ? NaN : 1e-4)),
  floor: array([2, 3], () => 1e-6),
});
export const comparedSample = (rows: readonly ComparedMethod[]): ComparedData => ({
  species: ["A"],
  starts: [
    { label: "Poisson(5)", role: "training" },
    { label: "Poisson(7) & more", role: "heldOut" },
  ],
  rows,
  drawn: rows.map((_, i) => i),
  times: { shape: [3], data: times },
  mean: array([2, 3, 1], (i) => 10 - i),
  variance: array([2, 3, 1], (i) => 5 - i / 2),
});
export const everyKind: ComparedData = comparedSample([
  comparedMethod("normal closure, order 2", "closure", "blow-up at t = 2.08", 4),
  comparedMethod("projected, K = 2", "analytic", "ok", 0.03),
  comparedMethod("learned <row>", "learned", "ok", 2e-4),
  comparedMethod("never set up", "baseline", "failed: no data", NaN),
]);
