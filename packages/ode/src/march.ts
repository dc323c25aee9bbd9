import { NumericalError } from "@dbd/numerics/errors";
import type { Scheme } from "./problem.ts";
import type { Tape } from "./stepKernel.ts";
import { notFinite } from "./vectors.ts";

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
