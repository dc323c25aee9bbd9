import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import type { Dynamics } from "./dynamics.ts";
import { above, explicitScheme } from "./explicitKernel.ts";
import { addScaled, notFinite, vectors } from "./vectors.ts";
import { scheme, type InitialValueProblem, type Trajectory } from "./problem.ts";
import { secondOf } from "./rosenbrockKernel.ts";
import type { ExplicitScheme } from "./stepKernel.ts";

/** Dynamics that have second-order products. */
export interface SecondOrderDynamics extends Dynamics {
  readonly second: NonNullable<Dynamics["second"]>;
}

/**
 * The dynamics with `second` by central differences of vjp, of order 4: exact to rounding / step, about 1e-11 of the size
 * of the derivatives, where the field is smooth over 1e-3 of the size of y and u. Four calls of vjp. Not for fields with kinks.
 */
export function secondByDifferences(dynamics: Dynamics): SecondOrderDynamics {
  const [P, Q] = dynamics.shape;
  const y = new Float64Array(P);
  const u = new Float64Array(Q);
  const yBar = new Float64Array(P);
  const uBar = new Float64Array(Q);
  const weights = [1, -8, 8, -1].map((w) => w / 12);
  const largest = (v: Float64Array): number => v.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return {
    ...dynamics,
    second(atY, atU, seed, dy, du, yOut, uOut) {
      const length = Math.max(largest(dy), largest(du));
      if (length === 0) return;
      const h = (1e-3 * Math.max(1e-3, Math.min(1, Math.max(largest(atY), largest(atU))))) / length;
      for (let j = 0; j < 4; j++) {
        const step = h * (j < 2 ? j - 2 : j - 1);
        for (let p = 0; p < P; p++) y[p] = atY[p] + step * dy[p];
        for (let q = 0; q < Q; q++) u[q] = atU[q] + step * du[q];
        yBar.fill(0);
        uBar.fill(0);
        dynamics.vjp(y, u, seed, yBar, uBar);
        for (let p = 0; p < P; p++) yOut[p] += (weights[j] / h) * yBar[p];
        for (let q = 0; q < Q; q++) uOut[q] += (weights[j] / h) * uBar[q];
      }
    },
  };
}

/** A direction for coefficients and initial state. */
export interface Direction {
  /** Shape [Q]. */
  readonly du: Float64Array;
  /** Shape [P]; zero unless given. */
  readonly dy0?: Float64Array | undefined;
}

/** The objective's derivatives along a path. */
export interface SeedsAndChanges {
  /** ∂S/∂y(t_i), shape [T, P]. */
  readonly seeds: Float64Array;
  /** Their change when the path changes by dy(t_i): Σ_j ∂²S/∂y_i∂y_j dy_j, shape [T, P]. */
  readonly changes: Float64Array;
}

/** Gradient and Hessian times direction. */
export interface HessianProduct {
  readonly uBar: Float64Array;
  readonly y0Bar: Float64Array;
  /** The change of uBar along the direction, shape [Q]. */
  readonly uBarChange: Float64Array;
  /** The change of y0Bar along the direction, shape [P]. */
  readonly y0BarChange: Float64Array;
  readonly trajectory: Trajectory;
}

/**
 * The gradient of S(y(t_0), …, y(t_T−1)) and the product of its Hessian with one direction of (u, y0): forward over
 * adjoint, both exact derivatives of the discrete scheme, at about four times the cost of one gradient whatever Q is.
 * Griewank & Walther, Evaluating Derivatives (2008), §5.2, doi:10.1137/1.9780898717761.
 * @param u - Coefficients, shape [Q].
 * @param objective - Called once with the path and its change along the direction, both [T, P].
 * @throws ArgumentError on wrong shapes, when the dynamics have no `second`, or for a method that is not an explicit
 * tableau (a Rosenbrock method would need third derivatives); NumericalError as `solve`.
 */
export function hessianVector(
  dynamics: Dynamics,
  u: Float64Array,
  options: InitialValueProblem & Direction,
  objective: (values: Float64Array, changes: Float64Array) => SeedsAndChanges,
): HessianProduct {
  const where = "hessianVector";
  const { integrator, du } = options;
  if ("tableau" in integrator)
    throw new ArgumentError(where, `${integrator.name} would need third derivatives of the field`, {
      hint: "Take an explicit tableau, or differences of two gradients by adjoint",
    });
  const second = secondOf(where, dynamics, "a Hessian");
  const s = scheme(where, dynamics, u, options);
  const { P, Q, times, substeps } = s;
  const T = times.length;
  const dy = options.dy0?.slice() ?? new Float64Array(P);
  if (du.length !== Q || dy.length !== P)
    throw new ArgumentError(
      where,
      `du must have length ${Q} ([Q]) and dy0 ${P} ([P]), got ${du.length} and ${dy.length}`,
    );
  const pair = pairOfSteps(explicitScheme(dynamics.shape, integrator), dynamics, second, u, du);
  const tapes = Array.from({ length: substeps }, pair.tape);
  const values = new Float64Array(T * P);
  const moves = new Float64Array(T * P);
  const y = s.y0.slice();
  values.set(y);
  moves.set(dy);
  const stepOf = (i: number): number => (times[i] - times[i - 1]) / substeps;
  for (let i = 1; i < T; i++) {
    for (let k = 0; k < substeps; k++) pair.forward(stepOf(i), y, dy, tapes[k]);
    if (notFinite(y) >= 0 || notFinite(dy) >= 0)
      throw new NumericalError(
        where,
        `the path or its change along the direction is not finite at t = ${times[i]}`,
        { time: times[i] },
        "Try more substeps; solve tells the component",
      );
    values.set(y, i * P);
    moves.set(dy, i * P);
  }
  const { seeds, changes } = objective(values, moves);
  if (seeds.length !== T * P || changes.length !== T * P)
    throw new ArgumentError(
      where,
      `seeds and changes must have length ${T * P} ([T, P]), got ${seeds.length} and ${changes.length}`,
    );
  const bars: Bars = {
    lambda: seeds.slice((T - 1) * P),
    dLambda: changes.slice((T - 1) * P),
    uBar: new Float64Array(Q),
    dUBar: new Float64Array(Q),
  };
  for (let i = T - 1; i > 0; i--) {
    y.set(values.subarray((i - 1) * P, i * P));
    dy.set(moves.subarray((i - 1) * P, i * P));
    for (let k = 0; k < substeps; k++) pair.forward(stepOf(i), y, dy, tapes[k]);
    for (let k = substeps - 1; k >= 0; k--) pair.reverse(stepOf(i), tapes[k], bars);
    for (let p = 0; p < P; p++) {
      bars.lambda[p] += seeds[(i - 1) * P + p];
      bars.dLambda[p] += changes[(i - 1) * P + p];
    }
  }
  return {
    uBar: bars.uBar,
    y0Bar: bars.lambda,
    uBarChange: bars.dUBar,
    y0BarChange: bars.dLambda,
    trajectory: { times, values, size: P },
  };
}

interface Bars {
  readonly lambda: Float64Array;
  readonly dLambda: Float64Array;
  readonly uBar: Float64Array;
  readonly dUBar: Float64Array;
}

interface PairTape {
  readonly points: readonly Float64Array[];
  readonly dPoints: readonly Float64Array[];
}

/** State with tangent forwards, adjoint with its tangent backwards. */
function pairOfSteps(
  explicit: ExplicitScheme,
  dynamics: Dynamics,
  second: NonNullable<Dynamics["second"]>,
  u: Float64Array,
  du: Float64Array,
) {
  const { P, stages, a, b } = explicit;
  const slopes = vectors(stages, P);
  const dSlopes = vectors(stages, P);
  const bar = new Float64Array(P);
  const dBar = new Float64Array(P);
  const later = above(explicit);
  return {
    tape: (): PairTape => ({ points: vectors(stages, P), dPoints: vectors(stages, P) }),
    forward(h: number, y: Float64Array, dy: Float64Array, { points, dPoints }: PairTape): void {
      for (let s = 0; s < stages; s++) {
        points[s].set(y);
        addScaled(points[s], h, a, s * stages, s, slopes);
        dPoints[s].set(dy);
        addScaled(dPoints[s], h, a, s * stages, s, dSlopes);
        dynamics.evaluate(points[s], u, slopes[s]);
        dynamics.jvp(points[s], u, dPoints[s], du, dSlopes[s]);
      }
      addScaled(y, h, b, 0, stages, slopes);
      addScaled(dy, h, b, 0, stages, dSlopes);
    },
    reverse(h: number, { points, dPoints }: PairTape, { lambda, dLambda, uBar, dUBar }: Bars): void {
      for (let s = stages - 1; s >= 0; s--) {
        for (let p = 0; p < P; p++) {
          bar[p] = h * b[s] * lambda[p];
          dBar[p] = h * b[s] * dLambda[p];
        }
        addScaled(bar, h, later, s * stages, stages, slopes); // slopes hold the bars of the points after s
        addScaled(dBar, h, later, s * stages, stages, dSlopes);
        slopes[s].fill(0);
        dSlopes[s].fill(0);
        dynamics.vjp(points[s], u, bar, slopes[s], uBar);
        dynamics.vjp(points[s], u, dBar, dSlopes[s], dUBar);
        second(points[s], u, bar, dPoints[s], du, dSlopes[s], dUBar);
      }
      for (let s = 0; s < stages; s++)
        for (let p = 0; p < P; p++) {
          lambda[p] += slopes[s][p];
          dLambda[p] += dSlopes[s][p];
        }
    },
  };
}
