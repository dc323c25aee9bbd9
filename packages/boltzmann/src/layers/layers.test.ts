import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { binary } from "./binary.ts";
import { gaussian } from "./gaussian.ts";
import { checkStates, type Layer, unitsOf } from "./layer.ts";
import { potts } from "./potts.ts";
import { spin } from "./spin.ts";

const layers: Layer[] = [binary(2), spin(2), potts(2, 3), potts(2, 1)];

/** Mean of each component and Σ log Σ of all units, from the list of states. */
function listed(layer: Layer, field: Float64Array): { mean: number[]; logZ: number } {
  const width = unitsOf(layer)[0].width;
  const mean: number[] = [];
  let logZ = 0;
  for (let at = 0; at < layer.size; at += width) {
    const weights = (layer.states ?? []).map((s) => Math.exp(s.reduce((sum, x, d) => sum + x * field[at + d], 0)));
    const Z = weights.reduce((a, b) => a + b);
    logZ += Math.log(Z);
    for (let d = 0; d < width; d++)
      mean.push(weights.reduce((sum, w, s) => sum + (w / Z) * (layer.states?.[s][d] ?? 0), 0));
  }
  return { mean, logZ };
}

for (const layer of layers) {
  const field = Float64Array.from({ length: layer.size }, (_, i) => 1.3 * Math.sin(2 + 3 * i));

  test(`${layer.name} (${layer.size} components): mean and log partition equal the sum over states`, () => {
    const padded = new Float64Array(layer.size + 2);
    padded.set(field, 1);
    const { mean, logZ } = listed(layer, field);
    expect(Math.abs(layer.logPartition(padded, 1) - logZ)).toBeLessThan(1e-14);
    layer.mean(padded, 1, padded);
    for (let i = 0; i < layer.size; i++) expect(Math.abs(padded[1 + i] - mean[i])).toBeLessThan(1e-15);
    expect(padded[0] + padded[layer.size + 1]).toBe(0);
  });

  // Catches a sampler with the field's sign wrong, or one that lets two species sit on a site (not a state: refused).
  test(`${layer.name} (${layer.size} components): draws are states and have the exact means (z < 4.5)`, () => {
    const { mean } = listed(layer, field);
    const random = stream("layers", layer.size);
    const total = new Float64Array(layer.size);
    const square = new Float64Array(layer.size);
    const x = new Float64Array(layer.size);
    const draws = 20_000;
    for (let c = 0; c < draws; c++) {
      layer.sample(field, 0, random, x);
      if (c < 50) checkStates("test", layer, x);
      for (let i = 0; i < x.length; i++) {
        total[i] += x[i];
        square[i] += x[i] * x[i];
      }
    }
    for (let i = 0; i < x.length; i++) {
      const variance = square[i] / draws - (total[i] / draws) ** 2;
      expect(Math.abs(total[i] / draws - mean[i]) / Math.sqrt(variance / draws)).toBeLessThan(4.5);
    }
  });

  test(`${layer.name} (${layer.size} components): fields of ±10⁴ give certain states and a finite log partition`, () => {
    const strong = Float64Array.from({ length: layer.size }, (_, i) => (i === 0 ? 1e4 : -1e4));
    expect(Number.isFinite(layer.logPartition(strong, 0))).toBe(true);
    const out = new Float64Array(layer.size);
    layer.mean(strong, 0, out);
    expect(out[0]).toBe(1);
    expect(out[1]).toBe(layer.name === "spin" ? -1 : 0);
    layer.sample(strong, 0, () => 0.999, out);
    expect(out[0]).toBe(1);
  });
}

test("a Gaussian layer has mean f, log partition f²/2 and unit variance (z < 4.5)", () => {
  const layer = gaussian(2);
  const field = Float64Array.of(0.5, -2);
  expect(layer.logPartition(field, 0)).toBe((0.25 + 4) / 2);
  const out = new Float64Array(2);
  layer.mean(field, 0, out);
  expect([...out]).toEqual([0.5, -2]);
  const random = stream("gaussian", 0);
  const draws = 20_000;
  let [sum, square] = [0, 0];
  for (let c = 0; c < draws; c++) {
    layer.sample(field, 0, random, out);
    sum += out[1] + 2;
    square += (out[1] + 2) ** 2;
  }
  expect(Math.abs(sum) / Math.sqrt(draws)).toBeLessThan(4.5);
  expect(Math.abs(square - draws) / Math.sqrt(2 * draws)).toBeLessThan(4.5);
});

test("labels outside a layer's range, wrong row lengths and empty layers are refused by name", () => {
  expect(() => checkStates("data", binary(3), Float64Array.of(0, 1, 1, 0, 2, 0))).toThrow(
    "data: (2) at row 1, unit 1 is not a state of a binary unit.",
  );
  expect(() => checkStates("data", potts(1, 2), Float64Array.of(1, 1))).toThrow("(1, 1) at row 0, unit 0");
  expect(() => checkStates("data", spin(1), Float64Array.of(0))).toThrow("not a state of a spin unit");
  expect(() => checkStates("data", gaussian(1), Float64Array.of(Number.NaN))).toThrow("not a state");
  expect(() => checkStates("data", binary(2), Float64Array.of(1))).toThrow("rows of 2 values, got 1 values");
  expect(() => checkStates("data", binary(2), new Float64Array(0))).toThrow("got 0 values");
  expect(() => binary(0)).toThrow("binary: the number of units must be a positive integer, got 0");
  expect(() => potts(2, 0.5)).toThrow("potts: species");
});
