import { notFinite } from "./vectors.ts";
import type { Failure, Setup, Stepper } from "./method.ts";

/** What every method begins with: the slope at the start, checked, counted, and handed to `make`. */
export function begin(setup: Setup, make: (slope: Float64Array) => Stepper): Stepper | Failure {
  const { field, t, y, counts } = setup;
  const slope = new Float64Array(y.length).fill(Number.NaN); // what the field forgets to write stays NaN
  field.evaluate(t, y, slope);
  counts.evaluations++;
  const wrong = notFinite(slope);
  return wrong >= 0 ? { time: t, h: 0, component: wrong, value: slope[wrong], y } : make(slope);
}

/** The failure of an implicit method, with its reason when the linear systems are to blame. */
export function implicitFailure(failure: Failure, singular: boolean): Failure {
  const problem = "the iteration matrix stayed singular or not finite (look at the Jacobian) while the step size fell";
  return singular ? { ...failure, problem } : failure;
}
