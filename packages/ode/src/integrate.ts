import { NumericalError } from "@dbd/numerics/errors";
import { pace, type Progress, type Stopped } from "@dbd/numerics/run";
import { checkAdaptive, type AdaptiveProblem, type Checked } from "./adaptiveProblem.ts";
import { watchEvents, type EventRecord } from "./events.ts";
import type { Field } from "./field.ts";
import type { AdaptiveMethod, Counts, Failure, Stepper } from "./method.ts";
import type { Trajectory } from "./problem.ts";

/** How an integration ended, and what it took. `times` and `values` hold the recording times that were reached. */
export interface Integration extends Trajectory {
  /** `end`: all times were reached; `event`: a terminal one came first; `budget`: maxSteps; `aborted`: by the signal. */
  readonly stopped: Exclude<Stopped, "converged"> | "event";
  /** The same as a sentence. */
  readonly reason: string;
  /** What to try, when it did not end as asked. */
  readonly advice?: string;
  /** How far it came. */
  readonly end: { readonly time: number; readonly y: Float64Array };
  /** In the order of integration. */
  readonly events: readonly EventRecord[];
  /** Times between the accepted steps, the first one times[0]: a grid on which `solve` repeats the steps. */
  readonly steps: Float64Array;
  readonly counts: Readonly<Counts>;
}

/** What the asynchronous form takes beside the problem. */
export interface LongProblem extends AdaptiveProblem {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Integrates dy/dt = f(t, y) from y(times[0]) = y0 with steps of controlled error and records y at `times`.
 * For the exact derivatives of the result see `frozen`.
 * @param field - f with its derivatives, or only the function.
 * @throws ArgumentError before any work; NumericalError, with the time, when f is not finite or the step size underflows.
 */
export function integrate(field: Field | Field["evaluate"], problem: AdaptiveProblem): Integration {
  const run = drive(checkAdaptive(typeof field === "function" ? { evaluate: field } : field, problem));
  while (run.advance());
  return run.result();
}

/** As `integrate`, but lets the event loop turn, so that a page stays alive and `signal` can be set by others. */
export async function integrateAsync(field: Field | Field["evaluate"], problem: LongProblem): Promise<Integration> {
  const { onProgress } = problem;
  const run = drive(checkAdaptive(typeof field === "function" ? { evaluate: field } : field, problem));
  const next = pace(onProgress === undefined ? {} : { onProgress });
  let going = true;
  while (going) {
    for (let n = 0; n < 32 && going; n++) going = run.advance();
    await next(run.progress());
  }
  return run.result();
}

interface Run {
  /** One step; false when there is nothing more to do. */
  advance(): boolean;
  progress(): Progress;
  result(): Integration;
}

function drive(checked: Checked): Run {
  const { method, setup, times, maxSteps, land, signal } = checked;
  const { t: t0, y: y0, end, counts } = setup;
  const P = y0.length;
  const sign = end < t0 ? -1 : 1;
  const values = new Float64Array(times.length * P);
  values.set(y0);
  let reached = 1;
  const steps = [t0];
  const happened: EventRecord[] = [];
  let stopped: Integration["stopped"] | undefined = times.length === 1 ? "end" : undefined;
  let stepper: Stepper | undefined;
  const now = Float64Array.of(t0); // in an array, so that a new time is not a new object
  let state = y0;

  /** Records what lies in the step, up to `until`. */
  const record = (of: Stepper, until: number): void => {
    while (reached < times.length && sign * (times[reached] - until) <= 0) {
      const out = values.subarray(reached * P, (reached + 1) * P);
      if (times[reached] === of.t) out.set(of.y);
      else of.interpolate(times[reached], out);
      reached++;
    }
  };

  const begin = (): Stepper => {
    const started = method.start(setup);
    if ("advance" in started) return started;
    throw broken(method, started);
  };
  const watch = checked.events.length > 0 && times.length > 1 ? watchEvents(checked.events, t0, y0) : undefined;

  return {
    advance() {
      if (stopped !== undefined) return false;
      if (signal?.aborted === true || counts.accepted >= maxSteps) {
        stopped = counts.accepted >= maxSteps ? "budget" : "aborted";
        return false;
      }
      stepper ??= begin();
      const failure = stepper.advance(land ? times[reached] : end);
      if (failure !== undefined) throw broken(method, failure);
      now[0] = stepper.t;
      state = stepper.y;
      if (watch !== undefined) {
        const found = watch.scan(stepper);
        happened.push(...found);
        const last = found.at(-1);
        if (last !== undefined && watch.ends(last)) {
          now[0] = last.time;
          state = last.y;
          stopped = "event";
        }
      }
      record(stepper, now[0]);
      steps.push(now[0]);
      if (stopped === undefined && reached === times.length) stopped = "end";
      return stopped === undefined;
    },
    progress: () => ({ done: Math.abs(now[0] - t0), total: Math.abs(end - t0), label: `t = ${now[0]}` }),
    result: () => ({
      times: times.slice(0, reached),
      values: values.slice(0, reached * P),
      size: P,
      ...describe(stopped ?? "aborted", now[0], checked),
      end: { time: now[0], y: state.slice() },
      events: happened,
      steps: Float64Array.from(steps),
      counts: { ...counts },
    }),
  };
}

/** The ending in words. */
function describe(
  stopped: Integration["stopped"],
  time: number,
  { method, setup, maxSteps }: Checked,
): Pick<Integration, "stopped" | "reason" | "advice"> {
  if (stopped === "end") return { stopped, reason: `all times up to t = ${time} were reached` };
  if (stopped === "event") return { stopped, reason: `a terminal event happened at t = ${time}` };
  if (stopped === "aborted")
    return { stopped, reason: `the signal stopped it at t = ${time}`, advice: "Go on from end.time and end.y" };
  const share = ((100 * (time - setup.t)) / (setup.end - setup.t)).toPrecision(3);
  const advice = method.stiff
    ? "Raise maxSteps, or loosen rtol and atol"
    : "If far more steps are taken than the solution has features, it is stiff: try rodas4 or ndf; else raise maxSteps or loosen rtol";
  return { stopped, reason: `${maxSteps} steps were spent at t = ${time}, ${share} % of the way`, advice };
}

function broken(method: AdaptiveMethod, { time, h, component, value, y, problem }: Failure): NumericalError {
  const where = `integrate(${method.name})`;
  const details = { time, nu: [...y] };
  if (value !== undefined)
    return new NumericalError(
      where,
      `the field's component ${component} is ${value} at t = ${time}, y = [${y.join(", ")}]`,
      details,
      "Look for a division by zero, the root or logarithm of a negative number, or an entry that is never written",
    );
  return new NumericalError(
    where,
    `${problem ?? "step size fell"} to ${Math.abs(h).toExponential(1)} at t = ${time}; the worst component is y[${component}] = ${y[component]}`,
    details,
    method.stiff
      ? "The solution may be singular there; look at the field near that time, or loosen rtol and atol"
      : "The problem is probably stiff there, try rosenbrock (rodas4), or loosen rtol; or its solution is singular",
  );
}
