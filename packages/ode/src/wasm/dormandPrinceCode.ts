import { type Code, f64, get, op, sequence } from "@dbd/numerics/wasm/code";
import { dormandPrince54 } from "../integrators/dormandPrince54/index.ts";
import type { Lanes, Locals } from "./lanes.ts";
import { type MethodCode, normCode } from "./stepControl.ts";

/** Vectors: y, next, atol, scratch and stage point, then the seven slopes. */
export const dormandPrinceVectors = { y: 0, atol: 2, scratch: 3, slope: 5, count: 12 } as const;

/** The arithmetic of Dormand–Prince 5(4) as in `explicitMethod`. */
export function dormandPrinceCode(
  lanes: Lanes,
  locals: Locals,
  evaluate: (from: number, to: number) => Code,
): MethodCode {
  const { a, b, embedded, interpolant } = dormandPrince54;
  const [y, next, atol, scratch, point] = [0, 1, 2, 3, 4];
  const slope = (s: number): number => 5 + s;
  const terms = (weights: readonly number[]): { vector: number; weight: number }[] =>
    weights.map((weight, s) => ({ vector: slope(s), weight }));
  const stages = b.length;
  const difference = b.map((weight, s) => weight - embedded!.weights[s]);
  const attempt = (step: number): Code =>
    sequence(
      ...Array.from({ length: stages - 1 }, (_, i) => {
        const s = i + 1;
        const target = s === stages - 1 ? next : point;
        return sequence(lanes.combine(target, y, get(step), terms(a[s])), evaluate(target, slope(s)));
      }),
      normCode(lanes, locals, lanes.prepared(lanes.weighted(get(step), terms(difference)), scratch), [y, next, atol]),
    );
  const record = (theta: number, step: number, row: number): Code => {
    const rows = interpolant!.rows;
    const used = rows.flatMap((powers, s) => (powers.every((p) => p === 0) ? [] : [{ powers, vector: slope(s) }]));
    const weights = used.map(({ powers }) =>
      lanes.scalar(
        op(
          "f64.mul",
          get(step),
          powers.reduceRight<Code>((sum, p) => op("f64.mul", op("f64.add", sum, f64(p)), get(theta)), f64(0)),
        ),
      ),
    );
    return sequence(
      ...weights.map((weight) => weight.set),
      lanes.each((v) => {
        const sum = used
          .map(({ vector }, j) => v.mul(v.scalar(weights[j].local), v.get(vector)))
          .reduce((left, right) => v.add(left, right));
        return v.write(row, v.add(v.get(y), sum));
      }),
    );
  };
  return {
    enter: sequence(lanes.enter(y), lanes.enter(atol), lanes.enter(slope(0))),
    leave: sequence(lanes.leave(y), lanes.leave(slope(0))),
    attempt,
    record,
    arrive: (row) => lanes.each((v) => v.write(row, v.get(next))),
    move: lanes.each((v) => sequence(v.set(y, v.get(next)), v.set(slope(0), v.get(slope(stages - 1))))),
    k: 5,
  };
}
