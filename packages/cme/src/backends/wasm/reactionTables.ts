import {
  branchTable,
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
import type { CompiledNetwork } from "../../compile.ts";
import { factorsOf } from "../../ssa/factors.ts";
import { Frame, single } from "./frame.ts";
import type { LawWriter } from "./lawCode.ts";
import type { MemoryPlan, PlannedArray } from "./plan.ts";

/** Laws of a module at most: each is code of its own. */
export const mostLaws = 256;

/** A network's reactions as tables in a module's memory: those of a propensity, of a firing, and of what it influences. */
export interface ReactionTables {
  readonly net: CompiledNetwork;
  /** The state, and a constant 1 after the species. */
  readonly x: PlannedArray;
  /** Record of each reaction: rate, less2, less3 (f64), addresses of three counts, number of its law from 1 (i32). */
  readonly records: PlannedArray;
  readonly stride: number;
  /** Factors that some reaction has: 1, 2 or 3. */
  readonly factors: number;
  /** Address of the first change of each reaction; a change is an address and a number, 16 bytes. */
  readonly changeStart: PlannedArray;
  readonly changes: PlannedArray;
  readonly dependentStart: PlannedArray;
  readonly dependents: PlannedArray;
  readonly stops: PlannedArray;
  /** Reactions that are evaluated by code of their own. */
  readonly general: readonly number[];
}

export function planTables(net: CompiledNetwork, width: number, plan: MemoryPlan): ReactionTables {
  const count = net.rate.length;
  const { general: marks, second, third } = factorsOf(net);
  const one = net.network.species.length;
  const factors = third.some((s) => s !== one) ? 3 : second.some((s) => s !== one) ? 2 : 1;
  const general = Array.from(net.rate.keys()).filter((r) => marks[r] === 1);
  const stride = factors === 1 && general.length === 0 ? 16 : 40;
  return {
    net,
    x: plan.array(width, 8),
    records: plan.array(Math.ceil((stride * count) / 8), 8),
    stride,
    factors,
    changeStart: plan.array(net.changeStart.length, 4),
    changes: plan.array(2 * net.change.length, 8),
    dependentStart: plan.array(net.dependentStart.length, 4),
    dependents: plan.array(net.dependent.length, 4),
    stops: plan.array(net.changeStart.length - 1, 4),
    general,
  };
}

/** Offsets in a record. */
const LESS2 = 8;
const LESS3 = 16;
const offsets = (stride: number): { first: number; second: number; third: number; law: number } =>
  stride === 16 ? { first: 8, second: 8, third: 8, law: 12 } : { first: 24, second: 28, third: 32, law: 36 };

export function fillTables(tables: ReactionTables, buffer: ArrayBuffer): void {
  const { net, x, records, stride, changeStart, changes, dependentStart, dependents, general } = tables;
  const f = factorsOf(net);
  const doubles = new Float64Array(buffer);
  const integers = new Int32Array(buffer);
  const { first, second, third, law } = offsets(stride);
  const lawOf = new Map(general.map((r, i) => [r, i + 1]));
  for (let r = 0; r < net.rate.length; r++) {
    const at = records.at + stride * r;
    doubles[at / 8] = net.rate[r];
    if (stride === 40) {
      doubles[(at + LESS2) / 8] = f.less2[r];
      doubles[(at + LESS3) / 8] = f.less3[r];
    }
    integers[(at + third) / 4] = x.at + 8 * f.third[r];
    integers[(at + second) / 4] = x.at + 8 * f.second[r];
    integers[(at + first) / 4] = x.at + 8 * f.first[r];
    integers[(at + law) / 4] = lawOf.get(r) ?? 0;
  }
  for (let r = 0; r < net.changeStart.length; r++) {
    integers[changeStart.at / 4 + r] = changes.at + 16 * net.changeStart[r];
    integers[dependentStart.at / 4 + r] = dependents.at + 4 * net.dependentStart[r];
  }
  for (let e = 0; e < net.change.length; e++) {
    integers[changes.at / 4 + 4 * e] = x.at + 8 * net.changeSpecies[e];
    doubles[changes.at / 8 + 2 * e + 1] = net.change[e];
  }
  integers.set(net.dependent, dependents.at / 4);
}

/** `law(i) → f64`: the i-th of the reactions that have code of their own. */
export function lawFunction({ net, general, x }: ReactionTables, writer: LawWriter): FunctionSpec {
  const frame = new Frame(single, 1, 0);
  const depths = Array.from(general.keys());
  let body: Code = general.length === 0 ? [] : branchTable(get(0), depths, general.length - 1);
  for (const r of general) {
    const formula = net.formulas[r];
    body = sequence(
      block(body),
      formula === undefined ? massAction(net, r, x.at) : writer.code(frame, formula),
      op("return"),
    );
  }
  return { params: ["i32"], results: ["f64"], locals: frame.locals, body: sequence(body, op("unreachable")) };
}

/** rate · n · (n − 1) · … for any order. */
function massAction(net: CompiledNetwork, r: number, xAt: number): Code {
  let code = numberCode(net.rate[r]);
  for (let e = net.start[r]; e < net.start[r + 1]; e++) {
    const n = load("f64.load", i32(0), xAt + 8 * net.species[e]);
    for (let k = 0; k < net.order[e]; k++) code = op("f64.mul", code, op("f64.sub", n, numberCode(k)));
  }
  return code;
}

const numberCode = (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];

/** Runs `body` while `condition` holds. Neither may branch out; they may return. */
export function whileLoop(condition: Code, body: Code): Code {
  return block(loop(sequence(branchIf(1, op("i32.eqz", condition)), body, branch(0))));
}

/** The propensity of the reaction whose number stands in a local, as `factored`. @param law - Index of the law function. */
export function propensityCode(tables: ReactionTables, frame: Frame, reaction: number, law: number): Code {
  const { records, stride, factors, general } = tables;
  const at = offsets(stride);
  const record = frame.local("i32");
  const count = (offset: number): Code => load("f64.load", load("i32.load", get(record), records.at + offset));
  const less = (offset: number): Code => load("f64.load", get(record), records.at + offset);
  let product = frame.mul(load("f64.load", get(record), records.at), count(at.first));
  if (factors > 1) product = frame.mul(product, frame.sub(count(at.second), less(LESS2)));
  if (factors > 2) product = frame.mul(product, frame.sub(count(at.third), less(LESS3)));
  const place = stride === 16 ? op("i32.shl", get(reaction), i32(4)) : op("i32.mul", get(reaction), i32(stride));
  const setRecord = set(record, place);
  if (general.length === 0) return sequence(setRecord, product);
  const number = frame.local("i32");
  const own = call(law, op("i32.sub", get(number), i32(1)));
  const setNumber = set(number, load("i32.load", get(record), records.at + at.law));
  return sequence(setRecord, setNumber, ifElse(get(number), own, product, "f64"));
}

/** Applies the firing of reaction r (4 · r in a local). @param fail - Runs when a count leaves [0, most]; must return. */
export function fireCode(tables: ReactionTables, frame: Frame, fourTimes: number, most: number, fail: Code): Code {
  const [entry, end, address] = [frame.local("i32"), frame.local("i32"), frame.local("i32")];
  const n = frame.local();
  const fits = op("i32.and", op("f64.ge", get(n), frame.number(0)), op("f64.le", get(n), get(most)));
  return sequence(
    set(entry, load("i32.load", get(fourTimes), tables.changeStart.at)),
    set(end, load("i32.load", get(fourTimes), tables.changeStart.at + 4)),
    whileLoop(
      op("i32.lt_u", get(entry), get(end)),
      sequence(
        set(address, load("i32.load", get(entry))),
        set(n, frame.add(load("f64.load", get(address)), load("f64.load", get(entry), 8))),
        store("f64.store", get(address), get(n)),
        ifElse(op("i32.eqz", fits), fail),
        set(entry, op("i32.add", get(entry), i32(16))),
      ),
    ),
  );
}

/** Runs `body` for every reaction that r influences, its number in the local `reaction`. */
export function dependentsCode(
  tables: ReactionTables,
  frame: Frame,
  fourTimes: number,
  reaction: number,
  body: Code,
): Code {
  const [entry, end] = [frame.local("i32"), frame.local("i32")];
  return sequence(
    set(entry, load("i32.load", get(fourTimes), tables.dependentStart.at)),
    set(end, load("i32.load", get(fourTimes), tables.dependentStart.at + 4)),
    whileLoop(
      op("i32.lt_u", get(entry), get(end)),
      sequence(set(reaction, load("i32.load", get(entry))), body, set(entry, op("i32.add", get(entry), i32(4)))),
    ),
  );
}
