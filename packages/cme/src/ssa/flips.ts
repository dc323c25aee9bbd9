import { NumericalError } from "@dbd/numerics/errors";
import type { LawFunction } from "../compile.ts";
import { compileExpression, type Expression, printExpression, symbolsOf, timeSymbol } from "../expression.ts";
import { compileInterval } from "../interval.ts";

/** Spans that one search may look at. */
const mostSpans = 50_000;
/** Relative width below which a span is settled by its two ends. */
const finest = 1e-11;

/** The first time in (t, horizon] at which the truth of an expression is not `value`, or ∞; the rest of the state is held. */
export type FlipFinder = (x: Float64Array, t: number, horizon: number, value: boolean) => number;

/** The double just above a time. */
function after(t: number): number {
  let step = Math.max(Math.abs(t) * 2 ** -53, Number.MIN_VALUE);
  while (t + step === t) step *= 2;
  return t + step;
}

/** What time is compared with, where an expression compares it: times at which it may turn. */
function comparedWith(expr: Expression): readonly Expression[] {
  if (expr.kind !== "call") return [];
  const inner = expr.args.flatMap(comparedWith);
  if (!["<", "<=", ">", ">=", "==", "!="].includes(expr.op)) return inner;
  const [left, right] = expr.args;
  const isTime = (e: Expression): boolean => e.kind === "symbol" && e.name === timeSymbol;
  const free = (e: Expression): boolean => !symbolsOf(e).includes(timeSymbol);
  if (isTime(left) && free(right)) return [...inner, right];
  if (isTime(right) && free(left)) return [...inner, left];
  return inner;
}

/**
 * Finds when the truth of an expression turns while time goes on and the state stays. A comparison of bare time with
 * something is met exactly; everything else by interval arithmetic and bisection, to the last bit of the time, unless
 * it turns twice within 1e-11 of the time.
 */
export function createFlipFinder(
  expr: Expression,
  slots: ReadonlyMap<string, number>,
  constants: ReadonlyMap<string, number>,
): FlipFinder {
  const timeSlot = slots.get(timeSymbol)!;
  const value = compileExpression(expr, slots, constants);
  const bounds = compileInterval(expr, slots, timeSymbol, constants);
  const marks: readonly LawFunction[] = comparedWith(expr).map((e) => compileExpression(e, slots, constants));
  const truthAt = (x: Float64Array, t: number): boolean => {
    x[timeSlot] = t;
    return value(x) !== 0;
  };
  let spans = 0;
  /** In (low, high], where the truth at `low` is `is`. */
  const search = (x: Float64Array, low: number, high: number, is: boolean): number => {
    if (++spans > mostSpans) {
      const problem = `cannot find when "${printExpression(expr)}" turns after t = ${low}`;
      throw new NumericalError("simulate", problem, { time: low }, "Write the trigger as a comparison of time");
    }
    const { low: least, high: most } = bounds(x, low, high);
    const never = least === 0 && most === 0;
    const surely = least > 0 || most < 0;
    if (is ? surely : never) return Infinity;
    const middle = low + (high - low) / 2;
    const narrow = high - low <= finest * Math.max(1, Math.abs(high)) || middle <= low || middle >= high;
    if (narrow) return truthAt(x, high) === is ? Infinity : bisect(x, low, high, is);
    const found = search(x, low, middle, is);
    return found < Infinity ? found : search(x, middle, high, is);
  };
  const bisect = (x: Float64Array, from: number, to: number, is: boolean): number => {
    let low = from;
    let high = to;
    for (;;) {
      const middle = low + (high - low) / 2;
      if (middle <= low || middle >= high) return high;
      if (truthAt(x, middle) === is) low = middle;
      else high = middle;
    }
  };
  return (x, t, horizon, is) => {
    spans = 0;
    const points = marks
      .map((mark) => mark(x))
      .flatMap((c) => [c, after(c)])
      .filter((c) => c > t && c <= horizon)
      .sort((a, b) => a - b);
    let from = t;
    for (const c of [...points, horizon]) {
      // Up to just before the point, then the point itself.
      if (c > from) {
        const found = c > after(from) ? search(x, from, c, is) : Infinity;
        if (found < c) return found;
        if (truthAt(x, c) !== is) return c;
      }
      from = c;
    }
    return Infinity;
  };
}
