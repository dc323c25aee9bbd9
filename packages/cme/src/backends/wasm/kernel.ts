import {
  block,
  branch,
  branchIf,
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
  tee,
  call,
  f64Lane,
} from "@dbd/numerics/wasm/code";
import { type FunctionSpec, moduleBytes } from "@dbd/numerics/wasm/module";
import type { CompiledNetwork } from "../../compile.ts";
import { exponentials, type GeneratorLocals, uniforms } from "./draws.ts";
import { Frame, pair, single } from "./frame.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { type SpeciesChange, speciesChanges } from "./selection.ts";
import { settleFunction } from "./settle.ts";

/** A network's kernel: the module, its map of memory, and the constants that go there. */
export interface Kernel {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly layout: Layout;
  readonly constants: readonly bigint[];
}

/** Reactions per partial sum, as in the generic direct method: sums then have the same bits. */
const BLOCK = 16;
const RECORD = 0;
const SETTLE = 1;

/**
 * `record() → i32`: for each lane whose next event passes times not yet recorded, writes its state at each of them.
 * @returns 1 when some lane has written its last row.
 */
function recordFunction(species: number, at: Layout): FunctionSpec {
  const [lane, row, out, time, rows, finished, next, t] = [0, 1, 2, 3, 4, 5, 6, 7];
  const notBefore = (code: Code): Code => op("i32.eqz", op("f64.lt", get(t), code)); // NaN counts as never
  const writeState = Array.from({ length: species }, (_, s) => {
    const n = load("f64.load", get(lane), at.x + 8 * at.lanes * s);
    return store("i32.store", get(out), op("i32.trunc_sat_f64_s", n), 4 * s);
  });
  const writeRows = loop(
    sequence(
      ...writeState,
      set(out, op("i32.add", get(out), i32(4 * species))),
      set(row, op("i32.add", get(row), i32(1))),
      set(time, op("i32.add", get(time), i32(8))),
      set(next, load("f64.load", get(time))),
      branchIf(0, op("i32.and", op("i32.lt_s", get(row), get(rows)), notBefore(get(next)))),
    ),
  );
  const crossing = sequence(
    set(row, load("i32.load", get(lane), at.row)),
    set(out, load("i32.load", get(lane), at.out)),
    set(time, op("i32.add", load("i32.load", i32(0), at.timesAt), op("i32.shl", get(row), i32(3)))),
    writeRows,
    store("i32.store", get(lane), get(row), at.row),
    store("i32.store", get(lane), get(out), at.out),
    store("f64.store", get(lane), get(next), at.next),
    set(finished, op("i32.or", get(finished), op("i32.eq", get(row), get(rows)))),
  );
  const eachLane = loop(
    sequence(
      set(t, load("f64.load", get(lane), at.t)),
      ifElse(notBefore(load("f64.load", get(lane), at.next)), crossing),
      branchIf(0, op("i32.lt_s", tee(lane, op("i32.add", get(lane), i32(8))), i32(8 * at.lanes))),
    ),
  );
  return {
    results: ["i32"],
    locals: ["i32", "i32", "i32", "i32", "i32", "i32", "f64", "f64"],
    body: sequence(set(rows, load("i32.load", i32(0), at.rows)), eachLane, get(finished)),
  };
}

/** One propensity: rate · n · (n − 1) · …, multiplied from the left as in `propensity`. */
function propensityCode(frame: Frame, net: CompiledNetwork, r: number, x: readonly number[]): Code {
  let code = frame.number(net.rate[r]);
  let first = net.rate[r] === 1;
  for (let e = net.start[r]; e < net.start[r + 1]; e++) {
    for (let k = 0; k < net.order[e]; k++) {
      const n = get(x[net.species[e]]);
      const factor = k === 0 ? n : frame.sub(n, frame.number(k));
      code = first ? factor : frame.mul(code, factor);
      first = false;
    }
  }
  return code;
}

interface Sums {
  readonly set: Code;
  /** Locals of a_0 + … + a_i for i < R − 1, then of the total. */
  readonly locals: readonly number[];
}

function sumsCode(frame: Frame, net: CompiledNetwork, x: readonly number[]): Sums {
  const parts: Code[] = [];
  const locals: number[] = [];
  let before: number | undefined; // sum of the blocks before
  let within: number | undefined;
  for (let r = 0; r < net.rate.length; r++) {
    if (r % BLOCK === 0) [before, within] = [locals.at(-1), undefined];
    const a = propensityCode(frame, net, r, x);
    const partial = frame.local();
    // 0 + a: where all propensities are 0, one of them −0, their sum must be +0.
    parts.push(set(partial, frame.add(within === undefined ? frame.number(0) : get(within), a)));
    within = partial;
    if (before === undefined) locals.push(partial);
    else {
      const sum = frame.local();
      parts.push(set(sum, frame.add(get(before), get(partial))));
      locals.push(sum);
    }
  }
  return { set: sequence(...parts), locals };
}

/** Adds integers as a balanced tree: exact, so the order is free, and short chains run faster. */
function tree(terms: readonly Code[], add: (a: Code, b: Code) => Code): Code {
  if (terms.length === 1) return terms[0];
  const middle = terms.length >> 1;
  return add(tree(terms.slice(0, middle), add), tree(terms.slice(middle), add));
}

/** Fires the chosen reaction: every species moves by a sum of comparison bits, without a branch. */
function fireCode(
  frame: Frame,
  changes: readonly SpeciesChange[],
  sums: readonly number[],
  target: number,
  x: readonly number[],
): Code {
  const last = sums.length - 1;
  const parts: Code[] = [];
  const reached = sums.slice(0, last).map((sum) => {
    const kept = frame.keep(op("f64x2.ge", get(target), get(sum)));
    parts.push(kept.set);
    return kept.get;
  });
  const hits = new Map<number, Code>();
  const hit = (r: number): Code => {
    const known = hits.get(r);
    if (known !== undefined) return known;
    if (r === last && r > 0) return reached[last - 1];
    const missed = op("v128.not", reached[r]);
    const kept = frame.keep(r === 0 ? missed : op("v128.andnot", reached[r - 1], reached[r]));
    parts.push(kept.set);
    hits.set(r, kept.get);
    return kept.get;
  };
  const weighted = (condition: Code, weight: number): Code => op("v128.and", condition, frame.number(weight));
  for (const { species, base, steps, hits: own } of changes) {
    const terms = [
      ...steps.map(([i, weight]) => weighted(reached[i], weight)),
      ...own.map(([r, weight]) => weighted(hit(r), weight)),
    ];
    const start = base === 0 ? get(x[species]) : frame.add(get(x[species]), frame.number(base));
    const change = terms.length === 0 ? undefined : tree(terms, (a, b) => frame.add(a, b));
    parts.push(set(x[species], change === undefined ? start : frame.add(start, change)));
  }
  return sequence(...parts);
}

/** Locals of one vector of lanes. */
interface VectorLocals {
  readonly x: readonly number[];
  readonly t: number;
  readonly next: number;
  /** Exponential variate of the next event. */
  readonly wait: number;
}

/**
 * `advance(limit) → i32`: fires `limit` events in every lane, fewer when a lane writes its last row: the event in flight
 * is then the last one (that lane's own no longer counts).
 * @returns How many of `limit` were not fired.
 */
function advanceFunction(net: CompiledNetwork, at: Layout, frame: Frame): FunctionSpec {
  // One lane computes its state as two equal numbers in a vector: comparing and choosing there has a shorter latency than
  // through flags and integers. Its generator is scalar.
  const alone = at.lanes === 1;
  const drawing = alone ? frame.with(single) : frame;
  const count = Math.ceil(at.lanes / 2);
  const groups = Math.ceil(at.lanes / 4);
  const limit = 0;
  const saved = frame.local("i32");
  const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
  const vectors = range(count).map(
    (): VectorLocals => ({
      x: net.network.species.map(() => frame.local()),
      t: frame.local(),
      next: frame.local(),
      wait: drawing.local(),
    }),
  );
  const word = alone ? "i32" : "v128";
  const states = range(groups).map((): GeneratorLocals => {
    const local = (): number => frame.local(word);
    return [local(), local(), local(), local()];
  });
  const zero = i32(0);
  const placeX = (s: number, v: number): number => at.x + 8 * at.lanes * s + 16 * v;
  const placeState = (w: number, g: number): number => at.random + 16 * (w * groups + g);
  const both = (value: Code): Code => (alone ? op("f64x2.splat", value) : value);
  const readNumber = (place: number): Code => load(drawing.kind.load, zero, place);
  const writeNumber = (place: number, value: Code): Code => store(drawing.kind.store, zero, value, place);
  const writeState = (place: number, local: number): Code =>
    writeNumber(place, alone ? f64Lane(get(local), 0) : get(local));
  const each = (f: (lanes: VectorLocals, v: number) => Code): Code => sequence(...vectors.map(f));
  const spill = each(({ x, t }, v) =>
    sequence(...x.map((local, s) => writeState(placeX(s, v), local)), writeState(at.t + 16 * v, t)),
  );
  const loadNext = each(({ next }, v) => set(next, both(readNumber(at.next + 16 * v))));
  const [loadWord, storeWord] = alone ? (["i32.load", "i32.store"] as const) : (["v128.load", "v128.store"] as const);
  const loadDraws = sequence(
    each(({ wait }, v) => set(wait, readNumber(at.wait + 16 * v))),
    ...states.flatMap((state, g) => state.map((local, w) => set(local, load(loadWord, zero, placeState(w, g))))),
  );
  const storeDraws = sequence(
    each(({ wait }, v) => writeNumber(at.wait + 16 * v, get(wait))),
    ...states.flatMap((state, g) => state.map((local, w) => store(storeWord, zero, get(local), placeState(w, g)))),
  );
  const enter = sequence(
    each(({ x, t }, v) =>
      sequence(
        ...x.map((local, s) => set(local, both(readNumber(placeX(s, v))))),
        set(t, both(readNumber(at.t + 16 * v))),
      ),
    ),
    loadNext,
    loadDraws,
  );
  const leave = sequence(spill, storeDraws);
  const perGroup = Math.min(count, 2);
  const inGroup = (g: number): VectorLocals[] => vectors.slice(2 * g, 2 * g + 2);
  const waiting = states.map((state, g) =>
    exponentials(
      drawing,
      state,
      inGroup(g).map(({ wait }) => wait),
      at.edges,
    ),
  );
  const choosing = states.map((state) => uniforms(drawing, state, perGroup));
  const sums = vectors.map(({ x }) => sumsCode(frame, net, x));
  const total = (v: number): Code => get(sums[v].locals.at(-1)!);
  const targets = vectors.map(() => frame.local());
  const someNot = (conditions: readonly Code[]): Code =>
    op(
      "i32.ne",
      op(
        "i64x2.bitmask",
        conditions.reduce((a, b) => op("v128.and", a, b)),
      ),
      i32(3),
    );
  const crossing = someNot(vectors.map(({ t, next }) => op("f64x2.lt", get(t), get(next))));
  const changes = speciesChanges(net);
  const fire = each(({ x }, v) => fireCode(frame, changes, sums[v].locals, targets[v], x));
  // The variates of the next events, drawn here because the table leaves some open: outside of the loop those are settled.
  const draw = sequence(...waiting.flatMap(({ draw, vectors: drawn }) => [draw, ...drawn.map((vector) => vector.set)]));
  const settled = waiting.flatMap(({ vectors: drawn }) => drawn.map((vector) => vector.settled));
  const open = alone ? op("i32.eqz", settled[0]) : someNot(settled);
  const fired = set(limit, op("i32.sub", get(limit), i32(1)));
  const events = loop(
    sequence(
      each((_, v) => sums[v].set),
      each(({ t, wait }, v) => set(t, frame.add(get(t), frame.div(both(get(wait)), total(v))))),
      ...choosing.map((uniform) => uniform.draw),
      each((_, v) => set(targets[v], frame.mul(both(choosing[v >> 1].values[v & 1]), total(v)))),
      branchIf(1, crossing),
      fire,
      draw,
      fired,
      branchIf(2, open),
      branchIf(0, get(limit)),
      branch(4),
    ),
  );
  const finish = sequence(set(saved, op("i32.sub", get(limit), i32(1))), set(limit, i32(1)));
  // The rows are written outside of the inner loop, and the event in flight is fired there too: a call inside would make
  // engines keep everything in memory.
  const record = sequence(spill, ifElse(call(RECORD), finish), loadNext, fire, draw, fired);
  const storeLayers = sequence(...waiting.map(({ layer }, g) => store(storeWord, zero, get(layer), at.layer + 16 * g)));
  const settle = sequence(storeDraws, storeLayers, call(SETTLE), loadDraws);
  const body = block(loop(sequence(block(sequence(block(events), record)), settle, branchIf(0, get(limit)))));
  return {
    name: "advance",
    params: ["i32"],
    results: ["i32"],
    locals: frame.locals,
    body: sequence(frame.prologue, enter, body, leave, get(saved)),
  };
}

/** Writes the kernel of a mass-action network for 1 lane, or for 2, 4, 6 … lanes two to a vector. */
export function emitKernel(net: CompiledNetwork, lanes: number): Kernel {
  const layout = layoutOf(net.network.species.length, lanes);
  const settling = new Frame(single, 0, layout.constants);
  const settle = settleFunction(layout, settling);
  const frame = new Frame(pair, 1, layout.constants + 16 * settling.constants.length);
  const advance = advanceFunction(net, layout, frame);
  const functions = [recordFunction(net.network.species.length, layout), settle, advance];
  return {
    bytes: moduleBytes({ pages: 1, functions }),
    layout,
    constants: [...settling.constants, ...frame.constants],
  };
}
