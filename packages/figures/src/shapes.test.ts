import { expect, test } from "vitest";
import { annihilationSample } from "../samples/annihilation.ts";
import type { FigureArray, FigureData } from "./data.ts";
import { cloudFigure, momentsFigure } from "./index.ts";

const data = annihilationSample();
const more = { coefficients: { shape: [7], data: new Float64Array(7) } };
const array = (...shape: number[]): FigureArray => ({
  shape,
  data: new Float64Array(shape.reduce((a, b) => a * b, 1)),
});
const withArrays = (arrays: FigureData["arrays"]): FigureData => ({ ...data, arrays: { ...data.arrays, ...arrays } });

test("an array of another length is refused by name", () => {
  expect(() => momentsFigure(withArrays({ exactMean: array(4, 59) }))).toThrow(
    "momentsFigure: exactMean has shape [4, 59], expected T = 60 at place 1 of [A, T].",
  );
  expect(() => momentsFigure(withArrays({ exactMean: array(3, 60) }))).toThrow("expected A = 4 at place 0");
  expect(() => momentsFigure(withArrays({ kl: array(240) }))).toThrow("kl must have shape [AT], got [240].");
});

test("values that do not fill their shape are refused", () => {
  expect(() => momentsFigure(withArrays({ times: { shape: [60], data: new Float64Array(3) } }))).toThrow(
    "times has 3 values, its shape [60] needs 60.",
  );
});

test("a width without room is refused", () => {
  expect(() => momentsFigure(data, { width: 100 })).toThrow("momentsFigure: width must be at least 240 px, got 100.");
  expect(() => momentsFigure(data, { width: NaN })).toThrow("width");
});

test("runs without times of their own must have those of the result", () => {
  const { times } = data.arrays;
  expect(times).toBeDefined();
  const arrays = { ...(times === undefined ? {} : { times }), trajectories: array(5, 59) };
  expect(() => cloudFigure({ ...data, arrays })).toThrow(
    "cloudFigure: trajectories has shape [5, 59], expected T = 60",
  );
});

test("arrays that no figure reads are passed over", () => {
  expect(momentsFigure({ ...data, arrays: { ...data.arrays, ...more } })).toBe(momentsFigure(data));
});
