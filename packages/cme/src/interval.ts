import { exp, log } from "@dbd/numerics/special";
import { compileExpression, type Expression, type Operation, symbolsOf } from "./expression.ts";
import { power as powerOf } from "./expressionProgram.ts";
import { asin, atan, sin, sinh, tanh } from "./expressionTrigonometry.ts";

/** Numbers between two ends; both NaN-free, −∞ and ∞ allowed. `whole` stands for "anything". */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

const whole: Interval = { low: -Infinity, high: Infinity };
const point = (value: number): Interval => (Number.isNaN(value) ? whole : { low: value, high: value });
const someTruth: Interval = { low: 0, high: 1 };

/** A little wider than computed, so that rounding cannot make a bound too small. */
function widened(low: number, high: number): Interval {
  if (Number.isNaN(low) || Number.isNaN(high)) return whole;
  const margin = (end: number): number => (Number.isFinite(end) ? Math.abs(end) * 1e-14 + 1e-300 : 0);
  return { low: low - margin(low), high: high + margin(high) };
}

function ofCorners(values: readonly number[]): Interval {
  return widened(Math.min(...values), Math.max(...values));
}

function product(a: Interval, b: Interval): Interval {
  // 0 · ∞ is 0 here: the infinite end is a limit that is not taken.
  const times = (x: number, y: number): number => (x === 0 || y === 0 ? 0 : x * y);
  return ofCorners([times(a.low, b.low), times(a.low, b.high), times(a.high, b.low), times(a.high, b.high)]);
}

function quotient(a: Interval, b: Interval): Interval {
  if (b.low <= 0 && b.high >= 0) return whole;
  return product(a, { low: 1 / b.high, high: 1 / b.low });
}

const rising =
  (f: (x: number) => number) =>
  ({ low, high }: Interval): Interval =>
    widened(f(low), f(high));

function power(a: Interval, b: Interval): Interval {
  const n = b.low;
  if (n === b.high && Number.isInteger(n) && Math.abs(n) <= 64) {
    if (n < 0) return quotient(point(1), power(a, point(-n)));
    const ends = [powerOf(a.low, n), powerOf(a.high, n)];
    if (n % 2 === 0 && a.low < 0 && a.high > 0) ends.push(0);
    return ofCorners(ends);
  }
  if (!(a.low > 0)) return whole;
  return rising(exp)(product(b, rising(log)(a)));
}

/** Sine with its extremes where the interval holds their places. */
function sine({ low, high }: Interval, phase: number): Interval {
  const turns = (value: number): number => (value + phase) / (2 * Math.PI);
  if (!(high - low < 2 * Math.PI) || !(Math.abs(low) < 1e9)) return { low: -1, high: 1 };
  const holds = (place: number): boolean =>
    Math.floor(turns(high) - place + 1e-9) > Math.floor(turns(low) - place - 1e-9);
  const ends = [sin(low + phase), sin(high + phase)];
  if (holds(0.25)) ends.push(1);
  if (holds(0.75)) ends.push(-1);
  return { low: Math.min(...ends) - 1e-9, high: Math.max(...ends) + 1e-9 };
}

/** False [0, 0], true [1, 1] or undecided [0, 1]. */
function truth(surely: boolean, never: boolean): Interval {
  return surely ? point(1) : never ? point(0) : someTruth;
}

const isTrue = ({ low, high }: Interval): boolean => low > 0 || high < 0;
const isFalse = ({ low, high }: Interval): boolean => low === 0 && high === 0;

function hull(intervals: readonly Interval[]): Interval {
  return { low: Math.min(...intervals.map((i) => i.low)), high: Math.max(...intervals.map((i) => i.high)) };
}

function pieces(args: readonly Interval[]): Interval {
  const possible: Interval[] = [];
  for (let i = 0; i + 1 < args.length; i += 2) {
    if (!isFalse(args[i + 1])) possible.push(args[i]);
    if (isTrue(args[i + 1])) return hull(possible);
  }
  return args.length % 2 === 1 ? hull([...possible, args.at(-1)!]) : whole;
}

const sum = (args: readonly Interval[]): Interval =>
  args.slice(1).reduce((a, b) => widened(a.low + b.low, a.high + b.high), args[0]);

/** How each operation takes intervals; an operation that is not here is bounded by nothing. */
const rules: Readonly<Partial<Record<Operation, (args: readonly Interval[]) => Interval>>> = {
  "+": sum,
  neg: ([a]) => ({ low: -a.high, high: -a.low }),
  "*": (args) => args.slice(1).reduce(product, args[0]),
  "/": ([a, b]) => quotient(a, b),
  "^": ([a, b]) => power(a, b),
  "<": ([a, b]) => truth(a.high < b.low, a.low >= b.high),
  "<=": ([a, b]) => truth(a.high <= b.low, a.low > b.high),
  ">": ([a, b]) => truth(a.low > b.high, a.high <= b.low),
  ">=": ([a, b]) => truth(a.low >= b.high, a.high < b.low),
  "==": ([a, b]) => truth(a.low === a.high && b.low === a.low && b.high === a.low, a.high < b.low || a.low > b.high),
  "!=": ([a, b]) => truth(a.high < b.low || a.low > b.high, a.low === a.high && b.low === a.low && b.high === a.low),
  and: (args) => truth(args.every(isTrue), args.some(isFalse)),
  or: (args) => truth(args.some(isTrue), args.every(isFalse)),
  xor: (args) => (args.every((a) => isTrue(a) || isFalse(a)) ? point(args.filter(isTrue).length % 2) : someTruth),
  not: ([a]) => truth(isFalse(a), isTrue(a)),
  exp: ([a]) => rising(exp)(a),
  ln: ([a]) => (a.low < 0 ? whole : rising(log)(a)),
  log10: ([a]) => (a.low < 0 ? whole : rising((x) => log(x) / Math.LN10)(a)),
  sqrt: ([a]) => (a.low < 0 ? whole : rising(Math.sqrt)(a)),
  abs: ([a]) =>
    a.low >= 0 ? a : a.high <= 0 ? { low: -a.high, high: -a.low } : { low: 0, high: Math.max(-a.low, a.high) },
  floor: ([a]) => ({ low: Math.floor(a.low), high: Math.floor(a.high) }),
  ceil: ([a]) => ({ low: Math.ceil(a.low), high: Math.ceil(a.high) }),
  min: (args) => ({ low: Math.min(...args.map((a) => a.low)), high: Math.min(...args.map((a) => a.high)) }),
  max: (args) => ({ low: Math.max(...args.map((a) => a.low)), high: Math.max(...args.map((a) => a.high)) }),
  piecewise: pieces,
  sin: ([a]) => sine(a, 0),
  cos: ([a]) => sine(a, Math.PI / 2),
  tan: ([a]) => quotient(sine(a, 0), sine(a, Math.PI / 2)),
  asin: ([a]) => (a.low >= -1 && a.high <= 1 ? rising(asin)(a) : whole),
  acos: ([a]) =>
    a.low >= -1 && a.high <= 1 ? rising((x) => Math.PI / 2 - asin(x))({ low: a.high, high: a.low }) : whole,
  cosh: ([a]) => sum([rising((x) => exp(x) / 2)(a), rising((x) => exp(x) / 2)({ low: -a.high, high: -a.low })]),
  atan: ([a]) => rising(atan)(a),
  tanh: ([a]) => rising(tanh)(a),
  sinh: ([a]) => rising(sinh)(a),
};

/** Bounds of an expression over a span of one variable, all other values held. */
export type IntervalFunction = (values: Float64Array, low: number, high: number) => Interval;

/**
 * Interval arithmetic (Moore 1966): for every value of the variable in [low, high] the expression lies in the interval
 * returned, as long as all of its parts are numbers; it shrinks with the span; [−∞, ∞] where nothing is known.
 * @param slots - Where each symbol stands in `values`.   @param variable - The name that varies.
 */
export function compileInterval(
  expr: Expression,
  slots: ReadonlyMap<string, number>,
  variable: string,
  constants: ReadonlyMap<string, number>,
): IntervalFunction {
  if (expr.kind === "symbol" && expr.name === variable) return (_, low, high) => ({ low, high });
  if (expr.kind !== "call" || !symbolsOf(expr).includes(variable)) {
    const value = compileExpression(expr, slots, constants);
    return (values) => point(value(values));
  }
  const args = expr.args.map((arg) => compileInterval(arg, slots, variable, constants));
  const rule = rules[expr.op];
  if (rule === undefined) return () => whole;
  return (values, low, high) => rule(args.map((arg) => arg(values, low, high)));
}
