import type { Dynamics } from "./dynamics.ts";
import { march } from "./march.ts";
import { scheme, type InitialValueProblem, type Trajectory } from "./problem.ts";

/**
 * Integrates dy/dt = F(y; u) from y(times[0]) = y0 and records y at `times`.
 * The step is fixed, (t_{i+1} − t_i)/substeps, so that the result is a differentiable function of u and y0.
 * @param u - Coefficients, shape [Q].
 * @throws ArgumentError on wrong shapes, times or tableau; NumericalError with the time where y is not finite.
 */
export function solve(dynamics: Dynamics, u: Float64Array, problem: InitialValueProblem): Trajectory {
  const s = scheme("solve", dynamics, u, problem);
  const values = new Float64Array(s.times.length * s.P);
  const y = s.y0.slice();
  march(s, y, (i) => values.set(y, i * s.P));
  return { times: s.times, values, size: s.P };
}
