import { expect, test } from "vitest";
import { chiSquareScore } from "../stats/chiSquare.ts";
import { stream } from "./stream.ts";
import { drawExponentialByZiggurat, exponentialZiggurat } from "./ziggurat.ts";

const { x, height } = exponentialZiggurat;

test("the layers have equal areas and close at the top of the curve", () => {
  for (let i = 1; i < 256; i++) {
    expect(x[i] * (height[i + 1] - height[i])).toBeCloseTo(0.003949659822581557, 15);
    expect(height[i]).toBeCloseTo(Math.exp(-x[i]), 15);
    expect(x[i]).toBeGreaterThan(x[i + 1]);
  }
  // The base strip: its rectangle and the tail e^−r.
  expect(x[0] * height[1]).toBeCloseTo(x[1] * height[1] + Math.exp(-x[1]), 15);
});

test("the variates are exponential, body and tail, with mean, variance and third moment in place", () => {
  // 200 equally likely cells; wedges that are always accepted, or a tail that restarts at 0, leave 4.5 at once.
  const n = 400_000;
  const random = stream("ziggurat", 0);
  const counts = new Float64Array(200);
  const sums = [0, 0, 0];
  let beyond = 0;
  for (let k = 0; k < n; k++) {
    const e = drawExponentialByZiggurat(random);
    counts[Math.floor(200 * Math.exp(-e))]++;
    sums.forEach((_, p) => (sums[p] += e ** (p + 1)));
    if (e > x[1]) beyond++;
  }
  expect(Math.abs(chiSquareScore(counts, new Float64Array(200).fill(1 / 200)))).toBeLessThan(4.5);
  const factorial = [1, 1, 2, 6, 24, 120, 720];
  for (const [i, sum] of sums.entries()) {
    const p = i + 1;
    const sd = Math.sqrt((factorial[2 * p] - factorial[p] ** 2) / n);
    expect(Math.abs(sum / n - factorial[p]) / sd, `moment ${p}`).toBeLessThan(4.5);
  }
  const expected = n * Math.exp(-x[1]);
  expect(Math.abs(beyond - expected) / Math.sqrt(expected)).toBeLessThan(4.5);
});

test("the bits are those of the description, on each path", () => {
  const draw = (...uniforms: number[]): number => {
    const value = drawExponentialByZiggurat(() => uniforms.shift()!);
    expect(uniforms).toEqual([]); // no more, no fewer are taken
    return value;
  };
  expect(draw(7 / 256)).toBe(0);
  expect(draw((7 + 0.5) / 256)).toBe(0.5 * x[7]);
  const late = 1 - 2 ** -20;
  expect(draw((7 + late) / 256, 0)).toBe(late * x[7]); // the lowest height lies under the curve
  expect(draw((7 + late) / 256, 1 - 2 ** -53, 9.5 / 256)).toBe(0.5 * x[9]);
  expect(draw(late / 256, 3.25 / 256)).toBe(x[1] + 0.25 * x[3]);
  expect(draw(late / 256, late / 256, 3.25 / 256)).toBe(2 * x[1] + 0.25 * x[3]);
});
