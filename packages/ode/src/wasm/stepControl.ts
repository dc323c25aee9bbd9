import {
  block,
  branch,
  branchIf,
  type Code,
  f64,
  get,
  i32,
  ifElse,
  load,
  loop,
  op,
  sequence,
  set,
  store,
} from "@dbd/numerics/wasm/code";
import type { FunctionSpec } from "@dbd/numerics/wasm/module";
import { expCode, logCode } from "./controlFunctions.ts";
import { type Lanes, Locals } from "./lanes.ts";

/** Slots of the header at address 0, eight bytes each. */
export const header = {
  t: 0,
  h: 1,
  end: 2,
  maxStep: 3,
  before: 4,
  afterRejection: 5,
  accepted: 6,
  rejected: 7,
  rtol: 8,
  /** Address of the next recording time, and of what follows the last. */
  nextTime: 9,
  lastTime: 10,
  /** Address of the next row. */
  row: 11,
  bytes: 128,
} as const;

/** How `advance` ended. */
export const ended = { end: 0, budget: 1, underflow: 2 } as const;

const mul = (a: Code, b: Code): Code => op("f64.mul", a, b);
const sub = (a: Code, b: Code): Code => op("f64.sub", a, b);
const add = (a: Code, b: Code): Code => op("f64.add", a, b);
const abs = (a: Code): Code => op("f64.abs", a);
const not = (a: Code): Code => op("i32.eqz", a);
const or = (...conditions: readonly Code[]): Code => conditions.reduce((a, b) => op("i32.or", a, b));

/** What a method brings to the common loop. */
export interface MethodCode {
  /** Reads vectors into locals, and back. */
  readonly enter: Code;
  readonly leave: Code;
  /** Tries a step of length `step` and leaves the square of the error norm on the stack; NaN when it is not finite. */
  readonly attempt: (step: number) => Code;
  /** Sets the row at the address in a local to the state at t + θ·step of the accepted step. */
  readonly record: (theta: number, step: number, row: number) => Code;
  /** Sets the row to the state reached. */
  readonly arrive: (row: number) => Code;
  /** Makes the state reached the state to go from. */
  readonly move: Code;
  /** Order of the error estimate of a step: it falls as h^k. */
  readonly k: number;
}

/**
 * `advance(steps) → status`: the loop of `oneStep` with the proportional–integral control of `piControl`, recording at the
 * times of the grid on the way.
 */
export function advanceFunction(lanes: Lanes, locals: Locals, method: MethodCode, table: number): FunctionSpec {
  const steps = 0;
  const number = (): number => locals.local();
  const [t, h, end, maxStep, before, error, step, arrival, factor, theta] = Array.from({ length: 10 }, number);
  const [next, last, row, rejectedBefore, reaches, fresh, status] = Array.from({ length: 7 }, () =>
    locals.local("i32"),
  );
  const [accepted, rejected] = [number(), number()];
  const zero = i32(0);
  const read = (local: number, slot: number): Code => set(local, load("f64.load", zero, 8 * slot));
  const write = (local: number, slot: number): Code => store("f64.store", zero, get(local), 8 * slot);
  const readInt = (local: number, slot: number): Code => set(local, load("i32.load", zero, 8 * slot));
  const writeInt = (local: number, slot: number): Code => store("i32.store", zero, get(local), 8 * slot);
  const numbers = [
    [t, header.t],
    [h, header.h],
    [end, header.end],
    [maxStep, header.maxStep],
    [before, header.before],
    [accepted, header.accepted],
    [rejected, header.rejected],
  ] as const;
  const integers = [
    [next, header.nextTime],
    [last, header.lastTime],
    [row, header.row],
    [rejectedBefore, header.afterRejection],
  ] as const;
  const beta = 0.2 / method.k;
  const alpha = 1 / method.k - 0.75 * beta;
  const halfLog = (square: Code): Code => mul(f64(0.5), logCode(locals, table, square));
  const exp = (a: Code): Code => expCode(locals, table, a);
  const choose = (condition: Code, a: Code, b: Code): Code => sequence(a, b, condition, op("select"));
  const epsilon = Number.EPSILON;

  // |h| within [16 ε |t|, maxStep], as at the start of each step
  const clampStep = set(
    h,
    choose(
      op("f64.lt", get(h), f64(0)),
      op("f64.neg", op("f64.min", op("f64.max", abs(get(h)), mul(f64(16 * epsilon), abs(get(t)))), get(maxStep))),
      op("f64.min", op("f64.max", abs(get(h)), mul(f64(16 * epsilon), abs(get(t)))), get(maxStep)),
    ),
  );
  const propose = sequence(
    set(reaches, op("f64.ge", abs(mul(f64(1.01), get(h))), abs(sub(get(end), get(t))))),
    set(arrival, choose(get(reaches), get(end), add(get(t), get(h)))),
    set(step, sub(get(arrival), get(t))),
  );
  const underflow = or(
    op("f64.le", mul(f64(0.1), abs(get(h))), mul(abs(get(t)), f64(epsilon))),
    op("f64.eq", get(step), f64(0)),
    not(op("f64.lt", abs(get(step)), f64(Infinity))),
  );
  const logError = locals.local();
  const grow = sequence(
    set(logError, halfLog(op("f64.max", get(error), f64(1e-20)))),
    set(factor, mul(f64(0.9), exp(sub(mul(f64(beta), get(before)), mul(f64(alpha), get(logError)))))),
    set(before, op("f64.max", get(logError), f64(Math.log(1e-4)))),
    set(factor, op("f64.min", choose(get(rejectedBefore), f64(1), f64(10)), op("f64.max", f64(0.2), get(factor)))),
    set(rejectedBefore, zero),
    set(factor, mul(get(step), get(factor))), // the next step
    ifElse(
      op("i32.eqz", op("i32.and", get(reaches), op("f64.gt", abs(get(h)), abs(get(factor))))),
      set(h, get(factor)),
    ),
  );
  const shrink = sequence(
    set(rejectedBefore, i32(1)),
    set(rejected, add(get(rejected), f64(1))),
    set(factor, f64(0.2)),
    ifElse(
      op("f64.lt", get(error), f64(Infinity)),
      set(factor, op("f64.max", f64(0.2), mul(f64(0.9), exp(mul(f64(-1 / method.k), halfLog(get(error))))))),
    ),
    set(h, mul(get(step), get(factor))),
  );
  // times up to the arrival, in the order of integration
  const due = choose(
    op("f64.gt", get(step), f64(0)),
    op("f64.le", load("f64.load", get(next)), get(arrival)),
    op("f64.ge", load("f64.load", get(next)), get(arrival)),
  );
  const record = block(
    loop(
      sequence(
        branchIf(1, op("i32.ge_s", get(next), get(last))),
        branchIf(1, not(due)),
        ifElse(
          op("f64.eq", load("f64.load", get(next)), get(arrival)),
          method.arrive(row),
          sequence(
            set(theta, op("f64.div", sub(load("f64.load", get(next)), get(t)), get(step))),
            method.record(theta, step, row),
          ),
        ),
        set(row, op("i32.add", get(row), i32(8 * lanes.size))),
        set(next, op("i32.add", get(next), i32(8))),
        branch(0),
      ),
    ),
  );
  const accept = sequence(
    grow,
    set(accepted, add(get(accepted), f64(1))),
    record,
    method.move,
    set(t, get(arrival)),
    set(fresh, i32(1)),
    set(steps, op("i32.sub", get(steps), i32(1))),
  );
  const body = loop(
    sequence(
      ifElse(get(fresh), sequence(clampStep, set(fresh, zero))),
      propose,
      set(status, i32(ended.underflow)),
      branchIf(1, underflow),
      set(error, method.attempt(step)),
      ifElse(
        op("f64.le", get(error), f64(1)),
        sequence(
          accept,
          set(status, i32(ended.end)),
          branchIf(2, op("f64.eq", get(t), get(end))),
          set(status, i32(ended.budget)),
          branchIf(2, op("i32.le_s", get(steps), zero)),
        ),
        shrink,
      ),
      branch(0),
    ),
  );
  return {
    name: "advance",
    params: ["i32"],
    results: ["i32"],
    locals: locals.types,
    body: sequence(
      ...numbers.map(([local, slot]) => read(local, slot)),
      ...integers.map(([local, slot]) => readInt(local, slot)),
      method.enter,
      set(fresh, i32(1)),
      block(body),
      method.leave,
      ...numbers.map(([local, slot]) => write(local, slot)),
      ...integers.map(([local, slot]) => writeInt(local, slot)),
      get(status),
    ),
  };
}

/** Σ (e/(atol + rtol·max(|y|, |next|)))²/P, the square of `errorNorm`. Vectors: y, next and the absolute tolerances. */
export function normCode(
  lanes: Lanes,
  locals: Locals,
  error: ReturnType<Lanes["weighted"]>,
  [y, next, atol]: readonly number[],
): Code {
  const rtol = lanes.scalar(load("f64.load", i32(0), 8 * header.rtol));
  const scaled = locals.local(lanes.small ? "f64" : "v128");
  return sequence(
    rtol.set,
    error.set,
    op(
      "f64.mul",
      lanes.sum((v) =>
        sequence(
          set(
            scaled,
            v.div(
              error.value(v),
              v.add(v.get(atol), v.mul(v.scalar(rtol.local), v.max(v.abs(v.get(y)), v.abs(v.get(next))))),
            ),
          ),
          v.accumulate(v.mul(get(scaled), get(scaled))),
        ),
      ),
      f64(1 / lanes.size),
    ),
  );
}
