import { type Code, f64, get, i32, ifElse, op, sequence, set } from "@dbd/numerics/wasm/code";
import { rodas4Tableau } from "../integrators/rodas4/index.ts";
import type { Lanes, Locals } from "./lanes.ts";
import { type MethodCode, normCode } from "./stepControl.ts";

/** Vectors: y, next, atol, scratch, stage point, its slope and the slope at y, then the six stages. */
export const rodasVectors = { y: 0, atol: 2, scratch: 3, slope: 6, count: 13 } as const;

/** What the stepper needs of the system. */
export interface StiffCode {
  readonly evaluate: (from: number, to: number) => Code;
  /** Makes the Jacobian at a vector. */
  readonly jacobian: (at: number) => Code;
  /** Factors shift − J and leaves 1 on the stack when that is possible. */
  readonly factor: (shift: Code) => Code;
  readonly solve: (vector: number) => Code;
}

/** The arithmetic of RODAS as in `rosenbrock`, for a field that does not depend on time. */
export function rodasCode(lanes: Lanes, locals: Locals, { evaluate, jacobian, factor, solve }: StiffCode): MethodCode {
  const { a, c, m, gamma, error: embedded, interpolant } = rodas4Tableau;
  const [y, next, atol, point, stageSlope, slope] = [0, 1, 2, 4, 5, 6];
  const stage = (s: number): number => 7 + s;
  const terms = (weights: readonly number[]): { vector: number; weight: number }[] =>
    weights.map((weight, s) => ({ vector: stage(s), weight }));
  const fresh = locals.local("i32"); // whether slope and Jacobian belong to y; 0 when the function is entered
  const norm = locals.local();
  const inverse = (step: number): Code => op("f64.div", f64(1), get(step));
  const stageCode = (step: number, s: number): Code => {
    if (s === 0) return sequence(lanes.copy(stage(0), slope), solve(stage(0)));
    return sequence(
      lanes.combine(point, y, undefined, terms(a[s])),
      evaluate(point, stageSlope),
      lanes.combine(stage(s), stageSlope, inverse(step), terms(c[s])),
      solve(stage(s)),
    );
  };
  const attempt = (step: number): Code =>
    sequence(
      ifElse(op("i32.eqz", get(fresh)), sequence(evaluate(y, slope), jacobian(y), set(fresh, i32(1)))),
      set(norm, f64(Number.NaN)),
      ifElse(
        factor(op("f64.div", f64(1 / gamma), get(step))),
        sequence(
          ...m.map((_, s) => stageCode(step, s)),
          lanes.combine(next, y, undefined, terms(m)),
          set(norm, normCode(lanes, locals, lanes.weighted(undefined, terms(embedded.weights)), [y, next, atol])),
        ),
      ),
      get(norm),
    );
  const record = (theta: number, _step: number, row: number): Code => {
    const weights = interpolant.p.map((p, s) =>
      lanes.scalar(op("f64.add", f64(p), op("f64.mul", get(theta), f64(interpolant.q[s])))),
    );
    const left = lanes.scalar(op("f64.sub", f64(1), get(theta)));
    const right = lanes.scalar(get(theta));
    return sequence(
      ...weights.map((weight) => weight.set),
      left.set,
      right.set,
      lanes.each((v) => {
        const sum = weights
          .flatMap(({ local }, s) =>
            interpolant.p[s] === 0 && interpolant.q[s] === 0 ? [] : [v.mul(v.scalar(local), v.get(stage(s)))],
          )
          .reduce((one, other) => v.add(one, other));
        const [rest, part] = [v.scalar(left.local), v.scalar(right.local)];
        const line = v.add(v.mul(rest, v.get(y)), v.mul(part, v.get(next)));
        return v.write(row, v.add(line, v.mul(v.mul(part, rest), sum)));
      }),
    );
  };
  return {
    enter: sequence(lanes.enter(y), lanes.enter(atol)),
    leave: lanes.leave(y),
    attempt,
    record,
    arrive: (row) => lanes.each((v) => v.write(row, v.get(next))),
    move: sequence(lanes.copy(y, next), set(fresh, i32(0))),
    k: Math.min(rodas4Tableau.order, embedded.order) + 1,
  };
}
