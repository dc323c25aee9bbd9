import { xoshiro } from "@dbd/numerics/random/xoshiro";
import { drawExponentialByZiggurat, exponentialZiggurat } from "@dbd/numerics/random/ziggurat";
import { instantiate } from "@dbd/numerics/wasm/engine";
import type { CompiledNetwork } from "../../compile.ts";
import { emitKernel } from "./kernel.ts";
import type { Layout } from "./layout.ts";

/** Runs to simulate, and what became of them. */
export interface WasmBatch {
  /** N. */
  readonly runs: number;
  /** States at the start, shape [N, S]. */
  readonly x: Float64Array;
  /** xoshiro128++ states, shape [N, 4]. */
  readonly random: Int32Array;
  /** Most events of one run. */
  readonly maxEvents: number;
  /** States at the times, shape [N, T, S]: at each, the one just before the event that passes it. */
  readonly out: Int32Array;
  /** Events of each run, shape [N]; −1 for a run handed back: a budget or a count came near its limit. */
  readonly events: Float64Array;
}

/** Simulates whole runs by a kernel written for the network. */
export interface WasmSimulator {
  readonly lanes: number;
  simulate(batch: WasmBatch): void;
}

export interface WasmOptions {
  readonly start: number;
  /** Ascending, none before `start`, shape [T]. */
  readonly times: Float64Array;
  /** Runs side by side: 1, 2, 4 or 8. Never changes a result. */
  readonly lanes: number;
}

/** Events between two looks at budgets and counts. */
const STRIDE = 8192;
const largestNetwork = 32;

/** Whether the kernel can run a network; others are for the generic back end. */
export function wasmSupports(net: CompiledNetwork): boolean {
  const reactions = net.rate.length;
  // Within these bounds no propensity can overflow or be subnormal (u·total < total then holds strictly, so that the last
  // reaction is never chosen at propensity 0), and no count can run past its guard in one stride.
  return (
    net.dynamics === undefined &&
    reactions > 0 &&
    reactions <= largestNetwork &&
    net.network.species.length <= largestNetwork &&
    !net.hasLaws &&
    net.rate.every((rate) => rate === 0 || (rate > 1e-200 && rate < 1e200)) &&
    net.order.every((order) => order <= 3) &&
    net.change.every((change) => Math.abs(change) <= 1000) &&
    net.start.every((start, r) => r === 0 || start - net.start[r - 1] <= 3)
  );
}

/** Lanes and the runs in them. */
class Lanes {
  private readonly at: Layout;
  private readonly species: number;
  private readonly options: WasmOptions;
  private readonly numbers: Float64Array;
  private readonly words: Int32Array;
  private readonly buffers: number;
  /** Run in each lane, −1 for none. */
  readonly run: Int32Array;
  private readonly begun: Float64Array;
  private readonly largest: number;
  private readonly state = new Int32Array(4);
  private readonly random = xoshiro(this.state);
  private fired = 0;

  constructor(net: CompiledNetwork, options: WasmOptions, at: Layout, buffer: ArrayBuffer, timesAt: number) {
    this.at = at;
    this.species = net.network.species.length;
    this.options = options;
    this.numbers = new Float64Array(buffer);
    this.words = new Int32Array(buffer);
    this.run = new Int32Array(at.lanes).fill(-1);
    this.begun = new Float64Array(at.lanes);
    this.largest = 2 ** 31 - 1 - STRIDE * net.change.reduce((most, change) => Math.max(most, change), 0);
    const { times } = options;
    this.words[at.rows / 4] = times.length;
    this.words[at.timesAt / 4] = timesAt;
    this.numbers.set(times, timesAt / 8);
    this.numbers[timesAt / 8 + times.length] = Infinity;
    this.numbers.set(exponentialZiggurat.x, at.edges / 8);
    this.numbers.set(exponentialZiggurat.height, at.heights / 8);
    this.buffers = timesAt + 8 * (times.length + 1);
  }

  private get size(): number {
    return this.options.times.length * this.species;
  }

  private stateIndex(lane: number, word: number): number {
    const { lanes, random } = this.at;
    return random / 4 + 4 * (word * Math.ceil(lanes / 4) + (lane >> 2)) + (lane & 3);
  }

  private point(lane: number, row: number, next: number): void {
    this.words[this.at.row / 4 + 2 * lane] = row;
    this.words[this.at.out / 4 + 2 * lane] = this.buffers + 4 * this.size * lane;
    this.numbers[this.at.next / 8 + lane] = next;
  }

  /** Whether every count can bear another stride. */
  private fits(lane: number): boolean {
    const { x, lanes } = this.at;
    for (let s = 0; s < this.species; s++) if (!(this.numbers[x / 8 + s * lanes + lane] <= this.largest)) return false;
    return true;
  }

  begin(lane: number, run: number, batch: WasmBatch): boolean {
    const { x, t, wait, lanes } = this.at;
    const { species, numbers, state } = this;
    for (let s = 0; s < species; s++) numbers[x / 8 + s * lanes + lane] = batch.x[run * species + s];
    for (let w = 0; w < 4; w++) state[w] = batch.random[4 * run + w];
    numbers[wait / 8 + lane] = drawExponentialByZiggurat(this.random);
    for (let w = 0; w < 4; w++) this.words[this.stateIndex(lane, w)] = state[w];
    numbers[t / 8 + lane] = this.options.start;
    this.point(lane, 0, this.options.times[0]);
    this.run[lane] = run;
    this.begun[lane] = this.fired;
    return batch.maxEvents > 0 && this.fits(lane);
  }

  /** An idle lane shadows a busy one, so that whatever happens in it happens there too; it writes no row. */
  shadow(lane: number, busy: number): void {
    const { x, t, wait, lanes } = this.at;
    const { numbers, words } = this;
    for (let s = 0; s < this.species; s++) numbers[x / 8 + s * lanes + lane] = numbers[x / 8 + s * lanes + busy];
    for (let w = 0; w < 4; w++) words[this.stateIndex(lane, w)] = words[this.stateIndex(busy, w)];
    numbers[t / 8 + lane] = numbers[t / 8 + busy];
    numbers[wait / 8 + lane] = numbers[wait / 8 + busy];
    this.point(lane, this.options.times.length - 1, Infinity); // for t = ∞: one row of its buffer, then it has ended
  }

  /** Events that every lane may fire. */
  limit(maxEvents: number): number {
    let limit = STRIDE;
    for (let lane = 0; lane < this.run.length; lane++) {
      if (this.run[lane] >= 0) limit = Math.min(limit, maxEvents - this.fired + this.begun[lane]);
    }
    return limit;
  }

  advanced(events: number): void {
    this.fired += events;
  }

  /** Whether the lane's run is over; writes down how it went. */
  settled(lane: number, batch: WasmBatch): boolean {
    const run = this.run[lane];
    const events = this.fired - this.begun[lane];
    if (this.words[this.at.row / 4 + 2 * lane] === this.options.times.length) {
      const from = (this.buffers + 4 * this.size * lane) / 4;
      batch.out.set(this.words.subarray(from, from + this.size), run * this.size);
      batch.events[run] = events - 1; // the event in flight when the last row was written is beyond the last time
      return true;
    }
    if (events < batch.maxEvents && this.fits(lane)) return false;
    batch.events[run] = -1;
    return true;
  }
}

/**
 * A simulator by the direct method (Gillespie 1977) in WebAssembly written for this network: the draws of the generic
 * direct method on the same streams, recomputed propensities, a choice without branches, and several runs side by side.
 * Its trajectories have the bits of the generic method's, but for one choice in about 10¹⁵: the generic method subtracts
 * propensities from the target where the kernel compares it with partial sums, and the two may round apart.
 * @returns undefined where the network or the engine does not allow it.
 */
export function createWasmSimulator(net: CompiledNetwork, options: WasmOptions): WasmSimulator | undefined {
  if (!wasmSupports(net)) return undefined;
  const { bytes, layout, constants } = emitKernel(net, options.lanes);
  const timesAt = layout.constants + 16 * constants.length;
  const size = options.times.length * net.network.species.length;
  const bytesNeeded = timesAt + 8 * (options.times.length + 1) + 4 * size * options.lanes;
  const instance = instantiate(bytes, Math.ceil(bytesNeeded / 65536));
  if (instance === undefined) return undefined;
  const { buffer } = instance.memory;
  const table = new BigInt64Array(buffer);
  for (const [i, value] of constants.entries())
    table.fill(value, layout.constants / 8 + 2 * i, layout.constants / 8 + 2 * i + 2);
  const lanes = new Lanes(net, options, layout, buffer, timesAt);
  return { lanes: options.lanes, simulate: (batch) => simulate(lanes, instance.exports["advance"], batch) };
}

function simulate(lanes: Lanes, advance: (limit: number) => number, batch: WasmBatch): void {
  const { run } = lanes;
  let next = 0;
  const refill = (lane: number): void => {
    run[lane] = -1;
    while (next < batch.runs) {
      const candidate = next++;
      if (lanes.begin(lane, candidate, batch)) return;
      batch.events[candidate] = -1;
      run[lane] = -1;
    }
  };
  for (let lane = 0; lane < run.length; lane++) refill(lane);
  for (;;) {
    const busy = run.findIndex((index) => index >= 0);
    if (busy < 0) return;
    for (let lane = 0; lane < run.length; lane++) if (run[lane] < 0) lanes.shadow(lane, busy);
    const limit = lanes.limit(batch.maxEvents);
    lanes.advanced(limit - advance(limit));
    for (let lane = 0; lane < run.length; lane++) if (run[lane] >= 0 && lanes.settled(lane, batch)) refill(lane);
  }
}
