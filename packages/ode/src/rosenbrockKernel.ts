import { ArgumentError, NumericalError } from "@dbd/numerics/errors";
import type { Dynamics } from "./dynamics.ts";
import { factorLu, solveLu, solveLuTransposed } from "./lu.ts";
import { addScaled, vectors } from "./vectors.ts";
import type { RosenbrockTableau } from "./rosenbrock.ts";
import type { StepKernel, Tangent, Tape } from "./stepKernel.ts";

/** Second-order products, demanded only where derivatives of a step are. */
export function secondOf(where: string, { second }: Dynamics, why: string): NonNullable<Dynamics["second"]> {
  if (second === undefined)
    throw new ArgumentError(
      where,
      `${why} needs the second derivatives of the field, and the dynamics have no \`second\``,
      {
        hint: "Write one, or wrap the dynamics in secondByDifferences",
      },
    );
  return second;
}

/**
 * Fixed steps of a Rosenbrock method and their exact derivatives. With E = 1/(hγ) − J(y) a stage is
 * E U_i = F(y + Σ_j a_ij U_j) + Σ_j (c_ij/h) U_j, so that E dU_i = dF_i + Σ_j (c_ij/h) dU_j + dJ U_i, where dJ U_i is a
 * second derivative of F. The tape holds y, the points and the U_i; J and its factors are made again.
 */
export function rosenbrockKernel(
  where: string,
  dynamics: Dynamics,
  u: Float64Array,
  { name, gamma, a, c, m }: RosenbrockTableau,
): StepKernel {
  const [P, Q] = dynamics.shape;
  const S = m.length;
  const system = iterationMatrix(where, name, dynamics, u);
  const weightsOf = (rows: readonly (readonly number[])[]): Float64Array[] => rows.map((row) => Float64Array.from(row));
  const toPoint = weightsOf(a);
  const toSlope = weightsOf(c);
  const weights = Float64Array.from(m);
  const stagesOf = (tape: Tape): Tape => tape.slice(S);

  const step: StepKernel["step"] = (h, y, tape) => {
    const [from] = tape;
    from.set(y); // the first point is the state itself
    system.factor(from, 1 / (h * gamma), h);
    const stages = stagesOf(tape);
    for (let s = 0; s < S; s++) {
      const point = tape[s];
      point.set(from);
      addScaled(point, 1, toPoint[s], 0, s, stages);
      dynamics.evaluate(point, u, stages[s]);
      addScaled(stages[s], 1 / h, toSlope[s], 0, s, stages);
      system.solve(stages[s]);
    }
    addScaled(y, 1, weights, 0, S, stages);
  };

  const tangent = (C: number, driven: boolean): Tangent => {
    const second = secondOf(where, dynamics, `the derivative of ${name}`);
    const block = new Float64Array(P * C);
    const point = new Float64Array(P * C);
    const right = new Float64Array(P * C);
    const changes = vectors(S, P * C);
    const unit = new Float64Array(P);
    const column = new Float64Array(P);
    const noChange = new Float64Array(Q);
    const rowY = new Float64Array(P);
    const rowU = new Float64Array(Q);
    /** right += (∂F/∂y at `at`) · of. */
    const addJacobian = (at: Float64Array, of: Float64Array): void => {
      for (let l = 0; l < P; l++) {
        unit[l] = 1;
        dynamics.jvp(at, u, unit, noChange, column);
        unit[l] = 0;
        for (let k = 0; k < P; k++) for (let q = 0; q < C; q++) right[k * C + q] += column[k] * of[l * C + q];
      }
    };
    const addRows = (k: number): void => {
      for (let l = 0; l < P; l++) for (let q = 0; q < C; q++) right[k * C + q] += rowY[l] * block[l * C + q];
      if (driven) for (let q = 0; q < C; q++) right[k * C + q] += rowU[q];
    };
    return {
      block,
      advance(h, tape) {
        system.factor(tape[0], 1 / (h * gamma), h);
        const stages = stagesOf(tape);
        for (let s = 0; s < S; s++) {
          point.set(block);
          addScaled(point, 1, toPoint[s], 0, s, changes);
          right.fill(0);
          addJacobian(tape[s], point);
          for (let k = 0; k < P; k++) {
            unit[k] = 1;
            rowY.fill(0);
            rowU.fill(0);
            second(tape[0], u, unit, stages[s], noChange, rowY, rowU); // row k of dJ U_s
            addRows(k);
            if (driven) {
              rowU.fill(0);
              dynamics.vjp(tape[s], u, unit, rowY, rowU);
              for (let q = 0; q < C; q++) right[k * C + q] += rowU[q];
            }
            unit[k] = 0;
          }
          addScaled(right, 1 / h, toSlope[s], 0, s, changes);
          for (let q = 0; q < C; q++) {
            for (let p = 0; p < P; p++) column[p] = right[p * C + q];
            system.solve(column);
            for (let p = 0; p < P; p++) changes[s][p * C + q] = column[p];
          }
        }
        addScaled(block, 1, weights, 0, S, changes);
      },
    };
  };

  const reverse: StepKernel["reverse"] = (lambda, uBar) => {
    const second = secondOf(where, dynamics, `the adjoint of ${name}`);
    const bars = vectors(S, P);
    const pointBar = new Float64Array(P);
    const noChange = new Float64Array(Q);
    return (h, tape) => {
      system.factor(tape[0], 1 / (h * gamma), h);
      const stages = stagesOf(tape);
      for (let s = 0; s < S; s++) for (let p = 0; p < P; p++) bars[s][p] = m[s] * lambda[p];
      for (let s = S - 1; s >= 0; s--) {
        const bar = bars[s];
        system.solveTransposed(bar);
        pointBar.fill(0);
        dynamics.vjp(tape[s], u, bar, pointBar, uBar);
        second(tape[0], u, bar, stages[s], noChange, lambda, uBar);
        for (let p = 0; p < P; p++) lambda[p] += pointBar[p];
        for (let j = 0; j < s; j++)
          for (let p = 0; p < P; p++) bars[j][p] += a[s][j] * pointBar[p] + (c[s][j] / h) * bar[p];
      }
    };
  };
  return { tape: () => vectors(2 * S, P), step, tangent, reverse };
}

/** shift · 1 − J(y) with J by P calls of jvp, and systems with it. */
function iterationMatrix(where: string, name: string, dynamics: Dynamics, u: Float64Array) {
  const [P, Q] = dynamics.shape;
  const full = { lower: Math.max(0, P - 1), upper: Math.max(0, P - 1) };
  const factors = new Float64Array(P * P);
  const pivots = new Int32Array(P);
  const unit = new Float64Array(P);
  const column = new Float64Array(P);
  const noChange = new Float64Array(Q);
  return {
    factor(y: Float64Array, shift: number, h: number): void {
      for (let l = 0; l < P; l++) {
        unit[l] = 1;
        dynamics.jvp(y, u, unit, noChange, column);
        unit[l] = 0;
        for (let k = 0; k < P; k++) factors[k * P + l] = (k === l ? shift : 0) - column[k];
      }
      if (!factorLu(factors, P, pivots, full))
        throw new NumericalError(
          where,
          `${name}: the iteration matrix 1/(hγ) − J is singular or not finite for a step of ${h} from y = [${y.join(", ")}]`,
          { nu: [...y] },
          "Try more substeps, or look at the field's jvp there",
        );
    },
    solve: (b: Float64Array): void => solveLu(factors, P, pivots, full, b),
    solveTransposed: (b: Float64Array): void => solveLuTransposed(factors, P, pivots, full, b),
  };
}
