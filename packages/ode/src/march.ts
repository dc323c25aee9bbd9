import { NumericalError } from "@dbd/numerics/errors";
import type { Scheme } from "./problem.ts";
import type { Tape } from "./stepKernel.ts";

/** `count` vectors of one length. */
export const vectors = (count: number, length: number): Float64Array[] =>
  Array.from({ length: count }, () => new Float64Array(length));

/** out += h Σ_j weights[offset + j] terms[j], j < count. Hot path. */
export function addScaled(
  out: Float64Array,
  h: number,
  weights: Float64Array,
  offset: number,
  count: number,
  terms: readonly Float64Array[],
): void {
  for (let j = 0; j < count; j++) {
    const w = h * weights[offset + j];
    if (w === 0) continue;
    const v = terms[j];
    for (let i = 0; i < out.length; i++) out[i] += w * v[i];
  }
}

/** Index of the first entry that is NaN or infinite, −1 when there is none. */
export function notFinite(y: Float64Array): number {
  for (let p = 0; p < y.length; p++) if (!Number.isFinite(y[p])) return p;
  return -1;
}

/**
 * The one loop over time: steps through the recording times and reports.
 * @param y - State at times[0], shape [P]. Overwritten.
 * @param arrived - Called at every recording time with its index, the first included.
 * @param stepped - Called after every step with its length and its tape.
 * @throws NumericalError that names the time at which y is no longer finite.
 */
export function march(
  scheme: Scheme,
  y: Float64Array,
  arrived: (index: number) => void,
  stepped?: (h: number, tape: Tape) => void,
): void {
  const { where, P, times, substeps, kernel } = scheme;
  const tape = kernel.tape();
  const before = new Float64Array(P);
  arrived(0);
  for (let i = 1; i < times.length; i++) {
    const h = (times[i] - times[i - 1]) / substeps;
    for (let m = 0; m < substeps; m++) {
      before.set(y);
      kernel.step(h, y, tape);
      if (notFinite(y) >= 0) throw blownUp(where, y, before, times[i - 1] + (m + 1) * h, h);
      stepped?.(h, tape);
    }
    arrived(i);
  }
}

function blownUp(where: string, y: Float64Array, before: Float64Array, time: number, h: number): NumericalError {
  const p = notFinite(y);
  return new NumericalError(
    where,
    `y[${p}] is ${y[p]} at t = ${time} (one step of ${h} from y = [${[...before].join(", ")}])`,
    { time, nu: [...before] },
    "Try more substeps, or a field that stays bounded outside the data",
  );
}
