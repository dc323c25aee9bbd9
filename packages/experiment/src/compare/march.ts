import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import { type Field, integrate, rodas4, tsit54 } from "@dbd/ode";
import { shortTime } from "./contest.ts";

/** States at the times that were reached, one after the other, and how it ended. */
export interface March {
  readonly values: Float64Array;
  readonly verdict: string;
}

/**
 * A field as far as it can be followed: explicit steps first, implicit ones where those fail or are too many.
 * @returns Never an error of the field: where the family has no member is a verdict with its time.
 */
export function march(
  field: Field,
  { y0, times, maxSteps }: { readonly y0: Float64Array; readonly times: Float64Array; readonly maxSteps: number },
): March {
  const safe = guarded(field);
  const run = (until: Float64Array, integrator: typeof tsit54 | typeof rodas4): ReturnType<typeof integrate> =>
    integrate(safe, { integrator, y0, times: until, rtol: 1e-7, atol: 1e-10, maxSteps });
  for (const integrator of [tsit54, rodas4]) {
    try {
      const { values, stopped, end } = run(times, integrator);
      if (stopped === "end") return { values, verdict: "ok" };
      if (integrator === rodas4) return { values, verdict: `too stiff: given up at t = ${shortTime(end.time)}` };
    } catch (error) {
      if (!(error instanceof NumericalError || error instanceof ArgumentError)) throw error;
      if (integrator === tsit54) continue;
      const at = error instanceof NumericalError ? error.details.time : undefined;
      const kept = at === undefined ? new Float64Array(0) : times.filter((t) => t < at);
      const values = kept.length < 2 ? y0 : run(kept, integrator).values;
      return { values, verdict: `leaves the family at t = ${shortTime(at ?? times[0])}` };
    }
  }
  return { values: new Float64Array(0), verdict: "no trajectory" };
}

/** The field with NaN where the family has no member: the step control then shortens steps, and says where it ends. */
function guarded(field: Field): Field {
  const guard =
    (f: (t: number, y: Float64Array, out: Float64Array) => void) =>
    (t: number, y: Float64Array, out: Float64Array): void => {
      try {
        f(t, y, out);
      } catch (error) {
        if (!(error instanceof NumericalError || error instanceof ArgumentError)) throw error;
        out.fill(Number.NaN);
      }
    };
  return {
    ...field,
    evaluate: guard((t, y, out) => field.evaluate(t, y, out)),
    jacobian: guard((t, y, out) => field.jacobian?.(t, y, out)),
  };
}
