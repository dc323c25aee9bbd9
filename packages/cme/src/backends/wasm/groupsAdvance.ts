import {
  call,
  type Code,
  get,
  i32,
  i64,
  ifElse,
  load,
  loop,
  branch,
  branchIf,
  op,
  sequence,
  set,
  store,
} from "@dbd/numerics/wasm/code";
import type { FunctionSpec } from "@dbd/numerics/wasm/module";
import { REACHED, SPENT } from "../../ssa/engine.ts";
import { BUDGET, COUNT, type MethodPlan, MOST, TrajectoryWriter, UNTIL } from "./advance.ts";
import { Frame, single } from "./frame.ts";
import type { PlannedArray } from "./plan.ts";
import { dependentsCode, fireCode, propensityCode, whileLoop } from "./reactionTables.ts";

/** Groups of values in [2ᵉ, 2ᵉ⁺¹) in memory, and what each channel's reactions are. */
export interface GroupsPlan {
  /** Sum, size, and size when the sum was last taken afresh, of each group. */
  readonly sums: PlannedArray;
  readonly sizes: PlannedArray;
  readonly fresh: PlannedArray;
  /** Members of group g from entry g · C on. */
  readonly members: PlannedArray;
  /** Place of each channel in its group. */
  readonly place: PlannedArray;
  /** 8 · the smallest and the largest group that was in use, i32. */
  readonly range: PlannedArray;
  /** Upper end of the values of each group. */
  readonly upper: PlannedArray;
  /** Address of the first reaction of each channel; a reaction there is its constant and 4 · r, 16 bytes. */
  readonly channelStart: PlannedArray;
  readonly reactions: PlannedArray;
  /** Biased exponent of the lowest group. */
  readonly lowest: number;
  /** C. */
  readonly channels: number;
}

/** Events between two times at which all sums are taken afresh. */
const PERIOD = 16_384;

const four = (local: number): Code => op("i32.shl", get(local), i32(2));
const eight = (local: number): Code => op("i32.shl", get(local), i32(3));
/** 4 · group from 8 · group. */
const half = (local: number): Code => op("i32.shr_u", get(local), i32(1));

/** `sumGroup(8 · g)`: takes a group's sum afresh from its members. */
export function sumGroupFunction(groups: GroupsPlan, a: PlannedArray): FunctionSpec {
  const g8 = 0;
  const frame = new Frame(single, 1, 0);
  const [at, end] = [frame.local("i32"), frame.local("i32")];
  const sum = frame.local();
  const size = load("i32.load", half(g8), groups.sizes.at);
  const value = load("f64.load", op("i32.shl", load("i32.load", get(at)), i32(3)), a.at);
  const body = sequence(
    set(at, op("i32.add", op("i32.mul", half(g8), i32(groups.channels)), i32(groups.members.at))),
    set(end, op("i32.add", get(at), op("i32.shl", size, i32(2)))),
    whileLoop(
      op("i32.lt_u", get(at), get(end)),
      sequence(set(sum, op("f64.add", get(sum), value)), set(at, op("i32.add", get(at), i32(4)))),
    ),
    store("f64.store", get(g8), get(sum), groups.sums.at),
    store("i32.store", half(g8), size, groups.fresh.at),
  );
  return { params: ["i32"], locals: frame.locals, body };
}

/**
 * `move(channel, old, value)`: takes a channel from the group of its old propensity to that of its new one; the two
 * differ. @param sumGroup - Index of that function.
 */
export function moveFunction(groups: GroupsPlan, sumGroup: number): FunctionSpec {
  const [channel, old, value] = [0, 1, 2];
  const frame = new Frame(single, 3, 0);
  const word = (): number => frame.local("i32");
  const [g8, size, last, place, base] = [word(), word(), word(), word(), word()];
  const groupOf = (number: number): Code =>
    op(
      "i32.shl",
      op(
        "i32.sub",
        op("i32.wrap_i64", op("i64.shr_u", op("i64.reinterpret_f64", get(number)), i64(52n))),
        i32(groups.lowest),
      ),
      i32(3),
    );
  const setBase = set(base, op("i32.add", op("i32.mul", half(g8), i32(groups.channels)), i32(groups.members.at)));
  const sum = load("f64.load", get(g8), groups.sums.at);
  const leave = sequence(
    set(g8, groupOf(old)),
    setBase,
    set(size, op("i32.sub", load("i32.load", half(g8), groups.sizes.at), i32(1))),
    store("i32.store", half(g8), get(size), groups.sizes.at),
    set(last, load("i32.load", op("i32.add", get(base), four(size)))),
    set(place, load("i32.load", four(channel), groups.place.at)),
    store("i32.store", op("i32.add", get(base), four(place)), get(last)),
    store("i32.store", four(last), get(place), groups.place.at),
    store("f64.store", get(g8), op("f64.sub", sum, get(old)), groups.sums.at),
    // Below half of the members the rounding of what has gone could weigh; an empty group has the sum 0 exactly.
    ifElse(
      op("i32.lt_s", op("i32.shl", get(size), i32(1)), load("i32.load", half(g8), groups.fresh.at)),
      call(sumGroup, get(g8)),
    ),
  );
  const widen = sequence(
    ifElse(
      op("i32.lt_s", get(g8), load("i32.load", i32(0), groups.range.at)),
      store("i32.store", i32(0), get(g8), groups.range.at),
    ),
    ifElse(
      op("i32.gt_s", get(g8), load("i32.load", i32(0), groups.range.at + 4)),
      store("i32.store", i32(0), get(g8), groups.range.at + 4),
    ),
  );
  const enter = sequence(
    set(g8, groupOf(value)),
    setBase,
    set(size, load("i32.load", half(g8), groups.sizes.at)),
    store("i32.store", op("i32.add", get(base), four(size)), get(channel)),
    store("i32.store", four(channel), get(size), groups.place.at),
    store("i32.store", half(g8), op("i32.add", get(size), i32(1)), groups.sizes.at),
    store("f64.store", get(g8), op("f64.add", sum, get(value)), groups.sums.at),
    widen,
  );
  const zero: Code = [0x44, 0, 0, 0, 0, 0, 0, 0, 0];
  const body = sequence(ifElse(op("f64.gt", get(old), zero), leave), ifElse(op("f64.gt", get(value), zero), enter));
  return { params: ["i32", "f64", "f64"], locals: frame.locals, body };
}

/** Indices of the functions that `advance` calls. */
interface Calls {
  readonly sumGroup: number;
  readonly move: number;
}

/** `advance` of composition–rejection over channels (Slepoy, Thompson & Plimpton 2008). */
export function groupsAdvance(frame: Frame, plan: MethodPlan, groups: GroupsPlan, calls: Calls): FunctionSpec {
  const { tables, trajectory, a } = plan;
  const writer = new TrajectoryWriter(frame, plan);
  const word = (): number => frame.local("i32");
  const [g8, low, high, channel, entry, r4, place, q, until, member] = [
    word(),
    word(),
    word(),
    word(),
    word(),
    word(),
    word(),
    word(),
    word(),
    word(),
  ];
  const number = (): number => frame.local();
  const [t, total, target, share, value, old, scaled] = [
    number(),
    number(),
    number(),
    number(),
    number(),
    number(),
    number(),
  ];
  const none = frame.number(0);
  const leave = sequence(
    store("f64.store", i32(0), get(t), trajectory.next.at),
    store("f64.store", i32(0), get(total), trajectory.next.at + 8),
    writer.leave,
  );
  const exit = (code: Code): Code => sequence(leave, code, op("return"));
  const sumOf = (local: number): Code => load("f64.load", get(local), groups.sums.at);
  const eachGroup = (body: Code): Code =>
    sequence(
      set(g8, get(high)),
      whileLoop(op("i32.ge_s", get(g8), get(low)), sequence(body, set(g8, op("i32.sub", get(g8), i32(8))))),
    );
  const loadRange = sequence(
    set(low, load("i32.load", i32(0), groups.range.at)),
    set(high, load("i32.load", i32(0), groups.range.at + 4)),
  );
  const totalCode = sequence(loadRange, set(total, none), eachGroup(set(total, frame.add(get(total), sumOf(g8)))));
  const pickGroup = sequence(
    writer.uniform.draw,
    set(target, frame.mul(writer.uniform.value, get(total))),
    set(g8, get(high)),
    whileLoop(
      op("i32.and", op("i32.ge_s", get(g8), get(low)), op("f64.ge", get(target), sumOf(g8))),
      sequence(set(target, frame.sub(get(target), sumOf(g8))), set(g8, op("i32.sub", get(g8), i32(8)))),
    ),
  );
  // Rounding of the sums led past the last group: take them afresh and choose again, at the same time.
  const chooseGroup = sequence(
    pickGroup,
    whileLoop(
      op("i32.lt_s", get(g8), get(low)),
      sequence(eachGroup(call(calls.sumGroup, get(g8))), totalCode, pickGroup),
    ),
  );
  // One uniform number gives the member and, by what is left of it, the height. (A fresh one: the rest of the number that
  // chose the group would need a division on the longest chain of operations.)
  const size = op("f64.convert_i32_s", load("i32.load", half(g8), groups.sizes.at));
  const chooseChannel = loop(
    sequence(
      writer.uniform.draw,
      set(scaled, frame.mul(writer.uniform.value, size)),
      set(place, op("i32.trunc_sat_f64_s", get(scaled))),
      set(
        channel,
        load("i32.load", op("i32.add", op("i32.mul", half(g8), i32(groups.channels)), four(place)), groups.members.at),
      ),
      set(value, load("f64.load", eight(channel), a.at)),
      set(
        share,
        frame.mul(
          frame.sub(get(scaled), op("f64.convert_i32_s", get(place))),
          load("f64.load", get(g8), groups.upper.at),
        ),
      ),
      branchIf(0, op("f64.ge", get(share), get(value))),
    ),
  );
  // The height below the propensity is uniform again: it gives the reaction of the channel, without a branch on it.
  const rateOf = load("f64.load", op("i32.mul", get(channel), i32(tables.stride)), tables.records.at);
  const chooseReaction = sequence(
    set(entry, load("i32.load", four(channel), groups.channelStart.at)),
    set(member, get(entry)),
    set(until, op("i32.sub", load("i32.load", four(channel), groups.channelStart.at + 4), i32(16))),
    set(target, frame.mul(get(share), rateOf)),
    set(old, none),
    whileLoop(
      op("i32.lt_u", get(member), get(until)),
      sequence(
        set(old, frame.add(get(old), load("f64.load", get(member)))),
        set(
          entry,
          op("i32.add", get(entry), op("i32.shl", op("f64.ge", get(target), frame.mul(get(old), get(value))), i32(4))),
        ),
        set(member, op("i32.add", get(member), i32(16))),
      ),
    ),
    set(r4, load("i32.load", get(entry), 8)),
  );
  const exponentOf = (local: number): Code => op("i64.shr_u", op("i64.reinterpret_f64", get(local)), i64(52n));
  const update = sequence(
    set(value, propensityCode(tables, frame, q, plan.law)),
    set(old, load("f64.load", eight(q), a.at)),
    store("f64.store", eight(q), get(value), a.at),
    ifElse(
      op("i64.eq", exponentOf(value), exponentOf(old)),
      sequence(
        set(g8, op("i32.shl", op("i32.sub", op("i32.wrap_i64", exponentOf(value)), i32(groups.lowest)), i32(3))),
        ifElse(
          op("f64.gt", get(value), none),
          store("f64.store", get(g8), frame.add(sumOf(g8), frame.sub(get(value), get(old))), groups.sums.at),
        ),
      ),
      call(calls.move, get(q), get(old), get(value)),
    ),
  );
  const period = op("i32.and", op("i32.trunc_sat_f64_s", get(writer.events)), i32(PERIOD - 1));
  const body = loop(
    sequence(
      ifElse(op("i32.eqz", op("f64.lt", get(t), get(UNTIL))), exit(i32(REACHED))),
      ifElse(op("f64.ge", get(writer.events), get(BUDGET)), exit(i32(SPENT))),
      writer.count(t),
      chooseGroup,
      chooseChannel,
      chooseReaction,
      fireCode(tables, frame, r4, MOST, sequence(writer.failedAt(r4), exit(i32(COUNT)))),
      dependentsCode(tables, frame, r4, q, update),
      loadRange,
      ifElse(op("i32.eqz", period), eachGroup(call(calls.sumGroup, get(g8)))),
      totalCode,
      ifElse(
        op("f64.gt", get(total), none),
        sequence(writer.exponential, set(t, frame.add(get(t), frame.div(get(writer.wait), get(total))))),
        set(t, frame.number(Infinity)),
      ),
      ifElse(load("i32.load", get(r4), tables.stops.at), exit(op("i32.shr_u", get(r4), i32(2)))),
      branch(0),
    ),
  );
  const enter = sequence(
    set(t, load("f64.load", i32(0), trajectory.next.at)),
    set(total, load("f64.load", i32(0), trajectory.next.at + 8)),
    loadRange,
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
