import { get, i32, ifElse, load, loop, branch, op, sequence, set, store, type Code } from "@dbd/numerics/wasm/code";
import type { FunctionSpec } from "@dbd/numerics/wasm/module";
import { REACHED, SPENT } from "../../ssa/engine.ts";
import { BUDGET, COUNT, type MethodPlan, MOST, PROPENSITY, TrajectoryWriter, UNTIL } from "./advance.ts";
import type { Frame } from "./frame.ts";
import type { PlannedArray } from "./plan.ts";
import { dependentsCode, fireCode, propensityCode, whileLoop } from "./reactionTables.ts";

/** Bytes of the propensities of one block of 16. */
const BLOCK_BYTES = 128;

/** `advance` of the direct method, step by step and bit by bit as in ssa/direct. @param sums - Sums of blocks of 16. */
export function directAdvance(frame: Frame, plan: MethodPlan, sums: PlannedArray): FunctionSpec {
  const { tables, trajectory, a } = plan;
  const count = tables.net.rate.length;
  const writer = new TrajectoryWriter(frame, plan);
  const [t, total, target, before, within] = [
    frame.local(),
    frame.local(),
    frame.local(),
    frame.local(),
    frame.local(),
  ];
  const word = (): number => frame.local("i32");
  const [block, place, last, four, q, q8, summed, sumEnd] = [
    word(),
    word(),
    word(),
    word(),
    word(),
    word(),
    word(),
    word(),
  ];
  const zero = i32(0);
  const lastBlock = sums.at + 8 * (sums.length - 1);
  const lastPlace = a.at + 8 * (count - 1);
  const leave = sequence(
    store("f64.store", zero, get(t), trajectory.next.at),
    store("f64.store", zero, get(total), trajectory.next.at + 8),
    writer.leave,
  );
  const exit = (code: Code): Code => sequence(leave, code, op("return"));
  const at = (place: number): Code => load("f64.load", get(place));
  const beyond = (value: Code): Code => op("f64.ge", get(target), frame.add(get(before), value));
  // Reaction: its block, then its place in the block.
  const choose = sequence(
    writer.uniform.draw,
    set(target, frame.mul(writer.uniform.value, get(total))),
    set(before, frame.number(0)),
    set(block, i32(sums.at)),
    whileLoop(
      op("i32.and", op("i32.lt_u", get(block), i32(lastBlock)), beyond(at(block))),
      sequence(set(before, frame.add(get(before), at(block))), set(block, op("i32.add", get(block), i32(8)))),
    ),
    set(place, op("i32.add", op("i32.mul", op("i32.sub", get(block), i32(sums.at)), i32(16)), i32(a.at))),
    set(last, i32(lastPlace)),
    ifElse(op("i32.lt_u", get(block), i32(lastBlock)), set(last, op("i32.add", get(place), i32(BLOCK_BYTES - 8)))),
    set(within, at(place)),
    whileLoop(
      op("i32.and", op("i32.lt_u", get(place), get(last)), beyond(get(within))),
      sequence(set(place, op("i32.add", get(place), i32(8))), set(within, frame.add(get(within), at(place)))),
    ),
    ifElse(
      op("i32.eqz", op("f64.gt", at(place), frame.number(0))),
      sequence(
        set(place, i32(lastPlace)),
        whileLoop(
          op("i32.eqz", op("f64.gt", at(place), frame.number(0))),
          set(place, op("i32.sub", get(place), i32(8))),
        ),
      ),
    ),
    set(four, op("i32.shr_u", op("i32.sub", get(place), i32(a.at)), i32(1))),
  );
  const fire = fireCode(tables, frame, four, MOST, sequence(writer.failedAt(four), exit(i32(COUNT))));
  const value = frame.local();
  const checked =
    tables.general.length === 0
      ? []
      : [ifElse(op("i32.eqz", op("f64.ge", get(value), frame.number(0))), exit(i32(PROPENSITY)))];
  const evaluate = dependentsCode(
    tables,
    frame,
    four,
    q,
    sequence(
      set(value, propensityCode(tables, frame, q, plan.law)),
      store("f64.store", op("i32.shl", get(q), i32(3)), get(value), a.at),
      ...checked,
    ),
  );
  // Sums of the blocks that changed, afresh: no drift. Dependents are in ascending order.
  const sumBlock = sequence(
    set(summed, get(block)),
    set(q8, op("i32.shl", get(block), i32(7))),
    set(sumEnd, op("i32.add", get(q8), i32(BLOCK_BYTES))),
    set(within, frame.number(0)),
    whileLoop(
      op("i32.lt_u", get(q8), get(sumEnd)),
      sequence(
        set(within, frame.add(get(within), load("f64.load", get(q8), a.at))),
        set(within, frame.add(get(within), load("f64.load", get(q8), a.at + 8))),
        set(within, frame.add(get(within), load("f64.load", get(q8), a.at + 16))),
        set(within, frame.add(get(within), load("f64.load", get(q8), a.at + 24))),
        set(q8, op("i32.add", get(q8), i32(32))),
      ),
    ),
    store("f64.store", op("i32.shl", get(block), i32(3)), get(within), sums.at),
  );
  const sum = sequence(
    set(summed, i32(-1)),
    dependentsCode(
      tables,
      frame,
      four,
      q,
      sequence(set(block, op("i32.shr_u", get(q), i32(4))), ifElse(op("i32.ne", get(block), get(summed)), sumBlock)),
    ),
  );
  const totalCode = sequence(
    set(total, frame.number(0)),
    set(block, i32(sums.at)),
    whileLoop(
      op("i32.le_u", get(block), i32(lastBlock)),
      sequence(set(total, frame.add(get(total), at(block))), set(block, op("i32.add", get(block), i32(8)))),
    ),
  );
  const wait = ifElse(
    op("f64.gt", get(total), frame.number(0)),
    sequence(
      ifElse(op("i32.eqz", op("f64.lt", get(total), frame.number(Infinity))), exit(i32(PROPENSITY))),
      writer.exponential,
      set(t, frame.add(get(t), frame.div(get(writer.wait), get(total)))),
    ),
    sequence(
      ifElse(op("i32.eqz", op("f64.eq", get(total), frame.number(0))), exit(i32(PROPENSITY))),
      set(t, frame.number(Infinity)),
    ),
  );
  const body = loop(
    sequence(
      ifElse(op("i32.eqz", op("f64.lt", get(t), get(UNTIL))), exit(i32(REACHED))),
      ifElse(op("f64.ge", get(writer.events), get(BUDGET)), exit(i32(SPENT))),
      writer.count(t),
      choose,
      fire,
      evaluate,
      sum,
      totalCode,
      wait,
      ifElse(load("i32.load", get(four), tables.stops.at), exit(op("i32.shr_u", get(four), i32(2)))),
      branch(0),
    ),
  );
  const enter = sequence(
    set(t, load("f64.load", zero, trajectory.next.at)),
    set(total, load("f64.load", zero, trajectory.next.at + 8)),
    writer.enter,
  );
  return {
    name: "advance",
    params: ["f64", "f64", "f64"],
    results: ["i32"],
    locals: frame.locals,
    body: sequence(frame.prologue, enter, body, op("unreachable")),
  };
}
