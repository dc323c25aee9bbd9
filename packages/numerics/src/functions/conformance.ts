import { stream } from "../random/stream.ts";
import type { Seed } from "../random/source.ts";
import type { ParametricFunction } from "./function.ts";

/** Where and how a function is examined. */
export interface Examination {
  /** Lowest and highest value of every input, shape [d]. */
  readonly box: readonly (readonly [low: number, high: number])[];
  readonly seed: Seed;
  /** Random points at which it is examined. */
  readonly points?: number;
}

const STEP = 1e-6;
const TOLERANCE = 1e-7; // central differences of step h: h² truncation, 1e-16/h rounding
const GUARD = 12345.678;

/**
 * Examines an implementation of ParametricFunction and lists what is wrong; an empty list is a pass. Random points and
 * coefficients; gradient and weights are held against central differences, so a box that is not of unit size shows a
 * forgotten spacing. A function with kinks passes unless a point falls within 1e-6 of one.
 */
export function functionConformance(f: ParametricFunction, { box, seed, points = 25 }: Examination): string[] {
  if (box.length !== f.inputs) return [`inputs is ${f.inputs} but the box has ${box.length} sides`];
  const random = stream(seed, 0);
  const problems = new Set<string>();
  for (let point = 0; point < points; point++) {
    const offset = point % 4;
    const x = Float64Array.from(box, ([low, high]) => low + (high - low) * random());
    const u = Float64Array.from({ length: f.coefficients + offset + 2 }, () => 2 * random() - 1);
    const [xBefore, uBefore] = [x.slice(), u.slice()];
    examineValue(f, x, u, offset, problems);
    examineGradient(f, x, u, offset, problems);
    examineWeights(f, x, u, offset, problems);
    if (!same(x, xBefore) || !same(u, uBefore)) problems.add("a kernel writes into its inputs");
  }
  return [...problems];
}

const same = (a: Float64Array, b: Float64Array): boolean => a.every((v, i) => v === b[i]);
const near = (a: number, b: number, scale: number): boolean => Math.abs(a - b) <= TOLERANCE * (1 + Math.abs(scale));

function examineValue(
  f: ParametricFunction,
  x: Float64Array,
  u: Float64Array,
  offset: number,
  problems: Set<string>,
): void {
  const value = f.value(x, u, offset);
  if (!Number.isFinite(value)) problems.add("value is not finite");
  if (value !== f.value(x, u, offset)) problems.add("value changes between two equal calls");
  if (value !== f.value(x, u.slice(offset), 0)) problems.add("value depends on where the coefficients lie");
  const other = u.map((v, i) => (i < offset || i >= offset + f.coefficients ? GUARD : v));
  if (value !== f.value(x, other, offset)) problems.add("value reads outside its coefficients");
}

function examineGradient(
  f: ParametricFunction,
  x: Float64Array,
  u: Float64Array,
  offset: number,
  problems: Set<string>,
): void {
  const got = new Float64Array(f.inputs).fill(GUARD);
  f.gradient(x, u, offset, got);
  for (let j = 0; j < f.inputs; j++) {
    const step = STEP * (1 + Math.abs(x[j]));
    const shifted = x.slice();
    shifted[j] = x[j] + step;
    const above = f.value(shifted, u, offset);
    const high = shifted[j];
    shifted[j] = x[j] - step;
    const below = f.value(shifted, u, offset);
    const expected = (above - below) / (high - shifted[j]);
    if (!near(got[j], expected, Math.max(Math.abs(expected), Math.abs(above)))) {
      problems.add(`gradient of input ${j} differs from finite differences`);
    }
  }
}

function examineWeights(
  f: ParametricFunction,
  x: Float64Array,
  u: Float64Array,
  offset: number,
  problems: Set<string>,
): void {
  const scale = -1.75;
  const got = new Float64Array(u.length).fill(0.5);
  f.addWeights(x, u, offset, scale, got);
  for (let i = 0; i < u.length; i++) {
    const inside = i >= offset && i < offset + f.coefficients;
    if (!inside) {
      if (got[i] !== 0.5) problems.add("addWeights writes outside its coefficients");
      continue;
    }
    const shifted = u.slice();
    shifted[i] = u[i] + STEP;
    const above = f.value(x, shifted, offset);
    shifted[i] = u[i] - STEP;
    const expected = (scale * (above - f.value(x, shifted, offset))) / (2 * STEP);
    if (near(got[i], expected, Math.max(Math.abs(expected), Math.abs(above)))) {
      problems.add("addWeights overwrites instead of adding");
    } else if (!near(got[i] - 0.5, expected, Math.max(Math.abs(expected), Math.abs(above)))) {
      problems.add("addWeights differs from finite differences in u");
    }
  }
}
