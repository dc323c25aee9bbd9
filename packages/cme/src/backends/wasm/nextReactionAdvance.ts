import {
  block,
  branch,
  branchIf,
  call,
  type Code,
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
import { REACHED, SPENT } from "../../ssa/engine.ts";
import { BUDGET, COUNT, type MethodPlan, MOST, PROPENSITY, TrajectoryWriter, UNTIL } from "./advance.ts";
import { Frame, single } from "./frame.ts";
import type { PlannedArray } from "./plan.ts";
import { dependentsCode, fireCode, propensityCode } from "./reactionTables.ts";

/** The arrays of ssa/nextReaction/queue in memory. */
export interface QueuePlan {
  readonly time: PlannedArray;
  readonly heap: PlannedArray;
  readonly place: PlannedArray;
}

const fourTimes = (local: number): Code => op("i32.shl", get(local), i32(2));
const eightTimes = (local: number): Code => op("i32.shl", get(local), i32(3));

/** `set(entry, t)`: as the queue's `set`. */
export function queueSetFunction({ time, heap, place }: QueuePlan): FunctionSpec {
  const [entry, t] = [0, 1];
  const frame = new Frame(single, 2, 0);
  const word = (): number => frame.local("i32");
  const [i, other, child, parent] = [word(), word(), word(), word()];
  const old = frame.local();
  const timeOf = (local: number): Code => load("f64.load", eightTimes(local), time.at);
  const put = (at: number, what: number): Code =>
    sequence(
      store("i32.store", fourTimes(at), get(what), heap.at),
      store("i32.store", fourTimes(what), get(at), place.at),
    );
  const up = block(
    loop(
      sequence(
        branchIf(1, op("i32.eqz", get(i))),
        set(parent, op("i32.shr_u", op("i32.sub", get(i), i32(1)), i32(1))),
        set(other, load("i32.load", fourTimes(parent), heap.at)),
        branchIf(1, op("f64.le", timeOf(other), get(t))),
        put(i, other),
        set(i, get(parent)),
        branch(0),
      ),
    ),
  );
  const right = frame.local("i32");
  const down = block(
    loop(
      sequence(
        set(child, op("i32.add", op("i32.shl", get(i), i32(1)), i32(1))),
        branchIf(1, op("i32.eqz", op("i32.lt_u", get(child), i32(heap.length)))),
        set(other, load("i32.load", fourTimes(child), heap.at)),
        ifElse(
          op("i32.lt_u", op("i32.add", get(child), i32(1)), i32(heap.length)),
          sequence(
            set(right, load("i32.load", fourTimes(child), heap.at + 4)),
            ifElse(
              op("f64.lt", timeOf(right), timeOf(other)),
              sequence(set(other, get(right)), set(child, op("i32.add", get(child), i32(1)))),
            ),
          ),
        ),
        branchIf(1, op("f64.ge", timeOf(other), get(t))),
        put(i, other),
        set(i, get(child)),
        branch(0),
      ),
    ),
  );
  const body = sequence(
    set(old, timeOf(entry)),
    store("f64.store", eightTimes(entry), get(t), time.at),
    set(i, load("i32.load", fourTimes(entry), place.at)),
    ifElse(op("f64.lt", get(t), get(old)), up, down),
    put(i, entry),
  );
  return { params: ["i32", "f64"], locals: frame.locals, body };
}

/** `advance` of the next reaction method, bit by bit as in ssa/nextReaction. @param queueSet - Index of that function. */
export function nextReactionAdvance(frame: Frame, plan: MethodPlan, queue: QueuePlan, queueSet: number): FunctionSpec {
  const { tables, a } = plan;
  const writer = new TrajectoryWriter(frame, plan);
  const word = (): number => frame.local("i32");
  const [r, four, q] = [word(), word(), word()];
  const [t, value, old] = [frame.local(), frame.local(), frame.local()];
  const exit = (code: Code): Code => sequence(writer.leave, code, op("return"));
  const [none, never] = [frame.number(0), frame.number(Infinity)];
  const evaluate = (reaction: number): Code =>
    sequence(
      set(value, propensityCode(tables, frame, reaction, plan.law)),
      ifElse(
        op("i32.eqz", op("i32.and", op("f64.ge", get(value), none), op("f64.lt", get(value), never))),
        sequence(store("f64.store", eightTimes(reaction), get(value), a.at), exit(i32(PROPENSITY))),
      ),
    );
  const fresh = sequence(
    writer.exponential,
    set(writer.wait, frame.add(get(t), frame.div(get(writer.wait), get(value)))),
  );
  const left = frame.sub(load("f64.load", eightTimes(q), queue.time.at), get(t));
  const rescaled = set(writer.wait, frame.add(get(t), frame.mul(frame.div(get(old), get(value)), left)));
  const rescale = sequence(
    evaluate(q),
    set(old, load("f64.load", eightTimes(q), a.at)),
    ifElse(
      op("i32.eqz", op("f64.eq", get(value), get(old))),
      sequence(
        store("f64.store", eightTimes(q), get(value), a.at),
        ifElse(
          op("f64.eq", get(value), none),
          set(writer.wait, never),
          ifElse(op("f64.eq", get(old), none), fresh, rescaled),
        ),
        call(queueSet, get(q), get(writer.wait)),
      ),
    ),
  );
  const body = loop(
    sequence(
      set(r, load("i32.load", i32(0), queue.heap.at)),
      set(t, load("f64.load", eightTimes(r), queue.time.at)),
      ifElse(op("i32.eqz", op("f64.lt", get(t), get(UNTIL))), exit(i32(REACHED))),
      ifElse(op("f64.ge", get(writer.events), get(BUDGET)), exit(i32(SPENT))),
      writer.count(t),
      set(four, fourTimes(r)),
      fireCode(tables, frame, four, MOST, sequence(writer.failedAt(four), exit(i32(COUNT)))),
      dependentsCode(tables, frame, four, q, ifElse(op("i32.ne", get(q), get(r)), rescale)),
      evaluate(r),
      store("f64.store", eightTimes(r), get(value), a.at),
      set(writer.wait, never),
      ifElse(op("f64.gt", get(value), none), fresh),
      call(queueSet, get(r), get(writer.wait)),
      ifElse(load("i32.load", get(four), tables.stops.at), exit(get(r))),
      branch(0),
    ),
  );
  return {
    name: "advance",
    params: ["f64", "f64", "f64"],
    results: ["i32"],
    locals: frame.locals,
    body: sequence(frame.prologue, writer.enter, body, op("unreachable")),
  };
}
