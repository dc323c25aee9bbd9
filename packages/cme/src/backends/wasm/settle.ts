import { exponentialZiggurat } from "@dbd/numerics/random/ziggurat";
import {
  block,
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
} from "@dbd/numerics/wasm/code";
import type { FunctionSpec } from "@dbd/numerics/wasm/module";
import { exponentials, type GeneratorLocals, minusLog, uniforms } from "./draws.ts";
import type { Frame } from "./frame.ts";
import type { Layout } from "./layout.ts";

/**
 * `settle()`: finishes the variates that the ziggurat's table left open, each on the stream of its own lane, with the
 * uniform numbers and the bits of numerics/random/ziggurat.
 * @param frame - Of single numbers, without parameters.
 */
export function settleFunction(
  at: Pick<Layout, "lanes" | "random" | "wait" | "layer" | "edges" | "heights">,
  frame: Frame,
): FunctionSpec {
  const word = frame.local("i32"); // 4 · lane
  const variate = frame.local("i32"); // 8 · lane
  const [x, sum] = [frame.local(), frame.local()];
  const state: GeneratorLocals = [frame.local("i32"), frame.local("i32"), frame.local("i32"), frame.local("i32")];
  const groups = Math.ceil(at.lanes / 4);
  const placeState = (w: number): number => at.random + 16 * groups * w;
  const again = exponentials(frame, state, [x], at.edges);
  const [candidate] = again.vectors;
  const { layer } = again;
  const within = uniforms(frame, state, 1);
  const height = (offset: number): Code => load("f64.load", get(layer), at.heights + offset);
  const y = frame.local();
  const logarithm = minusLog(frame, get(y));
  // Beyond the tail's start the law begins anew; elsewhere the candidate stands when it lies under the curve.
  const tail = set(sum, frame.add(get(sum), frame.number(exponentialZiggurat.x[1])));
  const wedge = sequence(
    within.draw,
    set(y, frame.add(height(0), frame.mul(within.values[0], frame.sub(height(8), height(0))))),
    logarithm.set,
    branchIf(2, op("f64.lt", get(x), logarithm.value)),
  );
  const attempts = loop(
    sequence(
      ifElse(op("i32.eqz", get(layer)), tail, wedge),
      again.draw,
      candidate.set,
      branchIf(0, op("i32.eqz", candidate.settled)),
    ),
  );
  const settleLane = sequence(
    ...state.map((local, w) => set(local, load("i32.load", get(word), placeState(w)))),
    set(sum, frame.number(0)),
    block(attempts),
    ...state.map((local, w) => store("i32.store", get(word), get(local), placeState(w))),
    store("f64.store", get(variate), frame.add(get(sum), get(x)), at.wait),
  );
  const eachLane = loop(
    sequence(
      set(layer, load("i32.load", get(word), at.layer)),
      set(variate, op("i32.shl", get(word), i32(1))),
      set(x, load("f64.load", get(variate), at.wait)),
      ifElse(op("i32.eqz", candidate.settled), settleLane),
      set(word, op("i32.add", get(word), i32(4))),
      branchIf(0, op("i32.lt_s", get(word), i32(4 * at.lanes))),
    ),
  );
  return { locals: frame.locals, body: sequence(frame.prologue, eachLane) };
}
